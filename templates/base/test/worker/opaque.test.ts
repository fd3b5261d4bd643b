import { describe, expect, it, vi } from 'vitest';
import { env } from 'cloudflare:workers';
import { hmac } from '../../src/limits/keys.ts';
import * as passwords from '../../src/auth/password.ts';
import { mintToken } from '../../src/auth/token.ts';
import { newUser, password } from './arrange.ts';
import { Browser } from './browser.ts';
import { interceptD1 } from './doubles.ts';

const encode = (part: object) =>
  new TextEncoder()
    .encode(JSON.stringify(part))
    .toBase64({ alphabet: 'base64url', omitPadding: true });

describe('AUTH-3 a session is an opaque token: nothing in it is believed', () => {
  it('a token says nothing: 43 characters that differ for one and the same user', async () => {
    const { browser, email, userId } = await newUser();
    const tokens: string[] = [];
    for (let logins = 0; logins < 3; logins += 1) {
      await browser.post('/api/auth/login', { email, password });
      tokens.push(browser.cookies.get('__Host-sid') ?? '');
    }
    expect(new Set(tokens).size).toBe(3);
    for (const token of tokens) {
      expect(token).toMatch(/^[\w-]{43}$/);
      const read = new TextDecoder().decode(
        Uint8Array.fromBase64(token, { alphabet: 'base64url' }),
      );
      expect(read).not.toContain(userId.slice(0, 8));
    }
  });

  it.each(['none', 'HS256', 'RS256'])(
    'a signed token of %s in its place is refused, without a query',
    async (alg) => {
      const { userId } = await newUser();
      const claims = { sub: userId, userId, exp: 9_999_999_999 };
      const text = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`;
      const signature = alg === 'HS256' ? await hmac(env.HMAC_KEY, text) : '';
      const prepared = vi.fn<(sql: string) => void>();
      const browser = new Browser();
      browser.env = { ...env, DB: interceptD1(prepared) };
      const cookie = { Cookie: `__Host-sid=${text}.${signature}` };
      expect((await browser.get('/api/me', cookie)).status).toBe(401);
      expect(prepared).not.toHaveBeenCalled();
    },
  );
});

describe('AUTH-3 the one thing the app signs, the cookie of a known device, has one algorithm', () => {
  /** Whether ten failures of others keep a browser with this cookie out. */
  const isKnown = async (email: string, cookie: string) => {
    const body = { email, password };
    const wrong = vi.spyOn(passwords, 'verifyPassword').mockResolvedValue(false);
    const others = Array.from({ length: 10 }, () => new Browser().post('/api/auth/login', body));
    await Promise.all(others);
    wrong.mockRestore();
    const browser = new Browser();
    browser.cookies.set('__Host-device', cookie);
    return (await browser.post('/api/auth/login', body)).status === 200;
  };
  const signedBy = async (userId: string, sign: (text: string) => Promise<string> | string) => {
    const [nonce, issuedAt] = [mintToken(), Date.now()];
    return `${nonce}.${issuedAt}.${await sign(`device|${userId}|0|${nonce}|${issuedAt}`)}`;
  };

  it.each([
    ['our key', (text: string) => hmac(env.HMAC_KEY, text), true],
    ['another key', (text: string) => hmac('x'.repeat(40), text), false],
    ['no key', () => '', false],
    ['zeros', () => '0'.repeat(64), false],
  ] as const)('signed with %s, it is believed or not', async (_what, sign, believed) => {
    const { email, userId } = await newUser();
    expect(await isKnown(email, await signedBy(userId, sign))).toBe(believed);
  });
});
