import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { createApp } from '../../src/app.ts';
import { access } from '../../src/auth/access.ts';
import type { Env } from '../../src/env.ts';
import { route } from '../../src/http/route.ts';
import { describeFault } from '../../src/ops/logger.ts';
import { newUser } from './arrange.ts';
import { broken, statusInTime } from './broken.ts';
import { Browser, type Answer } from './browser.ts';
import { interceptD1 } from './doubles.ts';
import { bindingsOf } from './environments.ts';

const get = (url: string, changes: Partial<Env>): Promise<Answer> => {
  const browser = new Browser();
  browser.env = { ...env, ...changes };
  return browser.fetch(new Request(url));
};

describe('SEC-6 production is what you get when you forget to say', () => {
  const { APP_ENV: _, ...withoutEnvironment } = env;
  const { HMAC_KEY: __, ...withoutKey } = env;
  const health = 'https://app.example/health';

  async function refusal(bindings: Env, url = health): Promise<string> {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const browser = new Browser();
    browser.env = bindings;
    const answer = await browser.fetch(new Request(url));
    expect([answer.status, answer.json.code]).toEqual([503, 'unavailable']);
    expect(answer.text).not.toMatch(/APP_|HMAC/);
    return String(log.mock.lastCall);
  }

  it('without APP_ENV nothing answers, and the log names it', async () => {
    expect(await refusal(withoutEnvironment)).toContain('APP_ENV is missing');
  });

  it.each(['', 'prod', 'Production', 'test', 'dev'])('APP_ENV "%s" is refused', async (value) => {
    expect(await refusal({ ...env, APP_ENV: value })).toContain('APP_ENV is unknown');
  });

  it.each([
    'https://app.example/health',
    'https://my-app.workers.dev/health',
    'http://localhost.evil.example/health',
    'http://127.0.0.1.evil.example/health',
    'http://10.0.0.1/health',
  ])('development does not answer at %s', async (url) => {
    expect(await refusal(bindingsOf('development'), url)).toContain('loopback');
  });

  it.each(['http://localhost:8787/health', 'http://127.0.0.1/health', 'http://[::1]:8787/health'])(
    'development answers at %s',
    async (url) => {
      const answer = await get(url, bindingsOf('development'));
      expect(answer.status).toBe(200);
      expect(answer.headers.get('Strict-Transport-Security')).toBeNull();
    },
  );

  it('links and mails need their address', async () => {
    expect(await refusal({ ...env, LINK_BASE_URL: '' })).toContain('LINK_BASE_URL');
    expect(await refusal({ ...env, MAIL_FROM: 'nobody' })).toContain('MAIL_FROM');
  });

  it('a missing or short secret is refused by name', async () => {
    expect(await refusal(withoutKey)).toContain('HMAC_KEY is missing');
    expect(await refusal({ ...env, HMAC_KEY: 'short' })).toContain('HMAC_KEY is shorter');
  });

  it.each([
    '',
    'app.example',
    'http://app.example',
    'https://app.example/',
    'https://app.example/x',
  ])('APP_ORIGIN "%s" is refused outside development', async (value) => {
    for (const environment of ['staging', 'production'] as const) {
      const bindings = { ...bindingsOf(environment), APP_ORIGIN: value };
      expect(await refusal(bindings)).toContain('APP_ORIGIN');
    }
  });
});

describe('OBS-5 the health endpoint names the build that answers', () => {
  const version = { id: 'a-version', tag: 'v1.2.3', timestamp: '2026-01-02T03:04:05.000Z' };

  it('tells the tag, or the version where there is none, and nothing more', async () => {
    const url = 'https://app.example/health';
    const tagged = await get(url, { CF_VERSION: version });
    expect(tagged.json).toEqual({ status: 'ok', build: 'v1.2.3', deployedAt: version.timestamp });
    const untagged = await get(url, { CF_VERSION: { ...version, tag: '' } });
    expect(untagged.json.build).toBe('a-version');
    expect(tagged.headers.get('Cache-Control')).toBe('no-store');
  });

  it.each(['throws', 'hangs'] as const)(
    'asks no binding, and answers while each of them %s',
    async (failure) => {
      const asked: string[] = [];
      const breakAll = (name: string, binding: object): object =>
        new Proxy(binding, {
          get: (target, method) => () => {
            // Opens a session without asking anything.
            if (method === 'withSession') return breakAll(name, target);
            asked.push(`${name}.${String(method)}`);
            const answer = broken[failure]();
            // Whoever asks may not wait for it.
            void Promise.resolve(answer).catch(() => {});
            return answer;
          },
        });
      const bindings = new Proxy(env, {
        get(target, name) {
          const binding: unknown = Reflect.get(target, name);
          const isBroken = typeof binding === 'object' && binding !== null && name !== 'CF_VERSION';
          return isBroken ? breakAll(String(name), binding) : binding;
        },
      });
      const status = await statusInTime(get('https://app.example/health', bindings));
      expect([status, asked]).toEqual([200, []]);
    },
  );
});

