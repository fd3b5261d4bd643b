import { createScheduledController } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import * as z from 'zod';
import { createApp } from '../../src/app.ts';
import { access } from '../../src/auth/access.ts';
import * as passwords from '../../src/auth/password.ts';
import { route } from '../../src/http/route.ts';
import { Problem } from '../../src/http/problem.ts';
import worker from '../../src/index.ts';
import { writing } from '../../src/ops/request-counts.ts';
import { freshEmail, newTenant, newUser, rowsOf } from './arrange.ts';
import { Browser, type Json } from './browser.ts';
import { interceptD1 } from './doubles.ts';
import { bindingsOf } from './environments.ts';
import { post } from './post.ts';

const minute = 60_000;
/** As the app has it; setup.ts does without. */
const { afterMs: usuallyAfterMs } = writing;
const operator = 'oncall@app.example';
const hook = 'https://hooks.example/alerts';
const configured = { ...env, EMAIL: post, ALERT_EMAIL: operator, ALERT_WEBHOOK_URL: hook };

/** The clock that the tests move; every test begins ten hours after the one before. */
let now = Math.ceil(Date.now() / minute) * minute;

/** What the webhook was sent; a test may let it fail. */
let hooked: Json[] = [];
let hookStatus = 200;

beforeEach(async () => {
  now += 600 * minute;
  vi.useFakeTimers({ toFake: ['Date'], now });
  hooked = [];
  hookStatus = 200;
  post.sent.length = 0;
  for (const table of ['request_counts', 'alerts', 'outbox']) {
    await env.DB.prepare(`DELETE FROM ${table}`).run();
  }
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    if (request.url !== hook) return new Response('no test expects this', { status: 599 });
    if (request.headers.get('Content-Type') !== 'application/json')
      return new Response('', { status: 415 });
    hooked.push(await request.json());
    return new Response('', { status: hookStatus });
  });
  for (const level of ['info', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation(() => {});
  }
});
afterEach(() => {
  post.isDown = false;
});

const evaluate = async (bindings: typeof env = configured) => {
  const controller = createScheduledController({ cron: '* * * * *', scheduledTime: Date.now() });
  await worker.scheduled(controller, bindings);
};
const later = (ms: number) => {
  now += ms;
  vi.setSystemTime(now);
};
const mailed = () => post.to(operator).map(({ subject }) => subject);
const count = (columns: Record<string, number | string>) => {
  const row = {
    minute: now,
    routes: 'api/auth',
    requests: 0,
    server_errors: 0,
    refused_logins: 0,
    rate_limited: 0,
    webhook_failures: 0,
    webhook_refusals: 0,
    faults: 0,
    ...columns,
  };
  const names = Object.keys(row);
  const places = names.map((_, index) => `?${index + 1}`);
  return env.DB.prepare(
    `INSERT INTO request_counts (${names.join(', ')}) VALUES (${places.join(', ')})`,
  )
    .bind(...Object.values(row))
    .run();
};
/** The same in two minutes, half in each. */
const countInTwoMinutes = async (columns: Record<string, number>) => {
  const half = (round: (number: number) => number) =>
    Object.fromEntries(Object.entries(columns).map(([name, all]) => [name, round(all / 2)]));
  await count(half(Math.ceil));
  await count({ minute: now - minute, ...half(Math.floor) });
};
/** The sum of what is stored, by column. */
const stored = async (column: string) =>
  (await rowsOf('request_counts')).reduce((sum, row) => sum + Number(row[column]), 0);

/** An app whose answers a test chooses. */
const answering = (path: string, statuses: { next: () => number }) => {
  const browser = new Browser();
  browser.env = { ...env, EMAIL: post };
  browser.app = createApp([
    route({
      method: 'GET',
      path,
      access: access.public,
      input: z.strictObject({}),
      async handler({ c }) {
        const status = statuses.next();
        if (status === 500) throw new Error('sentinel');
        if (status === 503) throw new Problem('unavailable');
        if (status === 429) throw new Problem('rate_limited', { retryAfterSeconds: 1 });
        if (status === 400) throw new Problem('invalid_input');
        return c.body(null, 204);
      },
    }),
  ]);
  return browser;
};
const always = (status: number) => ({ next: () => status });
const withoutD1 = (bindings: Browser['env']): Browser['env'] => ({
  ...bindings,
  DB: interceptD1(() => {
    throw new Error('D1 is down');
  }),
});

