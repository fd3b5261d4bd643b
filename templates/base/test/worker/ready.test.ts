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
