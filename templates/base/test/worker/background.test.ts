import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { createApp } from '../../src/app.ts';
import { access } from '../../src/auth/access.ts';
import * as passwords from '../../src/auth/password.ts';
import { route } from '../../src/http/route.ts';
import {
  freshEmail,
  newTenant,
  newUser,
  newUserWithoutPassword,
  password,
  rowsOf,
} from './arrange.ts';
import { Browser } from './browser.ts';

const hashOf = async (userId: string) =>
  (await rowsOf('users')).find((user) => user['id'] === userId)?.['password_hash'];

describe('ERR-2 what is done in the background harms no answer', () => {
  it.each([
    ['put', 'remember the device of a session'],
    ['delete', 'forget a session'],
  ] as const)('with KV failing to %s, login and logout succeed', async (method, task) => {
    const { email } = await newUser();
    vi.spyOn(env.SESSIONS, method).mockRejectedValue(new Error(`KV cannot ${method}`));
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const browser = new Browser();
    expect((await browser.post('/api/auth/login', { email, password })).status).toBe(200);
    expect((await browser.get('/api/me')).status).toBe(200);
    expect((await browser.post('/api/auth/logout')).status).toBe(204);
    expect(log.mock.calls.map(([line]) => JSON.parse(line))).toEqual([
      expect.objectContaining({ event: 'background task failed', task }),
    ]);
    expect(String(log.mock.calls)).not.toContain('KV cannot');
  });
});

describe('ERR-2 whoever causes a mail does not wait for it', () => {
  it('which goes out when the answer is there', async () => {
    const { owner, path } = await newTenant();
    await env.DB.prepare('UPDATE users SET email_verified_at = 1').run();
    const { browser } = await newUserWithoutPassword();
    const order: string[] = [];
    vi.spyOn(console, 'info').mockImplementation((line) => void order.push(JSON.parse(line).event));
    const send = async () => {
      order.push('mail');
      return { messageId: '' };
    };
    owner.env = browser.env = { ...env, EMAIL: { send } };
    await owner.post(`${path}/invitations`, { email: freshEmail(), role: 'member' });
    await browser.post('/api/auth/step-up/email');
    expect(order).toEqual(['request', 'mail', 'request', 'mail']);
  });
});

describe('ERR-2 what is done in the background has an end', () => {
  it('five seconds before Workers would end it without a word, and the log tells of it', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const endless = route({
      method: 'GET',
      path: '/endless',
      access: access.public,
      input: z.strictObject({}),
      handler({ c, context }) {
        context.background('an endless task', () => new Promise(() => {}));
        return Promise.resolve(c.body(null, 204));
      },
    });
    const browser = new Browser();
    browser.app = createApp([endless]);
    const waits: number[] = [];
    const wait = scheduler.wait.bind(scheduler);
    vi.spyOn(scheduler, 'wait').mockImplementation((ms, options) => {
      waits.push(ms);
      return wait(Math.min(ms, 100), options);
    });
    expect((await browser.get('/endless')).status).toBe(204);
    expect(Math.max(...waits)).toBe(25_000);
    expect(String(log.mock.lastCall)).toContain('an endless task');
  });
});

describe('AUTH-5 what differs between users is done after the answer', () => {
  it('work for later begins when the handler is through', async () => {
    const order: string[] = [];
    const later = route({
      method: 'GET',
      path: '/later',
      access: access.public,
      input: z.strictObject({}),
      handler({ c, context }) {
        context.background('a task', async () => {
          order.push('work');
        });
        order.push('answer');
        return Promise.resolve(c.body(null, 204));
      },
    });
    const browser = new Browser();
    browser.app = createApp([later]);
    await browser.get('/later');
    expect(order).toEqual(['answer', 'work']);
  });
});

describe('AUTH-2 what happens while a password is being checked', () => {
  it('a session opened while all are ended is born dead', async () => {
    const { email, userId } = await newUser();
    vi.spyOn(passwords, 'verifyPassword').mockImplementation(async () => {
      await env.DB.prepare('UPDATE users SET session_epoch = session_epoch + 1 WHERE id = ?1')
        .bind(userId)
        .run();
      return true;
    });
    const browser = new Browser();
    expect((await browser.post('/api/auth/login', { email, password })).status).toBe(200);
    expect((await browser.get('/api/me')).status).toBe(401);
  });

  it('a password changed while the old one is hashed anew stays', async () => {
    const { email, userId } = await newUser();
    const setHash = (hash: string) =>
      env.DB.prepare('UPDATE users SET password_hash = ?2 WHERE id = ?1').bind(userId, hash).run();
    await setHash('scrypt$8192$8$1$old$old');
    vi.spyOn(passwords, 'verifyPassword').mockResolvedValue(true);
    vi.spyOn(passwords, 'hashPassword').mockImplementation(async () => {
      await setHash('the hash of a new password');
      return 'the old password, hashed anew';
    });
    await new Browser().post('/api/auth/login', { email, password });
    expect(await hashOf(userId)).toBe('the hash of a new password');
  });

  it('D1 is asked at the primary, where a logout is known at once', async () => {
    const { browser } = await newUser();
    const withSession = vi.spyOn(env.DB, 'withSession');
    expect((await browser.get('/api/me')).status).toBe(200);
    expect(withSession.mock.calls).toEqual([['first-primary']]);
  });
});
