import { Buffer } from 'node:buffer';
import { scryptSync } from 'node:crypto';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import * as passwords from '../../src/auth/password.ts';
import {
  freshEmail,
  newUser,
  newUserWithoutPassword,
  password,
  rowsOf,
  signUpAndLogIn,
} from './arrange.ts';
import { Browser } from './browser.ts';
import { interceptD1 } from './doubles.ts';

const email = freshEmail();
let browser: Browser;

beforeAll(async () => {
  browser = await signUpAndLogIn(email);
});

describe('TEST-1 signing up and logging in', () => {
  it('opens a session that knows who it is', async () => {
    const me = await browser.get('/api/me');
    expect(me.status).toBe(200);
    expect(me.json).toEqual({
      user: { id: expect.any(String), email, name: 'Ada', emailVerified: false, mfaEnabled: false },
      session: { id: expect.any(String), createdAt: expect.any(String), mfaAt: expect.any(String) },
    });
  });

  it('finds the account however the address is written', async () => {
    const body = { email: ` ${email.toUpperCase()} `, password };
    expect((await new Browser().post('/api/auth/login', body)).status).toBe(200);
  });

  it('opens nothing for another password, an almost right one or none', async () => {
    for (const wrong of ['not this one', password.slice(1), `${password} `, '']) {
      const visitor = new Browser();
      const answer = await visitor.post('/api/auth/login', { email, password: wrong });
      expect([answer.status, answer.json.code]).toEqual([401, 'unauthenticated']);
      expect(visitor.cookies.size).toBe(0);
    }
  });

  it.each([
    ['in either Unicode form', 'caf\u00e9 au lait', 'cafe\u0301 au lait'],
    ['with a ligature and a full-width digit, or without', '\ufb01ve times \uff15', 'five times 5'],
    [
      'of 128 letters with a space at either end',
      `  ${'long '.repeat(25)} `,
      `  ${'long '.repeat(25)} `,
    ],
  ])('accepts a password %s', async (_how, chosen, typed) => {
    const address = freshEmail();
    const account = { email: address, password: chosen, name: 'Ada' };
    await new Browser().post('/api/auth/signup', account);
    for (const each of [typed, chosen]) {
      const login = { email: address, password: each };
      expect((await new Browser().post('/api/auth/login', login)).status).toBe(200);
    }
  });

  it('a disabled account cannot log in', async () => {
    const address = freshEmail();
    await new Browser().post('/api/auth/signup', { email: address, password, name: 'Ada' });
    await env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE email = ?1').bind(address).run();
    const answer = await new Browser().post('/api/auth/login', { email: address, password });
    expect(answer.status).toBe(401);
  });

  it.each([
    ['too short', 'seven77'],
    ['too long', 'x'.repeat(129)],
    ['too short once it is composed', 'e\u0301'.repeat(4)],
  ])('refuses a password that is %s', async (_what, refused) => {
    const body = { email: freshEmail(), password: refused, name: 'Ada' };
    const answer = await new Browser().post('/api/auth/signup', body);
    expect(answer.status).toBe(400);
    expect(answer.json.errors).toEqual([{ field: 'body.password', message: expect.any(String) }]);
    expect(answer.text).not.toContain(refused);
  });

  it('a password longer than any that was chosen is not even hashed', async () => {
    const hash = vi.spyOn(passwords, 'verifyPassword');
    const body = { email, password: 'x'.repeat(129) };
    expect((await new Browser().post('/api/auth/login', body)).status).toBe(400);
    expect(hash).not.toHaveBeenCalled();
  });

  it('a hash of older parameters still opens, and is replaced', async () => {
    const address = freshEmail();
    await new Browser().post('/api/auth/signup', { email: address, password, name: 'Ada' });
    const salt = Buffer.from('sixteen bytes of');
    const key = scryptSync(password, salt, 32, { N: 2 ** 13, r: 8, p: 1 });
    const old = `scrypt$${2 ** 13}$8$1$${salt.toString('base64')}$${key.toString('base64')}`;
    await env.DB.prepare('UPDATE users SET password_hash = ?2 WHERE email = ?1')
      .bind(address, old)
      .run();
    const visitor = new Browser();
    const logIn = () => visitor.post('/api/auth/login', { email: address, password });
    const hashNow = async () =>
      (await rowsOf('users')).find((user) => user['email'] === address)?.['password_hash'];
    expect((await logIn()).status).toBe(200);
    expect((await visitor.get('/api/me')).status).toBe(200);
    const renewed = await hashNow();
    expect(passwords.needsRehash(String(renewed))).toBe(false);
    expect((await logIn()).status).toBe(200);
    expect(await hashNow()).toBe(renewed);
  });
});