describe('OBS-4 what goes wrong is counted', () => {
  it.each([
    ['server_errors', '/api/things', 500],
    ['webhook_refusals', '/webhooks/payments', 400],
    ['webhook_refusals', '/webhooks/payments', 429],
    ['webhook_failures', '/webhooks/payments', 500],
    ['webhook_failures', '/webhooks/payments', 503],
  ])('as %s: %s answers %i', async (column, path, status) => {
    await answering(path, always(status)).get(path);
    expect(await rowsOf('request_counts')).toContainEqual(
      expect.objectContaining({ minute: now, routes: path.slice(1), requests: 1, [column]: 1 }),
    );
  });

  it('as refused logins, and no other 401, by the dozen', async () => {
    vi.spyOn(passwords, 'verifyPassword').mockResolvedValue(false);
    for (let requests = 0; requests < 40; requests += 1) await new Browser().get('/api/me');
    expect(await stored('refused_logins')).toBe(0);
    for (let requests = 0; requests < 40; requests += 1) {
      await new Browser().post('/api/auth/login', { email: freshEmail(), password: 'wrong one' });
    }
    await new Browser().post('/api/auth/mfa/verify', { code: '000000' });
    expect(await stored('refused_logins')).toBe(41);
    expect(await stored('server_errors')).toBe(0);
  });

  it('as over a limit, by the dozen', async () => {
    const limited = answering('/api/things', always(429));
    for (let requests = 0; requests < 40; requests += 1) await limited.get('/api/things');
    expect(await stored('rate_limited')).toBe(40);
  });

  it('five seconds after the first failure, while Workers still waits for what follows a response', () => {
    expect(usuallyAfterMs).toBe(5_000);
  });

  it.each([429, 500])('a flood of %i is one write, and each of them is counted', async (status) => {
    const { afterMs } = writing;
    writing.afterMs = 1_234;
    onTestFinished(() => void (writing.afterMs = afterMs));
    const writes = vi.fn<() => void>();
    const flooded = answering('/api/things', always(status));
    flooded.env = {
      ...flooded.env,
      DB: interceptD1((sql) => {
        if (sql.includes('request_counts')) writes();
      }),
    };
    const waits = vi.spyOn(scheduler, 'wait');
    const first = flooded.get('/api/things');
    await scheduler.wait(50);
    await Promise.all(Array.from({ length: 24 }, () => flooded.get('/api/things')));
    await first;
    expect(await stored(status === 429 ? 'rate_limited' : 'server_errors')).toBe(25);
    expect(writes.mock.calls.length).toBeLessThanOrEqual(2);
    expect(waits.mock.calls.filter(([ms]) => ms === 1_234)).toHaveLength(1);
  });

  it('by minute and kind of route, and never by what was asked', async () => {
    const { owner } = await newTenant();
    owner.env = {
      ...env,
      EMAIL: post,
      DB: interceptD1((sql) => {
        if (sql.includes('FROM projects')) throw new Error('sentinel');
      }),
    };
    const { json } = await owner.get('/api/tenants');
    await owner.get(`/api/tenants/${json.items[0].id}/projects?q=canary`);
    const rows = await rowsOf('request_counts');
    expect(rows.map(({ routes }) => routes)).toContain('api/tenants');
    expect(JSON.stringify(rows)).not.toMatch(/canary/);
    expect(JSON.stringify(rows)).not.toContain(json.items[0].id);
  });

  it('what goes well costs nothing, and is there to compare with once something fails', async () => {
    const { browser } = await newUser();
    const written: string[] = [];
    browser.env = { ...env, DB: interceptD1((sql) => void written.push(sql)) };
    for (let requests = 0; requests < 30; requests += 1) await browser.get('/api/me');
    expect(written.filter((sql) => sql.includes('request_counts'))).toEqual([]);
    const statuses = [...Array<number>(30).fill(204), 500];
    const things = answering('/api/things', { next: () => statuses.shift() ?? 204 });
    for (let requests = 0; requests < 31; requests += 1) await things.get('/api/things');
    expect(await rowsOf('request_counts')).toContainEqual(
      expect.objectContaining({ routes: 'api/things', requests: 31, server_errors: 1 }),
    );
  });

  it.each([
    [10 * 1_000, 2],
    [14 * minute, 2],
    [16 * minute, 1],
  ])('what D1 could not take for %i ms is counted once it is back: %i', async (ms, counted) => {
    const failing = answering('/api/things', always(500));
    const fair = failing.env;
    failing.env = withoutD1(fair);
    await failing.get('/api/things');
    expect(await stored('server_errors')).toBe(0);
    failing.env = fair;
    later(ms);
    await failing.get('/api/things');
    expect(await stored('server_errors')).toBe(counted);
  });

  it('what D1 could not take is written by the next request that it serves, however well that goes', async () => {
    const failing = answering('/api/things', { next: () => (failing.env === fair ? 204 : 500) });
    const fair = failing.env;
    failing.env = withoutD1(fair);
    await failing.get('/api/things');
    failing.env = fair;
    later(minute);
    await failing.get('/api/things');
    expect(await stored('server_errors')).toBe(1);
  });
});

