import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { createApp } from '../../src/app.ts';
import { access } from '../../src/auth/access.ts';
import { route } from '../../src/http/route.ts';
import { newUser } from './arrange.ts';
import { Browser, type Answer } from './browser.ts';
import { interceptD1 } from './doubles.ts';
import { bindingsOf } from './environments.ts';

const listed = 'https://admin.app.example';
const second = 'https://partner.example:8443';
const bindings = { CORS_ORIGINS: `${listed} ${second}` };

/** Everything that is no origin of the list, though some of it looks like one. */
const strangers = [
  'https://evil.example',
  'null',
  'http://admin.app.example',
  'https://admin.app.example.evil.example',
  'https://evil-admin.app.example',
  'https://evil.admin.app.example',
  'https://admin.app.example:8443',
  'https://admin.app.example/',
  'https://ADMIN.app.example',
  'https://partner.example',
  `${listed} ${second}`,
  'https://admin_app.example',
  '',
];

const share = (answer: Answer) =>
  [...answer.headers].filter(([name]) => name.startsWith('access-control-'));
const shared = (origin: string) => [
  ['access-control-allow-credentials', 'true'],
  ['access-control-allow-origin', origin],
  ['access-control-expose-headers', 'Content-Disposition, Retry-After, X-Request-Id'],
];
const page = (browser = new Browser(), changes: object = bindings) => {
  browser.env = { ...browser.env, ...changes };
  return browser;
};
const preflight = (origin: string, method = 'POST') => ({
  Origin: origin,
  'Access-Control-Request-Method': method,
  'Access-Control-Request-Headers': 'content-type',
});

describe('API-4 other origins: an exact list, and none by default', () => {
  it.each([listed, second])('a page of %s may read answers, with credentials', async (origin) => {
    const { browser } = await newUser();
    const answer = await page(browser).get('/api/me', { Origin: origin });
    expect([answer.status, share(answer)]).toEqual([200, shared(origin)]);
    expect(answer.headers.get('Vary')).toBe('Origin');
    const from = { Origin: origin, 'Sec-Fetch-Site': 'cross-site' };
    const left = await browser.post('/api/auth/logout', undefined, from);
    expect([left.status, share(left)]).toEqual([204, shared(origin)]);
  });

  it.each(strangers)('a page of "%s" may not, and caches are told', async (origin) => {
    for (const path of ['/health', '/api/me', '/nothing']) {
      const answer = await page().get(path, { Origin: origin });
      expect([path, share(answer), answer.headers.get('Vary')]).toEqual([path, [], 'Origin']);
    }
  });

  it('a request without Origin is told nothing of the list', async () => {
    const answer = await page().fetch(new Request('https://app.example/health'));
    expect([share(answer), answer.headers.get('Vary')]).toEqual([[], 'Origin']);
  });

  it('without a list nobody is let in', async () => {
    for (const CORS_ORIGINS of [undefined, '', '  ']) {
      for (const origin of [listed, '', 'null', 'https://app.example']) {
        const answer = await page(new Browser(), { CORS_ORIGINS }).get('/health', {
          Origin: origin,
        });
        expect([origin, answer.status, share(answer)]).toEqual([origin, 200, []]);
      }
    }
  });

  it('errors can be read as well: 400, 401, 403, 404, 413, 415, 429, 500 and 503', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const from = { Origin: listed, 'Sec-Fetch-Site': 'same-site' };
    const signup = '/api/auth/signup';
    const { browser } = await newUser();
    const failing = new Browser();
    failing.app = createApp([
      route({
        method: 'GET',
        path: '/fails',
        access: access.public,
        input: z.strictObject({}),
        handler: () => Promise.reject(new Error('broken')),
      }),
    ]);
    const down = interceptD1(() => {
      throw new Error('down');
    });
    const text = { ...from, 'Content-Type': 'text/plain' };
    const flooded = { limit: () => Promise.resolve({ success: false }) };
    const answers = [
      await page().post(signup, {}, from),
      await page().get('/api/me', from),
      await page().post(signup, {}, { Origin: listed }),
      await page().get('/nothing', from),
      await page().post(signup, 'x'.repeat(70_000), from),
      await page().post(signup, '{}', text),
      await page(new Browser(), { ...bindings, FLOOD_LIMITER: flooded }).get('/api/me', from),
      await page(failing).get('/fails', from),
      await page(browser, { ...bindings, DB: down }).get('/api/me', from),
    ];
    expect(answers.map(({ status }) => status)).toEqual([
      400, 401, 403, 404, 413, 415, 429, 500, 503,
    ]);
    for (const answer of answers) {
      expect([share(answer), answer.headers.get('Vary')]).toEqual([shared(listed), 'Origin']);
    }
  });

  it('a preflight of a listed origin says what may be sent', async () => {
    const answer = await page().send('OPTIONS', '/api/me', undefined, preflight(listed, 'PATCH'));
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(share(answer)).toEqual([
      ...shared(listed).slice(0, 1),
      ['access-control-allow-headers', 'Content-Type'],
      ['access-control-allow-methods', 'GET, POST, PATCH, DELETE'],
      ...shared(listed).slice(1),
      ['access-control-max-age', '600'],
    ]);
    expect(answer.headers.get('Vary')).toBe('Origin');
  });

  it.each(strangers)('a preflight of "%s" is told nothing', async (origin) => {
    const answer = await page().send('OPTIONS', '/api/me', undefined, preflight(origin));
    expect([answer.status, share(answer)]).toEqual([404, []]);
  });

  it('a preflight asks no dependency', async () => {
    const asked = vi.fn<(sql: string) => void>();
    const { browser } = await newUser();
    const DB = interceptD1(asked);
    page(browser, { ...bindings, DB });
    await browser.send('OPTIONS', '/api/me', undefined, preflight(listed));
    expect(asked).not.toHaveBeenCalled();
  });
});