describe('AUTH-5 nobody learns who has an account', () => {
  it('signing up twice gives the same answer and changes nothing', async () => {
    const before = await rowsOf('users');
    const body = { email: email.toUpperCase(), password: 'another password', name: 'Eve' };
    const again = await new Browser().post('/api/auth/signup', body);
    expect(await rowsOf('users')).toEqual(before);
    const first = await new Browser().post('/api/auth/signup', { ...body, email: freshEmail() });
    expect([again.status, again.text]).toEqual([202, first.text]);
    expect([...again.headers.keys()]).toEqual([...first.headers.keys()]);
  });

  it('a wrong password and an unknown address get the same answer', async () => {
    const attempt = async (address: string) => {
      const body = { email: address, password: 'not this one' };
      const answer = await new Browser().post('/api/auth/login', body);
      return { ...answer.json, requestId: '', cookies: answer.headers.getSetCookie() };
    };
    const unknown = await attempt(freshEmail());
    expect(unknown).toEqual(await attempt(email));
    expect(unknown).toMatchObject({ status: 401, code: 'unauthenticated', cookies: [] });
  });

  it('a password costs one check and opens nothing where the account is disabled, has none or is not there', async () => {
    const [disabled, without] = [await newUser(), await newUserWithoutPassword()];
    await env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1')
      .bind(disabled.userId)
      .run();
    for (const address of [disabled.email, without.email, freshEmail()]) {
      const verify = vi.spyOn(passwords, 'verifyPassword');
      const answer = await new Browser().post('/api/auth/login', { email: address, password });
      expect([answer.status, verify.mock.calls.length]).toEqual([401, 1]);
      verify.mockRestore();
    }
  });

  it('what is checked where there is no account costs as much as a hash of today', () => {
    expect(passwords.needsRehash(passwords.nobodysHash)).toBe(false);
  });

  it('a wrong password and an unknown address cost the same queries and one hash each', async () => {
    type Cost = Awaited<ReturnType<typeof attempt>>;
    const fastest = (attempts: Cost[]) =>
      attempts.toSorted((a, b) => a.milliseconds - b.milliseconds)[0];
    const attempt = async (address: string) => {
      const queries = vi.fn<(sql: string) => void>();
      const visitor = new Browser();
      visitor.env = { ...env, DB: interceptD1(queries) };
      const startedAt = performance.now();
      await visitor.post('/api/auth/login', { email: address, password: 'not this one' });
      return { queries: queries.mock.calls, milliseconds: performance.now() - startedAt };
    };
    const [stranger, wrongs, unknowns] = [freshEmail(), new Array<Cost>(), new Array<Cost>()];
    // In turn, and the fastest of three each, since another process may get in the way.
    for (let times = 0; times < 3; times += 1) {
      wrongs.push(await attempt(email));
      unknowns.push(await attempt(stranger));
    }
    const [wrong, unknown] = [wrongs, unknowns].map(fastest);
    expect(unknown?.queries).toEqual(wrong?.queries);
    // A hash takes 150 ms and everything else a few: without one, a third is out of reach.
    expect(unknown?.milliseconds).toBeGreaterThan((wrong?.milliseconds ?? 0) / 3);
  });
});
