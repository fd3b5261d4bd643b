import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { routes } from '../../src/app.ts';
import * as passwords from '../../src/auth/password.ts';
import type { Env } from '../../src/env.ts';
import type { Route } from '../../src/http/route.ts';
import { faults } from '../../src/ops/faults.ts';
import { newTenant, rowsOf } from './arrange.ts';
import { Browser } from './browser.ts';
import { interceptD1 } from './doubles.ts';
import { post } from './post.ts';

const concrete = ({ path }: Route, tenantId: string) =>
  path.replace(':tenantId', tenantId).replace(/:\w+/g, () => crypto.randomUUID());

describe('AUTH-7 every route that changes something is closed to other sites', () => {
  const writing = routes.filter(
    ({ method, access }) => method !== 'GET' && access.kind !== 'webhook',
  );

  it('there are such routes of every method', () => {
    const methods = new Set(writing.map(({ method }) => method));
    expect([...methods].toSorted()).toEqual(['DELETE', 'PATCH', 'POST']);
  });

  it.each(writing)('$method $path refuses a foreign Origin', async (route) => {
    const { owner, tenantId } = await newTenant();
    const foreign = {
      Origin: 'https://evil.example',
      Authorization: `Bearer ${env.OPERATIONS_TOKEN}`,
    };
    const path = concrete(route, tenantId);
    const answer = await owner.send(route.method, path, undefined, foreign);
    expect([answer.status, answer.json?.code]).toEqual([403, 'origin_rejected']);
  });
});

