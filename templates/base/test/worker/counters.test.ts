import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import * as passwords from '../../src/auth/password.ts';
import { hmac } from '../../src/limits/keys.ts';
import { limits } from '../../src/limits/policies.ts';
import { freshEmail, newUser, password } from './arrange.ts';
import { betweenSteps, newUserWithMfa } from './authenticator.ts';
import { Browser } from './browser.ts';
import { failing } from './failing.ts';
import { post } from './post.ts';
import { newPerson, type Person } from './team.ts';

const moved = freshEmail();

/** Writes down what the requests of a browser take from which counter, at which limit, and give back. */
async function count({ browser, userId, email }: Person): Promise<string[]> {
  const keys = { client: browser.address, user: userId, address: email, 'new address': moved };
  const counters = Object.values(limits).flatMap(({ name }) =>
    Object.entries(keys).map(async ([whose, key]): Promise<[string, string]> => [
      await hmac(env.HMAC_KEY, `${name}|${key}`),
      `${name}, of the ${whose}`,
    ]),
  );
  const known = new Map(await Promise.all(counters));
  const counted: string[] = [];
  const getByName = (hash: string) => {
    const name = known.get(hash) ?? 'another counter';
    const counter = env.RATE_LIMITER.getByName(hash);
    return {
      take(max: number, seconds: number) {
        counted.push(`${name}: ${max} in ${seconds}`);
        return counter.take(max, seconds);
      },
      giveBack() {
        counted.push(`${name}: given back`);
        return counter.giveBack();
      },
    };
  };
  const RATE_LIMITER = new Proxy(env.RATE_LIMITER, {
    get: (target, key) => (key === 'getByName' ? getByName : Reflect.get(target, key)),
  });
  browser.env = { ...browser.env, RATE_LIMITER };
  return counted;
}

type Ask = (person: Person) => Promise<unknown>;

const tried = [
  'step-up by account, of the user: 5 in 900',
  'step-up by account, of the user: given back',
];

/** What somebody who does all of it right is counted for. */
const right: readonly (readonly [what: string, ask: Ask, counted: readonly string[]])[] = [
  [
    'logs in, not for the first time, with a device that is new',
    async ({ browser, email }) => {
      await new Browser().post('/api/auth/login', { email, password });
      await browser.post('/api/auth/login', { email, password });
    },
    [
      'login by client, of the client: 30 in 900',
      'login by account, of the address: 10 in 900',
      'login by account, of the address: given back',
      'warnings by address, of the address: 5 in 3600',
    ],
  ],
  [
    'signs up once more',
    ({ browser, email }) => browser.post('/api/auth/signup', { email, password, name: 'Ada' }),
    [
      'signup by client, of the client: 20 in 3600',
      'signup by address, of the address: 20 in 3600',
      'mail by address, of the address: 5 in 3600',
    ],
  ],
  [
    'forgets a password',
    ({ browser, email }) => browser.post('/api/auth/password/forgot', { email }),
    [
      'forgotten password by client, of the client: 10 in 3600',
      'mail by address, of the address: 5 in 3600',
    ],
  ],
  [
    'resets a password',
    async ({ browser, email }) => {
      await new Browser().post('/api/auth/password/forgot', { email });
      await browser.post('/api/auth/password/reset', { token: post.tokenFor(email), password });
    },
    ['token by client, of the client: 30 in 900'],
  ],
  [
    'proves an address, with a password',
    async ({ browser, email }) => {
      await browser.post('/api/auth/verify-email/send');
      browser.cookies.clear();
      await browser.post('/api/auth/verify-email', { token: post.tokenFor(email), password });
    },
    [
      'mail by user, of the user: 5 in 3600',
      'proofs by address, of the address: 5 in 3600',
      'token by client, of the client: 30 in 900',
      ...tried,
    ],
  ],
  [
    'steps up',
    ({ browser }) => browser.post('/api/auth/step-up', { password }),
    ['step-up by client, of the client: 30 in 900', ...tried],
  ],
  [
    'changes a password of an account whose address is not proven',
    ({ browser }) => browser.post('/api/auth/password/change', { current: password, password }),
    [
      'step-up by client, of the client: 30 in 900',
      ...tried,
      'mail by user, of the user: 5 in 3600',
      'proofs by address, of the address: 5 in 3600',
    ],
  ],
  [
    'asks for a code to step up, whether or not they get one',
    ({ browser }) => browser.post('/api/auth/step-up/email'),
    ['mail by user, of the user: 5 in 3600'],
  ],
  [
    'moves to another address',
    async ({ browser }) => {
      await browser.post('/api/me/email', { email: moved });
      await browser.post('/api/me/email/confirm', { token: post.tokenFor(moved) });
    },
    [
      'mail by user, of the user: 5 in 3600',
      'proofs by address, of the address: 5 in 3600',
      'moves by address, of the new address: 20 in 3600',
      'token by client, of the client: 30 in 900',
    ],
  ],
  [
    'founds a tenant',
    ({ browser }) => browser.post('/api/tenants', { name: 'Acme' }),
    ['tenants by user, of the user: 10 in 86400'],
  ],
];