describe('OBS-4 an abnormal rate raises an alert', () => {
  it.each([
    [
      'server errors',
      { requests: 200, server_errors: 10 },
      { requests: 201, server_errors: 10 },
      '10 of 200 requests failed',
    ],
    [
      'server errors',
      { requests: 10, server_errors: 10 },
      { requests: 9, server_errors: 9 },
      '10 of 10 requests failed',
    ],
    ['refused logins', { refused_logins: 100 }, { refused_logins: 99 }, '100 logins'],
    ['rate limits', { rate_limited: 200 }, { rate_limited: 199 }, '200 requests'],
    ['webhook failures', { webhook_failures: 2 }, { webhook_failures: 1 }, '2 webhooks'],
    ['forged webhook', { webhook_refusals: 10 }, { webhook_refusals: 9 }, '10 webhooks'],
    ['faults', { faults: 1 }, { faults: 0 }, '1 that'],
  ])('%s at %o in all, and not at %o: "%s"', async (name, over, under, says) => {
    await countInTwoMinutes(under);
    await evaluate();
    expect(mailed()).toEqual([]);
    await env.DB.prepare('DELETE FROM request_counts').run();
    await countInTwoMinutes(over);
    await evaluate();
    expect(mailed()).toEqual([`[PRODUCTION] ${name}: api/auth`]);
    expect(hooked.map(({ title }) => title)).toEqual(mailed());
    expect(post.to(operator)[0]?.text).toMatch(new RegExp(`^${says} `));
  });

  it.each([
    ['server errors', 5, { requests: 10, server_errors: 10 }],
    ['refused logins', 5, { refused_logins: 100 }],
    ['rate limits', 5, { rate_limited: 200 }],
    ['webhook failures', 60, { webhook_failures: 2 }],
    ['forged webhook', 60, { webhook_refusals: 10 }],
    ['faults', 15, { faults: 1 }],
  ])('%s are looked at for %i minutes, and no longer', async (name, minutes, over) => {
    await count({ minute: now - (minutes + 1) * minute, ...over });
    await evaluate();
    expect(mailed()).toEqual([]);
    await env.DB.prepare('DELETE FROM request_counts').run();
    await count({ minute: now - (minutes - 1) * minute, ...over });
    await evaluate();
    expect(mailed()).toEqual([`[PRODUCTION] ${name}: api/auth`]);
    expect(post.to(operator)[0]?.text).toContain(` in ${minutes} minutes. `);
  });

  it('work after a response only when it fails again and again', async () => {
    await count({ routes: 'background task failed', faults: 9 });
    await evaluate();
    expect(mailed()).toEqual([]);
    await count({ minute: now - minute, routes: 'background task failed', faults: 1 });
    await evaluate();
    expect(mailed()).toEqual(['[PRODUCTION] faults: background task failed']);
  });

  it('a webhook that comes again half an hour later, and fails again', async () => {
    const failing = answering('/webhooks/payments', always(500));
    await failing.get('/webhooks/payments');
    await evaluate();
    expect(mailed()).toEqual([]);
    later(30 * minute);
    await failing.get('/webhooks/payments');
    await evaluate();
    expect(mailed()).toEqual(['[PRODUCTION] webhook failures: webhooks/payments']);
  });

  it('one kind of route that is well does not hide another that is not', async () => {
    await count({ routes: 'api/me', requests: 100_000 });
    await count({ routes: 'api/auth', requests: 20, server_errors: 20 });
    await evaluate();
    expect(mailed()).toEqual(['[PRODUCTION] server errors: api/auth']);
    await count({ routes: 'api/tenants', requests: 20, server_errors: 20 });
    await evaluate();
    expect(mailed().slice(1)).toEqual(['[PRODUCTION] server errors: api/tenants']);
  });

  it('mail that waits for more than a quarter of an hour, and mail that was given up', async () => {
    const insert = (id: string, createdAt: number, deadAt: number | null) =>
      env.DB.prepare(
        `INSERT INTO outbox (id, payload, request_id, next_attempt_at, created_at, dead_at)
         VALUES (?1, '', '', ?2, ?3, ?4)`,
      )
        .bind(id, now + 99 * minute, createdAt, deadAt)
        .run();
    await insert('waits', now - 15 * minute, null);
    await insert('long given up', now - 600 * minute, now - 61 * minute);
    await evaluate();
    expect(mailed()).toEqual([]);
    later(minute);
    await insert('given up', now - 600 * minute, now - 59 * minute);
    await insert('has just come', now, null);
    await evaluate();
    expect(mailed()).toEqual(['[PRODUCTION] mail waits', '[PRODUCTION] mail given up']);
    expect(post.to(operator).map(({ text }) => text)).toEqual([
      expect.stringMatching(/for 16 minutes\. See .+\/mail-waits\.md/),
      expect.stringMatching(/within an hour: 1\. See .+\/mail-given-up\.md/),
    ]);
    later(2 * minute);
    await evaluate();
    await evaluate();
    expect(mailed().slice(2)).toEqual(['[PRODUCTION] over: mail given up']);
  });
});