describe('OBS-2 what a client sends gets into no log line, no report of a fault and no metric', () => {
  const token = 'canary'.padEnd(43, 'C');
  const card = '4242 4242 4242 4242';
  const phone = '+1 415 555 0132';
  const typed: Readonly<Record<string, string>> = {
    email: 'canary@example.com',
    name: `Canary ${phone}`,
    description: `Canary ${card}`,
    role: 'member',
    password: 'canary password',
    current: 'canary password',
    token,
    emailCode: token,
    plan: 'pro',
    code: token,
  };
  const headers = {
    'User-Agent': `Canary ${phone}`,
    Authorization: `Bearer ${token}`,
    Referer: 'https://app.example/canary',
    'X-Forwarded-For': 'canary',
    'X-Request-Id': 'canary',
  };

  /** Every field a route takes, filled with something that must not be seen again. */
  const bodyFor = ({ input, reads }: Route) => {
    const { body } = input.shape;
    if (!(body instanceof z.ZodObject)) return undefined;
    const fields = Object.keys(body.shape);
    if (reads === 'json') return Object.fromEntries(fields.map((field) => [field, typed[field]]));
    const form = new FormData();
    for (const field of fields) form.append(field, new File(['canary'], 'canary.png'));
    return form;
  };
  const listen = () => {
    const lines: string[] = [];
    for (const method of ['debug', 'log', 'info', 'warn', 'error'] as const) {
      vi.spyOn(console, method).mockImplementation((line: string) => void lines.push(line));
    }
    return lines;
  };
  const message = `canary@example.com ${phone} ${card} ${token} canary password`;
  const fail = () => {
    throw new Error(message);
  };
  const reject = () => Promise.reject(new Error(message));
  /** Whatever is asked of it fails; the stub of a Durable Object fails when it is called. */
  const failing = <Binding extends object>(binding: Binding): Binding =>
    new Proxy(binding, {
      get: (_target, key) => (key === 'getByName' ? () => failing({}) : reject),
    });

  const weathers: readonly (readonly [what: string, changes: Partial<Env>, seen: number])[] = [
    ['works', {}, 202],
    ['has no mail service', { EMAIL: { send: reject } }, 202],
    ['has no database', { DB: interceptD1(fail) }, 503],
    ['has no flood limiter', { FLOOD_LIMITER: { limit: reject } }, 202],
    ['has no limiter', { RATE_LIMITER: failing(env.RATE_LIMITER) }, 503],
    ['has no KV', { SESSIONS: failing(env.SESSIONS) }, 202],
    ['refuses to start', { APP_ENV: '', MAIL_FROM: message }, 503],
  ];

  it('there is a value for each field of each route', () => {
    const fields = routes.flatMap((route) => {
      const body = bodyFor(route);
      return body instanceof FormData ? [] : Object.keys(body ?? {});
    });
    expect(fields.length).toBeGreaterThan(0);
    expect(fields.filter((field) => typed[field] === undefined)).toEqual([]);
  });

  it.each(weathers)('while the app %s', async (_what, changes, seen) => {
    const tried = await Promise.all(
      routes.map(async (route) => ({ route, ...(await newTenant()) })),
    );
    const secrets = (await rowsOf('users')).map(({ email }) => String(email));
    const lines = listen();
    const sink = vi.spyOn(faults, 'sink');
    vi.spyOn(passwords, 'verifyPassword').mockResolvedValue(true);
    vi.spyOn(passwords, 'hashPassword').mockResolvedValue('canary hash');
    const statuses: number[] = [];
    for (const { route, owner, tenantId } of tried) {
      secrets.push(...owner.cookies.values());
      for (const browser of [new Browser(), owner]) {
        browser.address = `canary of ${tenantId}`;
        browser.env = { ...browser.env, ...changes };
        const path = concrete(route, tenantId);
        const answer = await browser.send(route.method, path, bodyFor(route), headers);
        statuses.push(answer.status);
        await browser.get(`/canary/canary@example.com/${token}?email=canary@example.com`, headers);
      }
    }
    const metrics = [await rowsOf('request_counts'), await rowsOf('alerts')];
    expect(statuses).toContain(seen);
    expect(lines.length).toBeGreaterThanOrEqual(statuses.length);
    const said = [...lines, JSON.stringify([sink.mock.calls, metrics])].join('\n');
    expect(said).not.toMatch(/canary/i);
    // An id is random digits, which may be those of a number.
    const ids = /[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}/g;
    expect(said.replace(ids, 'an id')).not.toMatch(/4242.?4242|415.?555/);
    expect(secrets.filter((secret) => said.includes(secret))).toEqual([]);
  });

  it('nor on the ways that succeed: signing up, and a new password', async () => {
    const [email, passphrase, renewed] = [
      'fine-canary@example.com',
      'canary in a mine',
      'canary in 2 mines',
    ];
    const lines = listen();
    const sink = vi.spyOn(faults, 'sink');
    const browser = new Browser();
    const tokens: string[] = [];
    const token = () => {
      tokens.push(post.tokenFor(email));
      return post.tokenFor(email);
    };
    const answers = [
      await browser.post('/api/auth/signup', { email, password: passphrase, name: 'Canary' }),
      await browser.post('/api/auth/verify-email', { token: token() }),
      await browser.post('/api/auth/login', { email, password: passphrase }),
      await browser.post('/api/auth/password/change', { current: passphrase, password: renewed }),
      await browser.post('/api/auth/password/forgot', { email }),
      await browser.post('/api/auth/password/reset', { token: token(), password: passphrase }),
      await browser.post('/api/auth/login', { email, password: passphrase }),
      await browser.post('/api/auth/step-up', { password: passphrase }),
    ];
    expect(answers.filter(({ status }) => status >= 400)).toEqual([]);
    const said = [...lines, JSON.stringify(sink.mock.calls)].join('\n');
    expect(said).not.toMatch(/canary/i);
    const secrets = [...tokens, ...browser.cookies.values()];
    expect(secrets.filter((secret) => said.includes(secret))).toEqual([]);
  });

  it('when a limit refuses, neither the client nor the account is named', async () => {
    const lines = listen();
    const visitor = new Browser();
    visitor.address = 'canary limited';
    const statuses = new Set<number>();
    for (let requests = 0; requests < 11; requests += 1) {
      const body = { email: 'limited-canary@example.com' };
      statuses.add((await visitor.post('/api/auth/password/forgot', body)).status);
    }
    expect([...statuses]).toEqual([202, 429]);
    expect(lines.join('\n')).not.toMatch(/canary/i);
  });

  it('a failing KV is named, what it was asked is not', async () => {
    const { owner } = await newTenant();
    const lines = listen();
    vi.spyOn(env.SESSIONS, 'get').mockImplementation(reject);
    expect((await owner.get('/api/auth/sessions')).status).toBe(200);
    expect(lines.join('\n')).toContain('session data');
    expect(lines.join('\n')).not.toMatch(/canary/i);
  });
});