/** What is guessed by somebody who has the password, or a session. */
const wrong: readonly (readonly [path: string, counted: readonly string[]])[] = [
  ['mfa/disable', ['step-up by account, of the user: 5 in 900']],
  ['mfa/recovery-codes', ['step-up by account, of the user: 5 in 900']],
  [
    'step-up',
    ['step-up by client, of the client: 30 in 900', 'step-up by account, of the user: 5 in 900'],
  ],
  [
    'mfa/verify',
    [
      'second step by client, of the client: 30 in 900',
      'second step by account, of the user: 10 in 3600',
    ],
  ],
];

describe('API-2 TEST-4 each request is counted as was decided, and as nothing else', () => {
  it.each(right)('who %s', async (_what, ask, counted) => {
    vi.spyOn(passwords, 'verifyPassword').mockResolvedValue(true);
    const person = await newUser();
    vi.spyOn(passwords, 'hashPassword').mockResolvedValue('a hash');
    const seen = await count(person);
    await ask(person);
    expect(seen).toEqual(counted);
  });

  it.each(wrong)('who guesses a code at %s', async (path, counted) => {
    const { authenticator, ...person } = await newUserWithMfa();
    const { browser } = path === 'mfa/verify' ? await betweenSteps(person.userId) : person;
    const seen = await count({ ...person, browser });
    const code = await authenticator.wrongCode();
    expect((await browser.post(`/api/auth/${path}`, { code })).status).toBe(401);
    expect(seen).toEqual(counted);
  });

  it('who guesses the first code of a second factor', async () => {
    const person = await newPerson();
    await person.browser.post('/api/auth/mfa/enroll');
    const seen = await count(person);
    const guess = await person.browser.post('/api/auth/mfa/activate', { code: 'none' });
    expect(guess.status).toBe(401);
    expect(seen).toEqual(['step-up by account, of the user: 5 in 900']);
  });
});

describe('API-2 while nobody can count', () => {
  /** An app whose limiter fails after it was asked so often. */
  const countingOnly = (asked: number, browser = new Browser()) => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const down = () => Promise.reject(new Error('the limiter is down'));
    browser.env = { ...browser.env, RATE_LIMITER: failing(env.RATE_LIMITER, down, asked) };
    return browser;
  };

  it('nothing is mailed that a stranger asked for', async () => {
    const { email } = await newUser();
    const visitor = countingOnly(1);
    expect((await visitor.post('/api/auth/password/forgot', { email })).status).toBe(202);
    expect(post.to(email)).toEqual([]);
  });

  it('a login is written down all the same', async () => {
    const { browser, email } = await newUser();
    vi.spyOn(passwords, 'verifyPassword').mockResolvedValue(true);
    const login = { email, password };
    await new Browser().post('/api/auth/login', login);
    expect((await countingOnly(3).post('/api/auth/login', login)).status).toBe(200);
    const { items } = (await browser.get('/api/me/security-events')).json;
    expect(items).toMatchObject([{ kind: 'logged_in' }, { kind: 'logged_in' }]);
  });
});
