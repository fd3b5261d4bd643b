import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import commonPasswordList from '../../src/auth/common-passwords.txt';
import { newPassword } from '../../src/auth/fields.ts';
import * as passwords from '../../src/auth/password.ts';
import { freshEmail, newUser, password } from './arrange.ts';
import { Browser } from './browser.ts';
import { post } from './post.ts';

const signUp = async (browser: Browser, email: string) =>
  browser.post('/api/auth/signup', { email, password, name: 'Ada' });

describe('AUTH-5 only the browser that signed up proves the address without a password', () => {
  it("another browser's signup cookie does not", async () => {
    const email = freshEmail();
    const owner = new Browser();
    await signUp(owner, email);
    const stranger = new Browser();
    await signUp(stranger, freshEmail());
    const token = post.tokenFor(email);
    expect(stranger.cookies.get('__Host-signup')).toMatch(/^[\w-]{43}$/);
    expect((await stranger.post('/api/auth/verify-email', { token })).status).toBe(401);
    expect((await owner.post('/api/auth/verify-email', { token })).status).toBe(204);
  });
});

describe('AUTH-5 signing up costs the same for a new and for a taken address', () => {
  const work = async (email: string) => {
    const order: string[] = [];
    const visitor = new Browser();
    const send: typeof post.send = (mail) => {
      order.push('mail');
      return post.send(mail);
    };
    visitor.env = { ...visitor.env, EMAIL: { send } };
    const respond = visitor.app.fetch;
    vi.spyOn(visitor.app, 'fetch').mockImplementation(async (...parameters) => {
      const response = await respond(...parameters);
      order.push('answer');
      return response;
    });
    const hash = vi.spyOn(passwords, 'hashPassword');
    const { status, text } = await signUp(visitor, email);
    const hashes = hash.mock.calls.length;
    vi.restoreAllMocks();
    return { status, text, hashes, order };
  };

  it('one hash, and mail only after the answer', async () => {
    const { email: taken } = await newUser();
    const fresh = await work(freshEmail());
    expect(fresh).toMatchObject({ status: 202, hashes: 1, order: ['answer', 'mail'] });
    expect(await work(taken)).toEqual(fresh);
  });
});

describe('AUTH-7 the cookie of a signup', () => {
  it('is HttpOnly, Secure, SameSite=Lax, bound to the host, and lasts a day', async () => {
    const { headers } = await signUp(new Browser(), freshEmail());
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Host-signup=[\w-]{43}; Max-Age=86400; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
  });
});

describe('AUTH-2 a weak password is refused wherever one is chosen', () => {
  const weak = ['seven77', 'password1', 'x'.repeat(129)];

  it.each(weak)('"%s" at signup, by reset and by change', async (refused) => {
    const { browser, email } = await newUser();
    await browser.post('/api/auth/password/forgot', { email });
    const token = post.tokenFor(email);
    const answers = [
      await browser.post('/api/auth/signup', {
        email: freshEmail(),
        password: refused,
        name: 'Ada',
      }),
      await browser.post('/api/auth/password/reset', { token, password: refused }),
      await browser.post('/api/auth/password/change', { current: password, password: refused }),
    ];
    for (const { status, json } of answers) {
      const errors = [{ field: 'body.password', message: expect.any(String) }];
      expect([status, json?.errors]).toEqual([400, errors]);
    }
  });
});

describe('AUTH-2 the 3,000 most common passwords are refused', () => {
  const common = commonPasswordList.trim().split(/\s+/);

  it('all of them, whatever their case or width', () => {
    expect(new Set(common).size).toBe(3_000);
    const inFullWidth = (text: string) =>
      text.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
    const accepted = common
      .flatMap((each) => [each, each.toUpperCase(), inFullWidth(each)])
      .filter((each) => newPassword.safeParse(each).success);
    expect(accepted).toEqual([]);
  });

  it.each(['0.0.0.000', 'zxcvbnm123', 'polniypizdec0211', 'Password123', 'iloveyou1'])(
    '"%s" is one of them',
    async (refused) => {
      const body = { email: freshEmail(), password: refused, name: 'Ada' };
      expect((await new Browser().post('/api/auth/signup', body)).status).toBe(400);
    },
  );
});

describe('API-2 signing up for one address', () => {
  it.each(['new', 'taken'])(
    'costs 20 hashes and 5 mails an hour, from however many clients, and no answer tells: %s',
    async (which) => {
      const email = which === 'new' ? freshEmail() : (await newUser()).email;
      const hashed = vi.spyOn(passwords, 'hashPassword').mockResolvedValue('no hash');
      const told = new Set<string>();
      for (let clients = 0; clients < 22; clients += 1) {
        const browser = new Browser();
        const { status, json } = await signUp(browser, email);
        told.add(JSON.stringify([status, json, ...browser.cookies.keys()]));
      }
      expect(hashed).toHaveBeenCalledTimes(20);
      expect(post.to(email)).toHaveLength(5);
      expect([...told]).toEqual(['[202,{"status":"accepted"},"__Host-signup"]']);
    },
  );
});

describe('AUTH-2 a disabled user', () => {
  const disable = (userId: string) =>
    env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1').bind(userId).run();

  it('gets no mail to choose a new password', async () => {
    const { email, userId } = await newUser();
    await disable(userId);
    const answer = await new Browser().post('/api/auth/password/forgot', { email });
    expect(answer.status).toBe(202);
    expect(post.to(email)).toEqual([]);
  });

  it('proves no address', async () => {
    const { browser, email, userId } = await newUser();
    await browser.post('/api/auth/verify-email/send');
    const token = post.tokenFor(email);
    await disable(userId);
    const answer = await new Browser().post('/api/auth/verify-email', { token, password });
    expect(answer.status).toBe(401);
  });
});
