import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import type { Env } from '../../src/env.ts';
import { newUser } from './arrange.ts';
import { Browser } from './browser.ts';
import { interceptD1 } from './doubles.ts';
import { post } from './post.ts';

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const ready = (
  changes: Partial<Env> = {},
  headers: Record<string, string> = bearer(env.OPERATIONS_TOKEN),
) => {
  const browser = new Browser();
  browser.env = { ...env, EMAIL: post, ...changes };
  return browser.get('/ready', headers);
};
const refuse = () => Promise.reject(new Error('sentinel'));
const hang = () => scheduler.wait(20_000).then(refuse);
const limiterThat = (answer: () => Promise<never>) =>
  new Proxy(env.RATE_LIMITER, {
    get: (target, key) =>
      key === 'getByName' ? () => ({ giveBack: answer }) : Reflect.get(target, key),
  });
const sessionsThat = (answer: () => Promise<never>) =>
  new Proxy(env.SESSIONS, {
    get: (target, key) => (key === 'get' ? answer : Reflect.get(target, key)),
  });

/** Where files can be uploaded, a bucket for each way to answer. */
const filesThat = (...answers: readonly (() => Promise<never>)[]) =>
  'FILES' in env
    ? answers.map((answer): readonly [string, Partial<Env>] => [
        'files',
        Object.assign({}, { FILES: { ...env.FILES, head: answer } }),
      ])
    : [];

describe('OBS-5 /ready asks every dependency', () => {
  it('and tells how long each took, and the newest migration', async () => {
    const { status, json, headers } = await ready();
    const durationMs = expect.any(Number);
    expect(status).toBe(200);
    expect(json).toEqual({
      status: 'ready',
      checks: [
        {
          name: 'database',
          ok: true,
          durationMs,
          newestMigration: env.TEST_MIGRATIONS.at(-1)?.name,
        },
        { name: 'sessionData', ok: true, durationMs },
        { name: 'rateLimiter', ok: true, durationMs },
        ...('FILES' in env ? [{ name: 'files', ok: true, durationMs }] : []),
      ],
    });
    expect(headers.get('Cache-Control')).toBe('no-store');
  });

  const broken: readonly (readonly [string, Partial<Env>])[] = [
    [
      'database',
      {
        DB: interceptD1(() => {
          throw new Error('sentinel');
        }),
      },
    ],
    ['sessionData', { SESSIONS: sessionsThat(refuse) }],
    ['rateLimiter', { RATE_LIMITER: limiterThat(refuse) }],
    ['sessionData', { SESSIONS: sessionsThat(hang) }],
    ['rateLimiter', { RATE_LIMITER: limiterThat(hang) }],
    ...filesThat(refuse, hang),
  ];

  it.each(broken)('and says that %s does not answer, and nothing of why', async (name, changes) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const waited = scheduler.wait.bind(scheduler);
    vi.spyOn(scheduler, 'wait').mockImplementation((ms, options) => waited(ms / 20, options));
    const startedAt = Date.now();
    const { status, json, text } = await ready(changes);
    expect(status).toBe(503);
    expect(Date.now() - startedAt).toBeLessThan(900);
    expect(json.status).toBe('not ready');
    const failed = json.checks.filter(({ ok }: { ok: boolean }) => !ok);
    expect(failed).toEqual([{ name, ok: false, durationMs: expect.any(Number) }]);
    expect(text).not.toContain('sentinel');
    expect(String(log.mock.calls)).toContain(`"dependency":"${name}"`);
  });
});

describe('SEC-2 the token of those who operate the app is replaced without a gap', () => {
  const renewed = { OPERATIONS_TOKEN: 'n'.repeat(40), OPERATIONS_TOKEN_PREVIOUS: 'p'.repeat(40) };

  it('both open while there are two, and the one before opens nothing once it is taken away', async () => {
    const statuses = async (bindings: Partial<Env>) => [
      (await ready(bindings, bearer('n'.repeat(40)))).status,
      (await ready(bindings, bearer('p'.repeat(40)))).status,
      (await ready(bindings, bearer('null'))).status,
    ];
    expect(await statuses(renewed)).toEqual([200, 200, 401]);
    expect(await statuses({ ...renewed, OPERATIONS_TOKEN_PREVIOUS: '' })).toEqual([200, 401, 401]);
  });
});

describe('OBS-5 whoever finds a hole learns whom to write', () => {
  const ask = (changes: Partial<Env>) => {
    const browser = new Browser();
    browser.env = { ...env, EMAIL: post, ...changes };
    return browser.get('/.well-known/security.txt');
  };

  it.each(['mailto:security@app.example', 'https://app.example/report'])(
    'at %s, for less than a year, as RFC 9116 has it',
    async (SECURITY_CONTACT) => {
      const { status, headers, text } = await ask({ SECURITY_CONTACT });
      expect(status).toBe(200);
      expect(headers.get('Content-Type')).toMatch(/^text\/plain; ?charset=utf-8$/i);
      const [contact, expires = '', canonical, ...rest] = text.split('\n');
      expect(contact).toBe(`Contact: ${SECURITY_CONTACT}`);
      expect(canonical).toBe('Canonical: https://app.example/.well-known/security.txt');
      expect(rest).toEqual(['']);
      const days = (Date.parse(expires.replace(/^Expires: /, '')) - Date.now()) / 86_400_000;
      expect(days).toBeGreaterThan(30);
      expect(days).toBeLessThan(365);
    },
  );

  it('and there is no such file while nobody is named', async () => {
    expect((await ask({ SECURITY_CONTACT: '' })).status).toBe(404);
  });

  it.each([
    'security@app.example',
    'http://app.example',
    'mailto:',
    'mailto:a@b.c\nExpires: never',
  ])('a contact that is none is refused: %j', async (SECURITY_CONTACT) => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    expect((await ask({ SECURITY_CONTACT })).status).toBe(503);
  });
});

describe('OBS-5 /ready is for those who operate the app', () => {
  const wrong: readonly (readonly [string, Record<string, string>])[] = [
    ['nothing', {}],
    ['an empty token', bearer('')],
    ['another token', bearer('x'.repeat(env.OPERATIONS_TOKEN.length))],
    ['the beginning of the token', bearer(env.OPERATIONS_TOKEN.slice(0, -1))],
    ['more than the token', bearer(`${env.OPERATIONS_TOKEN}x`)],
    ['another secret', bearer(env.HMAC_KEY)],
    ['another scheme', { Authorization: `Basic ${env.OPERATIONS_TOKEN}` }],
    ['no scheme', { Authorization: env.OPERATIONS_TOKEN }],
  ];

  it.each(wrong)('with %s nothing is asked', async (_what, headers) => {
    const prepared = vi.fn<(sql: string) => void>();
    const { status, json } = await ready({ DB: interceptD1(prepared) }, headers);
    expect([status, json.code]).toEqual([401, 'unauthenticated']);
    expect(prepared).not.toHaveBeenCalled();
  });

  it('a session is no substitute', async () => {
    const { browser } = await newUser();
    expect((await browser.get('/ready')).status).toBe(401);
  });
});
