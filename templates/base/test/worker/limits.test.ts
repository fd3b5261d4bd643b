import {
  evictDurableObject,
  listDurableObjectIds,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { routes } from '../../src/app.ts';
import * as password from '../../src/auth/password.ts';
import { clientKey } from '../../src/limits/enforce.ts';
import { hmac } from '../../src/limits/keys.ts';
import { limits } from '../../src/limits/policies.ts';
import { freshEmail, newUser, password as rightPassword, signUpAndLogIn } from './arrange.ts';
import { newUserWithMfa } from './authenticator.ts';
import { Browser, freshAddress, origin } from './browser.ts';
import { interceptD1 } from './doubles.ts';
import { post } from './post.ts';

const fresh = () => env.RATE_LIMITER.getByName(crypto.randomUUID());

describe('TEST-4 limits fire at the stated count, and reset', () => {
  it('the numbers are the decided ones', () => {
    expect(
      Object.values(limits).map(({ name, max, windowSeconds }) => [name, max, windowSeconds]),
    ).toEqual([
      ['login by client', 30, 900],
      ['login by account', 10, 900],
      ['forgotten password by client', 10, 3600],
      ['mail by user', 5, 3600],
      ['mail by address', 5, 3600],
      ['proofs by address', 5, 3600],
      ['moves by address', 20, 3600],
      ['warnings by address', 5, 3600],
      ['invitations by address', 5, 3600],
      ['token by client', 30, 900],
      ['step-up by account', 5, 900],
      ['step-up by client', 30, 900],
      ['second step by client', 30, 900],
      ['second step by account', 10, 3600],
      ['signup by client', 20, 3600],
      ['signup by address', 20, 3600],
      ['tenants by user', 10, 86_400],
      ['roles by member', 10, 3600],
    ]);
  });

  it('25 parallel takes at a limit of 5 let exactly 5 through', async () => {
    const limiter = fresh();
    const taken = await Promise.all(Array.from({ length: 25 }, () => limiter.take(5, 60)));
    expect(taken.filter(({ allowed }) => allowed)).toHaveLength(5);
  });

  it('the window ends when it said it would, and not a second before', async () => {
    const start = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: start });
    const limiter = fresh();
    await limiter.take(1, 60);
    vi.setSystemTime(start + 59_000);
    expect(await limiter.take(1, 60)).toEqual({ allowed: false, retryAfterSeconds: 1 });
    vi.setSystemTime(start + 59_001);
    expect((await limiter.take(1, 60)).retryAfterSeconds).toBe(1);
    vi.setSystemTime(start + 60_000);
    expect((await limiter.take(1, 60)).allowed).toBe(true);
  });

  it('a take does not put the end of the window off', async () => {
    const start = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: start });
    const limiter = fresh();
    await limiter.take(2, 60);
    vi.setSystemTime(start + 45_000);
    expect(await limiter.take(2, 60)).toEqual({ allowed: true, retryAfterSeconds: 15 });
    vi.setSystemTime(start + 60_000);
    expect((await limiter.take(2, 60)).allowed).toBe(true);
  });

  it('giving back more than was taken buys nothing', async () => {
    const limiter = fresh();
    await limiter.take(1, 60);
    for (let times = 0; times < 3; times += 1) await limiter.giveBack();
    const taken = [await limiter.take(1, 60), await limiter.take(1, 60)];
    expect(taken.map(({ allowed }) => allowed)).toEqual([true, false]);
  });

  it('the count survives the eviction of the object', async () => {
    const limiter = fresh();
    for (let takes = 0; takes < 3; takes += 1) await limiter.take(3, 60);
    await evictDurableObject(limiter);
    expect((await limiter.take(3, 60)).allowed).toBe(false);
  });

  it('giving one back refills one, not all', async () => {
    const limiter = fresh();
    for (let takes = 0; takes < 3; takes += 1) await limiter.take(3, 60);
    await limiter.giveBack();
    const taken = [await limiter.take(3, 60), await limiter.take(3, 60)];
    expect(taken.map(({ allowed }) => allowed)).toEqual([true, false]);
  });

  it('what is given back can be taken again', async () => {
    const limiter = fresh();
    await limiter.take(1, 60);
    await limiter.giveBack();
    expect((await limiter.take(1, 60)).allowed).toBe(true);
    expect((await limiter.take(1, 60)).allowed).toBe(false);
  });

  it('an object deletes itself by alarm once its window has ended, and not before', async () => {
    const start = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: start });
    const limiter = fresh();
    const stored = () =>
      runInDurableObject(limiter, (_limiter, state) => [...state.storage.kv.list()].length);
    await limiter.take(1, 60);
    await runDurableObjectAlarm(limiter);
    expect((await limiter.take(1, 60)).allowed).toBe(false);
    expect(await stored()).toBe(1);
    vi.setSystemTime(start + 60_000);
    await runDurableObjectAlarm(limiter);
    expect(await stored()).toBe(0);
  });
});

