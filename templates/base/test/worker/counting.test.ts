import { createHmac } from 'node:crypto';
import { listDurableObjectIds } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { routes } from '../../src/app.ts';
import * as passwords from '../../src/auth/password.ts';
import { freshEmail, newUser, newUserWithoutPassword, password } from './arrange.ts';
import { betweenSteps, newUserWithMfa } from './authenticator.ts';
import { Browser, freshAddress, type Answer } from './browser.ts';
import { post } from './post.ts';
import { newPerson } from './team.ts';

/** The statuses of one request made over and over. */
async function repeat(times: number, ask: () => Promise<Answer>): Promise<number[]> {
  const statuses: number[] = [];
  while (statuses.length < times) statuses.push((await ask()).status);
  return statuses;
}
const waitOf = async (ask: () => Promise<Answer>) => {
  const { status, headers } = await ask();
  return `${status}: ${headers.get('Retry-After')}`;
};
const times = (count: number, status: number) => Array<number>(count).fill(status);

describe('API-2 guesses are counted where they are made', () => {
  const everyPasswordIsWrong = () => vi.spyOn(passwords, 'verifyPassword').mockResolvedValue(false);

  it('a browser the account knows fails ten times, then waits; another one it knows does not', async () => {
    const { email } = await newUser();
    const [browser, another] = [new Browser(), new Browser()];
    for (const each of [browser, another]) await each.post('/api/auth/login', { email, password });
    expect(browser.cookies.has('__Host-device')).toBe(true);
    everyPasswordIsWrong();
    const guess = (from: Browser) => () =>
      from.post('/api/auth/login', { email, password: 'not this one' });
    expect(await repeat(11, guess(browser))).toEqual([...times(10, 401), 429]);
    expect(await repeat(1, guess(another))).toEqual([401]);
  });

  it('over all its logins a browser the account knows gets ten codes wrong, and no other waits with it', async () => {
    const [person, stranger] = [await newUserWithMfa(), await newUserWithMfa()];
    /** Logs in for the first time, which makes the browser known. */
    const knownBrowserOf = async ({ userId, authenticator }: typeof person) => {
      const { browser, verify } = await betweenSteps(userId);
      expect((await verify(await authenticator.nextCode())).status).toBe(200);
      return browser.cookies.get('__Host-device') ?? '';
    };
    const guess = async ({ userId, authenticator }: typeof person, device: string) => {
      const { browser, verify } = await betweenSteps(userId);
      browser.cookies.set('__Host-device', device);
      return verify(await authenticator.wrongCode());
    };
    const device = await knownBrowserOf(person);
    const statuses = await repeat(11, () => guess(person, device));
    expect(statuses).toEqual([...times(10, 401), 429]);
    for (const other of [person, stranger]) {
      expect((await guess(other, await knownBrowserOf(other))).status).toBe(401);
    }
  });

  it.each([
    ['steps up', 'step-up', { password: 'not this one' }],
    ['changes the password', 'password/change', { current: 'not this one', password }],
  ])(
    'who holds a session %s wrongly five times, then waits 15 minutes',
    async (_what, path, body) => {
      const { browser } = await newUser();
      everyPasswordIsWrong();
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
      const attempt = () => browser.post(`/api/auth/${path}`, body);
      expect(await repeat(5, attempt)).toEqual(times(5, 401));
      expect(await waitOf(attempt)).toBe('429: 900');
    },
  );

  it.each([
    ['step-up', { password }],
    ['password/change', { current: password, password: 'another long password' }],
  ])('a session has 30 hashes made by %s from one address, right or wrong', async (path, body) => {
    const { browser } = await newPerson();
    vi.spyOn(passwords, 'verifyPassword').mockResolvedValue(true);
    vi.spyOn(passwords, 'hashPassword').mockResolvedValue(crypto.randomUUID());
    const statuses = await repeat(31, () => browser.post(`/api/auth/${path}`, body));
    expect(statuses).toEqual([...times(30, 204), 429]);
    browser.address = freshAddress();
    expect((await browser.post(`/api/auth/${path}`, body)).status).toBe(204);
  });

  it.each([
    ['/api/auth/verify-email', { token: 'x' }],
    ['/api/auth/password/reset', { token: 'x', password }],
    ['/api/me/email/confirm', { token: 'x' }],
  ])(
    '%s tries 30 tokens of one client, and 30 of the next, and hashes for none',
    async (path, body) => {
      const hashed = vi.spyOn(passwords, 'hashPassword').mockResolvedValue('a hash');
      const visitor = new Browser();
      const attempt = () => visitor.post(path, body);
      expect(await repeat(31, attempt)).toEqual([...times(30, 400), 429]);
      visitor.address = freshAddress();
      expect((await attempt()).status).toBe(400);
      expect(hashed).not.toHaveBeenCalled();
    },
  );

  it('who has a link guesses five passwords with it, from however many addresses', async () => {
    const { browser, email } = await newUser();
    await browser.post('/api/auth/verify-email/send');
    const token = post.tokenFor(email);
    everyPasswordIsWrong();
    const statuses = await repeat(6, () =>
      new Browser().post('/api/auth/verify-email', { token, password: 'not this one' }),
    );
    expect(statuses).toEqual([...times(5, 401), 429]);
    const wished = freshEmail();
    await browser.post('/api/me/email', { email: wished });
    const move = { token: post.tokenFor(wished), password };
    expect((await new Browser().post('/api/me/email/confirm', move)).status).toBe(429);
  });

  it('giving one back refills one, not all', async () => {
    const limiter = env.RATE_LIMITER.getByName(crypto.randomUUID());
    for (let takes = 0; takes < 3; takes += 1) await limiter.take(3, 60);
    await limiter.giveBack();
    const taken = [await limiter.take(3, 60), await limiter.take(3, 60)];
    expect(taken.map(({ allowed }) => allowed)).toEqual([true, false]);
  });
});