describe('API-4 a change that another origin asks for takes an origin on the list', () => {
  const sites = ['same-site', 'cross-site', 'none', 'surprise'];

  it.each(sites)('Sec-Fetch-Site %s: listed passes, a stranger does not', async (site) => {
    const tried = async (origin: string) => {
      const { browser } = await newUser();
      const headers = { Origin: origin, 'Sec-Fetch-Site': site };
      const answer = await page(browser).patch('/api/me', { name: 'Changed' }, headers);
      return [origin, answer.status, (await browser.get('/api/me')).json.user.name];
    };
    expect(await tried(listed)).toEqual([listed, 200, 'Changed']);
    for (const origin of strangers) expect(await tried(origin)).toEqual([origin, 403, 'Ada']);
  });

  it('without that header, only our own origin does', async () => {
    const { browser } = await newUser();
    const own = await page(browser).patch('/api/me', { name: 'Own' });
    const other = await browser.patch('/api/me', { name: 'Other' }, { Origin: listed });
    expect([own.status, other.status, other.json.code]).toEqual([200, 403, 'origin_rejected']);
  });
});

describe('API-4 the list is checked before the app answers', () => {
  const answerWith = async (CORS_ORIGINS: string, changes: object = {}, path = '/health') => {
    const browser = new Browser();
    browser.env = { ...env, CORS_ORIGINS, ...changes };
    return browser.fetch(new Request(new URL(path, 'https://app.example')));
  };

  it.each([
    '*',
    'null',
    'https://*.app.example',
    'http://admin.app.example',
    'http://localhost:5173',
    'https://admin.app.example/',
    'https://admin.app.example/path',
    'https://ADMIN.app.example',
    'https://admin.app.example,https://partner.example',
    'admin.app.example',
    `${listed} *`,
  ])('"%s" is refused, and the log says where it stands', async (origins) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const answer = await answerWith(origins);
    expect([answer.status, share(answer)]).toEqual([503, []]);
    expect(String(log.mock.lastCall)).toContain('CORS_ORIGINS');
  });

  it('development may list pages on a loopback address, and no other that is not https', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const local = bindingsOf('development');
    const at = 'http://localhost:8787/health';
    expect((await answerWith('http://localhost:5173', local, at)).status).toBe(200);
    expect((await answerWith('http://evil.example', local, at)).status).toBe(503);
    expect((await answerWith('http://localhost.evil.example', local, at)).status).toBe(503);
    const staging = await answerWith('http://localhost:5173', bindingsOf('staging'));
    expect(staging.status).toBe(503);
  });
});