describe('OBS-4 an alert is told once, and once when it is over', () => {
  const failures = { requests: 20, server_errors: 20 };

  it('however often and by however many it is evaluated', async () => {
    await count(failures);
    await Promise.all([evaluate(), evaluate()]);
    later(minute);
    await count({ ...failures, minute: now });
    await evaluate();
    expect(mailed()).toHaveLength(1);
    later(6 * minute);
    await evaluate();
    await evaluate();
    expect(mailed()).toEqual([
      '[PRODUCTION] server errors: api/auth',
      '[PRODUCTION] over: server errors: api/auth',
    ]);
    expect(hooked).toHaveLength(2);
    later(minute);
    await count({ ...failures, minute: now });
    await evaluate();
    expect(mailed()).toHaveLength(3);
  });

  it('when nobody could be told, it is told again, until somebody was', async () => {
    await count(failures);
    post.isDown = true;
    hookStatus = 500;
    await evaluate();
    expect(hooked).toHaveLength(1);
    later(minute);
    hookStatus = 200;
    await evaluate();
    expect(hooked).toHaveLength(2);
    later(minute);
    post.isDown = false;
    await evaluate();
    expect([hooked.length, mailed().length]).toEqual([2, 0]);
    post.isDown = true;
    hookStatus = 500;
    await count({ ...failures, routes: 'api/tenants' });
    await evaluate();
    later(minute);
    hookStatus = 200;
    await evaluate();
    const another = '[PRODUCTION] server errors: api/tenants';
    expect(hooked.slice(2).map(({ title }) => title)).toEqual([another, another]);
  });

  it('what nobody was told of is over without a word', async () => {
    await count(failures);
    post.isDown = true;
    hookStatus = 500;
    await evaluate();
    later(6 * minute);
    post.isDown = false;
    hookStatus = 200;
    await evaluate();
    expect([hooked.length, mailed()]).toEqual([1, []]);
    expect(await rowsOf('alerts')).toEqual([]);
  });

  it('a mail service that is down does not keep the webhook from being told, and the log says so', async () => {
    const kept = vi.spyOn(console, 'error').mockImplementation(() => {});
    post.isDown = true;
    await count(failures);
    await evaluate();
    expect(hooked).toHaveLength(1);
    expect(kept.mock.calls.join('\n')).toContain('"dependency":"alert mail","fault":"Error at ');
  });

  it('a channel that hangs holds nobody up', async () => {
    const wait = scheduler.wait.bind(scheduler);
    const waits = vi.spyOn(scheduler, 'wait');
    waits.mockImplementation((ms, options) => wait(ms === 10_000 ? 100 : ms, options));
    const never = new Promise<never>(() => {});
    const hanging = { ...configured, EMAIL: { send: () => never } };
    await count(failures);
    const late = wait(8_000).then(() => 'late');
    await expect(Promise.race([evaluate(hanging), late])).resolves.toBeUndefined();
    expect(hooked.map(({ title }) => title)).toEqual(['[PRODUCTION] server errors: api/auth']);
    expect(Math.max(...waits.mock.calls.map(([ms]) => ms))).toBe(10_000);
  });

  it('nobody waits for mail that hangs to be told', async () => {
    const { email } = await newUser();
    const order: string[] = [];
    post.isDown = true;
    await new Browser().post('/api/auth/password/forgot', { email });
    later(minute);
    await count(failures);
    vi.mocked(globalThis.fetch).mockImplementation(async () => {
      order.push('alert');
      return new Response('');
    });
    const send = async () => {
      order.push('mail');
      return { messageId: '' };
    };
    await evaluate({ ...configured, ALERT_EMAIL: '', EMAIL: { send } });
    expect(order).toEqual(['alert', 'mail']);
  });

  it('tells numbers and kinds of routes, with an id to look for, and nothing of anybody', async () => {
    await count(failures);
    await evaluate();
    expect(hooked).toEqual([
      {
        title: '[PRODUCTION] server errors: api/auth',
        text: '[PRODUCTION] server errors: api/auth: 20 of 20 requests failed in 5 minutes. See docs/runbooks/server-errors.md.',
        requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    ]);
    const text = '20 of 20 requests failed in 5 minutes. See docs/runbooks/server-errors.md.';
    const from = env.MAIL_FROM;
    expect(post.to(operator)).toEqual([
      expect.objectContaining({ from, text, html: `<p>${text}</p>` }),
    ]);
  });

  it('with no address configured it stands in the log, once, and so does its end', async () => {
    const warn = vi.spyOn(console, 'warn');
    await count(failures);
    await evaluate({ ...env, EMAIL: post });
    await evaluate({ ...env, EMAIL: post });
    const code = 'server errors: api/auth';
    const logged = () => warn.mock.calls.map(([line]) => JSON.parse(String(line)));
    expect(logged()).toEqual([expect.objectContaining({ event: 'alert raised', code })]);
    later(6 * minute);
    await evaluate({ ...env, EMAIL: post });
    expect(logged().slice(1)).toEqual([expect.objectContaining({ event: 'alert over', code })]);
    expect([hooked, mailed()]).toEqual([[], []]);
  });
});

describe('OBS-4 an outage of D1 is told without D1', () => {
  const down = {
    ...configured,
    DB: interceptD1(() => {
      throw new Error('D1 is down');
    }),
  };

  /** For some minutes, from a minute at which no clock strikes. */
  const lasts = async (minutes: number, bindings: typeof env = down) => {
    later(3 * minute - (now % (10 * minute)));
    for (let passed = 0; passed < minutes; passed += 1) {
      await evaluate(bindings);
      later(minute);
    }
  };

  it('at once, and again every ten minutes', async () => {
    await lasts(1);
    expect(mailed()).toEqual(['[PRODUCTION] database unavailable']);
    later(600 * minute);
    await lasts(20);
    expect(mailed()).toEqual(Array(3).fill('[PRODUCTION] database unavailable'));
  });

  it('when nobody could be told, it is told again, until somebody was', async () => {
    post.isDown = true;
    hookStatus = 500;
    await lasts(3);
    expect(hooked).toHaveLength(3);
    hookStatus = 200;
    await lasts(3);
    expect(hooked).toHaveLength(4);
  });
});

describe('OBS-4 an app that refuses every request tells somebody', () => {
  const wrong = { ...configured, ENCRYPTION_KEY: 'too short a secret' };
  const secrets = [wrong.ENCRYPTION_KEY, env.HMAC_KEY, env.OPERATIONS_TOKEN];

  it('by mail and webhook, what is wrong and not what it is, once in ten minutes', async () => {
    await evaluate({ ...configured, DB: withoutD1(env).DB });
    later(minute);
    expect(mailed()).toEqual(['[PRODUCTION] database unavailable']);
    hooked.length = post.sent.length = 0;
    for (let minutes = 0; minutes < 11; minutes += 1) {
      await evaluate(wrong);
      later(minute);
    }
    const title = '[PRODUCTION] configuration refused';
    expect(mailed()).toEqual([title, title]);
    const text = expect.stringMatching(/ENCRYPTION_KEY is shorter.*configuration-refused\.md/);
    expect(hooked).toEqual(Array(2).fill(expect.objectContaining({ title, text })));
    const told = JSON.stringify([hooked, post.to(operator)]);
    expect(secrets.filter((value) => value === undefined || told.includes(value))).toEqual([]);
  });

  it.each([
    ['the address of the app', { APP_ORIGIN: 'app example' }],
    ['where mails come from', { MAIL_FROM: '' }],
    ['whom to mail', { ALERT_EMAIL: 'nobody' }],
    ['the environment', { APP_ENV: 'prod' }],
  ])('also when %s is what is wrong', async (_what, changes) => {
    const bindings = { ...configured, ...changes };
    await evaluate(bindings);
    const title = `[${bindings.APP_ENV.toUpperCase()}] configuration refused`;
    expect(hooked.map((notice) => notice.title)).toEqual([title]);
  });

  it('before the run that found out is over', async () => {
    const order: string[] = [];
    const DB = interceptD1((sql) => {
      if (sql.includes('request_counts')) order.push('the end of the run');
    });
    vi.mocked(globalThis.fetch).mockImplementation(async () => {
      await scheduler.wait(0);
      order.push('told');
      return new Response('');
    });
    await evaluate({ ...wrong, DB });
    expect(order).toEqual(['told', 'the end of the run']);
  });

  it('and where no https address is configured it posts nowhere', async () => {
    await evaluate({ ...configured, ALERT_WEBHOOK_URL: 'http://hooks.example/alerts' });
    expect([hooked, mailed().length]).toEqual([[], 1]);
  });
});

describe('OBS-3 whoever is told of a run learns its id', () => {
  it('also where the configuration is refused', async () => {
    const kept = vi.spyOn(console, 'error');
    await evaluate({ ...configured, HMAC_KEY: '' });
    const [line] = kept.mock.calls.map(([text]) => JSON.parse(String(text)));
    expect(hooked.map(({ requestId }) => requestId)).toEqual([line.requestId]);
  });
});

describe('OBS-4 the alerts can be tested', () => {
  const bearer = { Authorization: `Bearer ${env.OPERATIONS_TOKEN}` };
  const test = async (bindings: typeof env, headers: Record<string, string> = bearer) => {
    const browser = new Browser();
    browser.env = bindings;
    return browser.post('/ops/alerts/test', undefined, headers);
  };

  it('by whoever operates the app: it tells which channel took it', async () => {
    expect((await test(configured)).json).toEqual({ mail: 'sent', webhook: 'sent' });
    expect(mailed()).toEqual(['[PRODUCTION] test alert']);
    for (const status of [302, 404]) {
      hookStatus = status;
      expect((await test({ ...configured, ALERT_EMAIL: '' })).json).toEqual({
        mail: 'not configured',
        webhook: 'failed',
      });
    }
    await test({ ...configured, ...bindingsOf('staging'), EMAIL: post });
    expect(mailed().slice(1)).toEqual(['[STAGING] test alert']);
  });

  it('and by nobody else', async () => {
    const { browser } = await newUser();
    browser.env = configured;
    expect((await browser.post('/ops/alerts/test')).status).toBe(401);
    expect((await test(configured, {})).status).toBe(401);
    expect(mailed()).toEqual([]);
  });
});

describe('SEC-1 where alerts go is configured with care', () => {
  it.each([
    { ALERT_WEBHOOK_URL: 'http://hooks.example' },
    { ALERT_WEBHOOK_URL: 'hooks' },
    { ALERT_EMAIL: 'nobody' },
  ])('%o is refused', async (changes) => {
    const browser = new Browser();
    browser.env = { ...configured, ...changes };
    expect((await browser.get('/health')).status).toBe(503);
  });
});