describe('API-2 logging in is rate limited', () => {
  const guess = (visitor: Browser, address: string) =>
    visitor.post('/api/auth/login', { email: address, password: 'not this one' });

  it('25 parallel guesses from 25 addresses at one account: 10 are heard, 15 cost not even a hash', async () => {
    const hash = vi.spyOn(password, 'verifyPassword');
    const start = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: start });
    const address = freshEmail();
    const answers = await Promise.all(
      Array.from({ length: 25 }, () => guess(new Browser(), address)),
    );
    const statuses = answers.map((answer) => answer.status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(15);
    expect(hash).toHaveBeenCalledTimes(10);
    const refused = answers.find((answer) => answer.status === 429);
    expect(refused?.json.code).toBe('rate_limited');
    expect(refused?.headers.get('Retry-After')).toBe('900');
    vi.setSystemTime(start + 899_000);
    expect((await guess(new Browser(), address)).headers.get('Retry-After')).toBe('1');
    vi.setSystemTime(start + 900_000);
    expect((await guess(new Browser(), address)).status).toBe(401);
  });

  it('who is guessed at from elsewhere still gets in from a browser the account knows', async () => {
    const email = freshEmail();
    const owner = await signUpAndLogIn(email);
    await owner.post('/api/auth/logout');
    expect(owner.cookies.has('__Host-device')).toBe(true);
    for (let guesses = 0; guesses < 10; guesses += 1) await guess(new Browser(), email);
    const login = { email, password: rightPassword };
    expect((await new Browser().post('/api/auth/login', login)).status).toBe(429);
    expect((await owner.post('/api/auth/login', login)).status).toBe(200);
    const forged = new Browser();
    forged.cookies.set('__Host-device', `${'A'.repeat(43)}.${Date.now()}.${'0'.repeat(64)}`);
    expect((await forged.post('/api/auth/login', login)).status).toBe(429);
    const elsewhere = await signUpAndLogIn();
    forged.cookies.set('__Host-device', elsewhere.cookies.get('__Host-device') ?? '');
    expect((await forged.post('/api/auth/login', login)).status).toBe(429);
  });

  describe('a browser the account knows', () => {
    const other = 'another long password';
    const logIn = (browser: Browser, email: string, secret: string) =>
      browser.post('/api/auth/login', { email, password: secret });

    /** Whether a browser is counted on its own while all others have used up their guesses. */
    const isKnown = async (browser: Browser, email: string, secret: string) => {
      const wrong = vi.spyOn(password, 'verifyPassword').mockResolvedValue(false);
      for (let guesses = 0; guesses < 10; guesses += 1) await guess(new Browser(), email);
      wrong.mockRestore();
      expect((await logIn(new Browser(), email, secret)).status).toBe(429);
      return (await logIn(browser, email, secret)).status === 200;
    };
    const withDevice = (from: Browser) => {
      const browser = new Browser();
      browser.cookies.set('__Host-device', from.cookies.get('__Host-device') ?? 'none');
      return browser;
    };

    it.each(['reset', 'change', 'logout-all'])(
      'stays known after its own %s; a thief, known until then, does not',
      async (rescue) => {
        const { email } = await newUser();
        const [owner, thief] = [new Browser(), new Browser()];
        for (const browser of [owner, thief]) await logIn(browser, email, rightPassword);
        const rescues: Record<string, () => Promise<unknown>> = {
          reset: async () => {
            await owner.post('/api/auth/password/forgot', { email });
            const token = post.tokenFor(email);
            await owner.post('/api/auth/password/reset', { token, password: other });
          },
          change: () =>
            owner.post('/api/auth/password/change', { current: rightPassword, password: other }),
          'logout-all': () => owner.post('/api/auth/logout-all'),
        };
        await rescues[rescue]?.();
        const secret = rescue === 'logout-all' ? rightPassword : other;
        expect(await isKnown(withDevice(owner), email, secret)).toBe(true);
        expect((await logIn(withDevice(thief), email, secret)).status).toBe(429);
      },
    );

    it('keeps its count when it ends every session: what it has failed stays counted', async () => {
      const { email } = await newUser();
      const browser = new Browser();
      await logIn(browser, email, rightPassword);
      const count = () => browser.cookies.get('__Host-device')?.split('.')[0];
      const before = count();
      expect((await browser.post('/api/auth/logout-all')).status).toBe(204);
      expect(count()).toBe(before);
    });

    const reset = async (visitor: Browser, email: string) => {
      await visitor.post('/api/auth/password/forgot', { email });
      const body = { token: post.tokenFor(email), password: other };
      expect((await visitor.post('/api/auth/password/reset', body)).status).toBe(204);
      return [...visitor.cookies.keys()];
    };

    // The link has proven the mailbox, and whoever has it logs in next: else guesses kept them out for ever.
    it('is made by a reset: whoever has the link gets in, however often others fail', async () => {
      const { email } = await newUser();
      const visitor = new Browser();
      expect(await reset(visitor, email)).toEqual(['__Host-device']);
      expect(await isKnown(visitor, email, other)).toBe(true);
    });

    it('is not made by a reset where there is a second factor: the link proves nothing of it', async () => {
      const { email } = await newUserWithMfa();
      expect(await reset(new Browser(), email)).toEqual([]);
    });
  });

  it('one client gets 30 attempts over all accounts; logging in uses up no account and refills nothing', async () => {
    const email = freshEmail();
    const visitor = await signUpAndLogIn(email);
    const attempt = () => visitor.post('/api/auth/login', { email, password: rightPassword });
    for (let logins = 1; logins < 12; logins += 1) expect((await attempt()).status).toBe(200);
    for (let tries = 12; tries < 30; tries += 1) {
      expect((await visitor.post('/api/auth/login', {})).status).toBe(400);
    }
    expect((await attempt()).status).toBe(429);
  });

  it("another site, whose requests are refused, uses up none of its visitors' attempts", async () => {
    const visitor = new Browser();
    const foreign = { Origin: 'https://evil.example' };
    for (let tries = 0; tries < 31; tries += 1) {
      expect((await visitor.post('/api/auth/login', {}, foreign)).status).toBe(403);
    }
    expect((await visitor.post('/api/auth/login', {})).status).toBe(400);
  });

  it('an IPv6 client is its /64, and X-Forwarded-For counts for nothing', async () => {
    const attempt = (address: string) =>
      new Browser().post(
        '/api/auth/login',
        {},
        { 'CF-Connecting-IP': address, 'X-Forwarded-For': freshAddress() },
      );
    for (let tries = 0; tries < 30; tries += 1) {
      expect((await attempt(`2001:db8:1:2::${tries.toString(16)}`)).status).toBe(400);
    }
    expect((await attempt('2001:0db8:1:2:ffff::1')).status).toBe(429);
    expect((await attempt('2001:db8:1:3::1')).status).toBe(400);
  });
});