describe('API-2 an address gets so many mails an hour, whoever asks for them', () => {
  it.each([
    ['/api/auth/verify-email/send', 202],
    ['/api/auth/step-up/email', 204],
  ])('by %s', async (path, success) => {
    const { browser } = await newUserWithoutPassword();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    expect(await repeat(5, () => browser.post(path))).toEqual(times(5, success));
    expect(await waitOf(() => browser.post(path))).toBe('429: 3600');
  });

  it('by /api/me/email, from however many accounts, and none of them is told', async () => {
    const email = freshEmail();
    const statuses = await repeat(21, async () => {
      const { browser } = await newUser();
      return browser.post('/api/me/email', { email });
    });
    expect(statuses).toEqual(times(21, 202));
    expect(post.to(email)).toHaveLength(20);
  });
});

describe('API-2 the names of the counters give nothing away', () => {
  it('they are keyed hashes of the address or the account, never the text itself', async () => {
    const visitor = new Browser();
    const email = freshEmail();
    await visitor.post('/api/auth/password/forgot', { email });
    const stored = (await listDurableObjectIds(env.RATE_LIMITER)).map(String);
    const idOf = (name: string) => String(env.RATE_LIMITER.idFromName(name));
    for (const text of [
      `forgotten password by client|${visitor.address}`,
      `mail by address|${email}`,
    ]) {
      const hash = createHmac('sha256', env.HMAC_KEY).update(text).digest('hex');
      expect(stored).toContain(idOf(hash));
      expect(stored).not.toContain(idOf(text));
    }
  });
});

describe('API-2 a limit that is used up says when to come back', () => {
  /** A limiter that allows the first takes of a request, and then none. */
  const usedUpAfter = (allowedTakes: number) => {
    let takes = 0;
    const take = () => {
      takes += 1;
      return Promise.resolve({ allowed: takes <= allowedTakes, retryAfterSeconds: 7 });
    };
    const limiter = { take, giveBack: () => Promise.resolve() };
    return new Proxy(env.RATE_LIMITER, {
      get: (target, key) => (key === 'getByName' ? () => limiter : Reflect.get(target, key)),
    });
  };
  const refusal = async (browser: Browser, path: string, body: unknown, allowedTakes: number) => {
    browser.env = { ...browser.env, RATE_LIMITER: usedUpAfter(allowedTakes) };
    const { status, headers, json } = await browser.post(path, body);
    return [status, json?.code, headers.get('Retry-After')];
  };
  const refused = [429, 'rate_limited', '7'];

  const limited = routes.filter(({ limit }) => limit !== undefined);
  it.each(limited)('$method $path, for a client', async ({ method, path }) => {
    const { browser } = await newUser();
    browser.env = { ...browser.env, RATE_LIMITER: usedUpAfter(0) };
    const { status, headers, json } = await browser.send(method, path);
    expect([status, json.code, headers.get('Retry-After')]).toEqual(refused);
  });

  it.each([
    ['/api/auth/login', { email: 'nobody@example.com', password }, 1],
    ['/api/auth/step-up', { password }, 1],
    ['/api/auth/step-up/email', undefined, 0],
    ['/api/auth/verify-email/send', undefined, 0],
    ['/api/auth/password/change', { current: password, password: 'another password' }, 1],
    ['/api/me/email', { email: 'new@example.com' }, 0],
  ])('%s, for an account, and nothing is hashed', async (path, body, allowedTakes) => {
    const hashes = [vi.spyOn(passwords, 'verifyPassword'), vi.spyOn(passwords, 'hashPassword')];
    const { browser } = await newUser();
    for (const hash of hashes) hash.mockClear();
    expect(await refusal(browser, path, body, allowedTakes)).toEqual(refused);
    for (const hash of hashes) expect(hash).not.toHaveBeenCalled();
  });

  it.each(['verify', 'disable', 'recovery-codes'])(
    '/api/auth/mfa/%s, for an account',
    async (action) => {
      const { browser, userId, authenticator } = await newUserWithMfa();
      const between = await betweenSteps(userId);
      const isVerify = action === 'verify';
      const body = { code: await authenticator.nextCode() };
      const path = `/api/auth/mfa/${action}`;
      expect(
        await refusal(isVerify ? between.browser : browser, path, body, isVerify ? 1 : 0),
      ).toEqual(refused);
    },
  );
});