describe('ERR-1 clients see generic errors', () => {
  const sentinel = 'sentinel-7f3a: password=hunter2 at /srv/app.ts:12';

  it.each([
    ['an Error', new Error(sentinel)],
    ['a text', sentinel],
    ['a TypeError', new TypeError(sentinel)],
  ])('%s thrown below a route appears nowhere in the answer', async (_what, thrown) => {
    const failing = route({
      method: 'GET',
      path: '/fails',
      access: access.public,
      input: z.strictObject({}),
      handler: () => Promise.reject(thrown),
    });
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const browser = new Browser();
    browser.app = createApp([failing]);
    const asking = browser.get('/fails');
    await expect(asking).resolves.toMatchObject({ status: 500 });
    const answer = await asking;
    expect(answer.json).toEqual({
      type: 'about:blank',
      title: 'Something went wrong on our side',
      status: 500,
      code: 'internal',
      requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
    expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(log).toHaveBeenCalledTimes(1);
    expect(String(log.mock.lastCall)).not.toContain('sentinel');
  });

  it('D1 down is 503 with Retry-After, and never lets anybody in', async () => {
    const { browser } = await newUser();
    browser.env = {
      ...env,
      DB: interceptD1(() => {
        throw new Error(`D1_ERROR: ${sentinel}`);
      }),
    };
    const answer = await browser.get('/api/me');
    expect([answer.status, answer.json.code]).toEqual([503, 'unavailable']);
    expect(answer.headers.get('Retry-After')).toBe('30');
    expect(answer.text).not.toContain('sentinel');
  });

  it.each(['/api', '/api/nothing', '/%00', '/..%2f..%2fetc/passwd', '//api/me', '/API/ME'])(
    'the unknown path %s is a plain 404',
    async (path) => {
      const answer = await new Browser().fetch(new Request(`https://app.example${path}`));
      expect([answer.status, answer.json.code]).toEqual([404, 'not_found']);
    },
  );
});

describe('OBS-3 one id follows a request', () => {
  it('is in the header, the error and every log line, and is never one that a client sent', async () => {
    const forged = 'f'.repeat(32);
    const log = vi.spyOn(console, 'info').mockImplementation(() => {});
    const answer = await new Browser().get('/api/me', {
      'X-Request-Id': forged,
      traceparent: `00-${forged}-${'f'.repeat(16)}-01`,
    });
    const id = answer.headers.get('X-Request-Id');
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(id).not.toBe(forged);
    expect(answer.json.requestId).toBe(id);
    expect(log.mock.calls.map(([line]) => JSON.parse(line))).toEqual([
      {
        level: 'info',
        event: 'request',
        requestId: id,
        method: 'GET',
        route: '/api/me',
        status: 401,
        durationMs: expect.any(Number),
        code: 'unauthenticated',
      },
    ]);
  });
});

describe('OBS-1 why a request was refused is in the log, by its code', () => {
  const refusals: readonly (readonly [
    code: string,
    body: object,
    headers: Record<string, string>,
  ])[] = [
    ['origin_rejected', {}, { Origin: 'https://evil.example' }],
    ['invalid_input', { nobody: 'expects this' }, {}],
    ['payload_too_large', { email: 'someone@example.com', password: 'x'.repeat(70_000) }, {}],
    ['unsupported_media_type', {}, { 'Content-Type': 'text/plain' }],
  ];

  it.each(refusals)('%s', async (code, body, headers) => {
    const log = vi.spyOn(console, 'info').mockImplementation(() => {});
    const answer = await new Browser().post('/api/auth/login', body, headers);
    expect(answer.json.code).toBe(code);
    expect(JSON.parse(String(log.mock.lastCall))).toMatchObject({ event: 'request', code });
  });

  it('a request that went well has none', async () => {
    const log = vi.spyOn(console, 'info').mockImplementation(() => {});
    await new Browser().get('/health');
    expect(JSON.parse(String(log.mock.lastCall))).not.toHaveProperty('code');
  });
});

describe('OBS-2 logs carry no personal data', () => {
  it('an address, a name and a password leave no trace in the log, whatever happens', async () => {
    const lines: string[] = [];
    for (const level of ['info', 'warn', 'error'] as const) {
      vi.spyOn(console, level).mockImplementation((line: string) => void lines.push(line));
    }
    const canary = { email: 'canary@example.com', password: 'canary-password', name: 'Canary' };
    const visitor = new Browser();
    await visitor.post('/api/auth/signup', canary);
    await visitor.post('/api/auth/login', { email: canary.email, password: canary.password });
    await visitor.get(`/api/tenants/${canary.email}?q=${canary.name}`);
    await visitor.post('/api/tenants', { name: canary.name, [canary.email]: 1 });
    visitor.env = {
      ...env,
      DB: interceptD1(() => {
        throw new Error(`no such user ${canary.email}`);
      }),
    };
    await visitor.get('/api/me');
    await visitor.post('/api/auth/login', { email: canary.email, password: canary.password });
    expect(lines.length).toBeGreaterThan(6);
    expect(lines.join('\n')).not.toMatch(/canary/i);
  });
});

describe('OBS-2 a fault is described without its message', () => {
  it('even where a line of the message looks like one of the stack', () => {
    const described = describeFault(new TypeError('first\n    at canary@example.com'));
    expect(described).toMatch(/^TypeError at /);
    expect(described).not.toContain('canary');
  });
});

describe('API-4 security headers stand on every answer', () => {
  it.each(['staging', 'production'] as const)('in %s as well', async (environment) => {
    const answer = await get('https://app.example/health', bindingsOf(environment));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Strict-Transport-Security')).toBe(
      'max-age=31536000; includeSubDomains',
    );
  });

  it.each([
    ['GET', '/health'],
    ['GET', '/api/me'],
    ['GET', '/nothing'],
    ['POST', '/api/auth/login'],
  ])('stand on the answer to %s %s', async (method, path) => {
    const { headers } = await new Browser().send(method, path, method === 'POST' ? {} : undefined);
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=()',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.any(String),
    });
  });
});