describe('API-2 who counts as one client', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '::ffff:203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1:2:3:4:5', 'fe80:0:0:1::/64'],
    [undefined, 'no address'],
    ['', 'no address'],
  ])('%s is counted as %s', (address, key) => {
    expect(clientKey(address)).toBe(key);
  });

  it('clients without an address share one count and are not let off', async () => {
    const attempt = () => new Browser().post('/api/auth/signup', {}, { 'CF-Connecting-IP': '' });
    const statuses = [];
    for (let tries = 0; tries < 21; tries += 1) statuses.push((await attempt()).status);
    expect(statuses.filter((status) => status === 400)).toHaveLength(20);
    expect(statuses.at(-1)).toBe(429);
  });

  it('the names of the counters are keyed hashes, never the address or the account', async () => {
    const visitor = new Browser();
    const email = freshEmail();
    await visitor.post('/api/auth/login', { email, password: 'not this one' });
    const stored = (await listDurableObjectIds(env.RATE_LIMITER)).map(String);
    const idOf = (name: string) => String(env.RATE_LIMITER.idFromName(name));
    for (const text of [`login by client|${visitor.address}`, `login by account|${email}`]) {
      expect(stored).toContain(idOf(await hmac(env.HMAC_KEY, text)));
      expect(stored).not.toContain(idOf(text));
    }
  });

  it('a flood is refused at every door but /health, before anything is asked, counted or read', async () => {
    const { browser: visitor } = await newUser();
    // The limiter counts by the minute of the clock, and all of this has to fit into one.
    const left = 60_000 - (Date.now() % 60_000);
    if (left < 20_000) await scheduler.wait(left + 100);
    const flood = () => env.FLOOD_LIMITER.limit({ key: visitor.address });
    await Promise.all(Array.from({ length: 1_000 }, flood));
    const counted = vi.spyOn(env.RATE_LIMITER, 'getByName');
    const prepared = vi.fn<(sql: string) => void>();
    visitor.env = { ...visitor.env, DB: interceptD1(prepared) };
    const doors = routes
      .filter(({ path }) => path !== '/health')
      .map(({ method, path }) => [method, path.replace(/:\w+/g, 'x')] as const);
    for (const [method, path] of [...doors, ['GET', '/nothing'] as const]) {
      const request = new Request(origin + path, {
        method,
        headers: {
          Origin: origin,
          Cookie: visitor.cookieHeader(),
          'CF-Connecting-IP': visitor.address,
        },
        ...(method !== 'GET' && { body: '{}' }),
      });
      const { status, headers, json } = await visitor.fetch(request);
      expect([path, status, json.code]).toEqual([path, 429, 'rate_limited']);
      expect([path, headers.get('Retry-After')]).toEqual([path, '60']);
      expect([path, request.bodyUsed]).toEqual([path, false]);
    }
    for (const method of ['HEAD', 'OPTIONS']) {
      expect([method, (await visitor.send(method, '/api/me')).status]).toEqual([method, 429]);
    }
    expect(counted).not.toHaveBeenCalled();
    const writing = prepared.mock.calls.filter(([sql]) => !sql.includes('request_counts'));
    expect(writing).toEqual([]);
    expect((await visitor.get('/health')).status).toBe(200);
    expect((await new Browser().get('/api/me')).status).toBe(401);
  }, 60_000);

  it('a flood comes from the /64 that Cloudflare saw, and X-Forwarded-For counts for nothing', async () => {
    const visitor = new Browser();
    const asked = vi.fn<RateLimit['limit']>(() => Promise.resolve({ success: true }));
    visitor.env = { ...visitor.env, FLOOD_LIMITER: { limit: asked } };
    visitor.address = '2001:db8:1:2:3:4:5:6';
    await visitor.get('/api/me', { 'X-Forwarded-For': freshAddress() });
    expect(asked.mock.calls).toEqual([[{ key: '2001:db8:1:2::/64' }]]);
  });

  it('while the flood limiter is down, the exact one still counts', async () => {
    const visitor = new Browser();
    const down = () => Promise.reject(new Error('the flood limiter is down'));
    visitor.env = { ...visitor.env, FLOOD_LIMITER: { limit: down } };
    const statuses = [];
    for (let tries = 0; tries < 31; tries += 1) {
      statuses.push((await visitor.post('/api/auth/login', {})).status);
    }
    expect(statuses.filter((status) => status === 400)).toHaveLength(30);
    expect(statuses.at(-1)).toBe(429);
  });

  it('a limiter that cannot be asked means 503, not a free try', async () => {
    const visitor = new Browser();
    visitor.env = {
      ...env,
      RATE_LIMITER: new Proxy(env.RATE_LIMITER, {
        get() {
          throw new Error('the limiter is down');
        },
      }),
    };
    const body = { email: 'ada@example.com', password: 'not this one' };
    const answer = await visitor.post('/api/auth/login', body);
    expect([answer.status, answer.json.code]).toEqual([503, 'unavailable']);
    expect(answer.headers.get('Retry-After')).toBe('30');
  });
});
