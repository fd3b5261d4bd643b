import {
  createExecutionContext,
  createScheduledController,
  runDurableObjectAlarm,
} from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { createApp } from '../../src/app.ts';
import { access } from '../../src/auth/access.ts';
import { route } from '../../src/http/route.ts';
import worker from '../../src/index.ts';
import { takeCounts } from '../../src/ops/counts.ts';
import { faults } from '../../src/ops/faults.ts';
import { createLogger } from '../../src/ops/logger.ts';
import { keepUncaught } from '../../src/ops/uncaught.ts';
import { newUser, rowsOf } from './arrange.ts';
import { askApp } from './ask-app.ts';
import { hurry } from './broken.ts';
import { Browser } from './browser.ts';
import { interceptD1 } from './doubles.ts';
import { post } from './post.ts';

const canary = 'canary@example.com';

/** The faults that arrive at a sink, in place of Workers Logs. */
const collect = () => {
  const sink = vi.spyOn(faults, 'sink').mockImplementation(() => {});
  return () => sink.mock.calls.map(([fault]) => fault);
};

/** An app with one route, in which something goes wrong. */
const appWith = (goWrong: (call: { background: Background }) => Promise<unknown>) =>
  createApp([
    route({
      method: 'GET',
      path: '/fails',
      access: access.public,
      input: z.strictObject({}),
      async handler({ c, context }) {
        await goWrong(context);
        return c.body(null, 204);
      },
    }),
  ]);
type Background = (task: string, work: () => Promise<unknown>) => void;

const ask = (goWrong: Parameters<typeof appWith>[0]) => {
  const browser = new Browser();
  browser.app = appWith(goWrong);
  return browser.get('/fails');
};
const fail = () => Promise.reject(new TypeError(canary));

describe('OBS-1 each fault is kept, as one event', () => {
  it('what a handler throws, with the id that the client was told', async () => {
    const kept = collect();
    const answer = await ask(fail);
    expect(answer.status).toBe(500);
    expect(kept()).toEqual([
      {
        level: 'error',
        event: 'unexpected fault',
        requestId: answer.json.requestId,
        // Where it was thrown, and how one got there.
        fault: expect.stringMatching(/^TypeError at .+ at /),
      },
    ]);
  });

  it.each([
    ['an outage of D1', canary],
    ['a statement that D1 does not understand', `D1_ERROR: no such column: ${canary}`],
  ])('%s, by the name of the statement', async (_what, message) => {
    const { browser } = await newUser();
    const kept = collect();
    browser.env = {
      ...env,
      DB: interceptD1(() => {
        throw new Error(message);
      }),
    };
    const answer = await browser.get('/api/me');
    expect(kept()).toEqual([
      expect.objectContaining({
        event: 'database error',
        statement: 'sessions.authorize',
        requestId: answer.json.requestId,
      }),
    ]);
  });

  it('a configuration that lets nothing answer', async () => {
    const kept = collect();
    const browser = new Browser();
    browser.env = { ...env, APP_ENV: '' };
    expect((await browser.get('/health')).status).toBe(503);
    expect(kept()).toEqual([expect.objectContaining({ configuration: expect.any(String) })]);
  });

  it('what a client does wrong is no fault', async () => {
    const kept = collect();
    const visitor = new Browser();
    await visitor.get('/api/me');
    await visitor.get('/nothing');
    await visitor.post('/api/auth/login', { email: 'nobody' });
    expect(kept()).toEqual([]);
  });

  it('goes to Workers Logs unless another service is plugged in', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { json } = await ask(fail);
    expect(log.mock.calls.map(([line]) => JSON.parse(String(line)))).toEqual([
      expect.objectContaining({ event: 'unexpected fault', requestId: json.requestId }),
    ]);
  });
});

describe('OBS-1 a sink that is down harms no request, and no fault is lost', () => {
  it.each([
    ['throws', raise],
    ['rejects', () => Promise.reject(new Error('the sink is down'))],
  ])('when it %s', async (_what, sink) => {
    vi.spyOn(faults, 'sink').mockImplementation(sink);
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const asking = ask(fail);
    await expect(asking).resolves.toMatchObject({ status: 500 });
    const answer = await asking;
    expect(log.mock.calls.map(([line]) => JSON.parse(String(line)))).toEqual([
      expect.objectContaining({ requestId: answer.json.requestId }),
    ]);
  });

  it('when it hangs, nobody waits for it', async () => {
    vi.spyOn(faults, 'sink').mockImplementation(() => scheduler.wait(2_000));
    const request = new Request('https://app.example/fails');
    const response = askApp(appWith(fail), request, env, createExecutionContext());
    const late = scheduler.wait(1_000).then(() => null);
    expect((await Promise.race([response, late]))?.status).toBe(500);
  });

  it('and after ten seconds the log has it', async () => {
    vi.spyOn(faults, 'sink').mockImplementation(() => new Promise(() => {}));
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const waits = hurry();
    const { json } = await ask(fail);
    await vi.waitFor(() => expect(log).toHaveBeenCalled(), 8_000);
    expect(log.mock.calls.map(([line]) => JSON.parse(String(line)))).toEqual([
      expect.objectContaining({ requestId: json.requestId }),
    ]);
    expect(waits).toContain(10_000);
  });
});

function raise(): never {
  throw new Error('the sink is down');
}

describe('ERR-3 what nobody waits for is kept too', () => {
  it('work after the response, once, under its name and the id of its request', async () => {
    const kept = collect();
    const { status, headers } = await ask(async ({ background }) => background('a task', fail));
    expect(status).toBe(204);
    expect(kept()).toEqual([
      {
        level: 'error',
        event: 'background task failed',
        requestId: headers.get('X-Request-Id'),
        task: 'a task',
        fault: expect.stringMatching(/^TypeError at /),
      },
    ]);
  });

  it.each([
    [
      'unhandled rejection',
      Object.assign(new Event('unhandledrejection'), { reason: new RangeError(canary) }),
    ],
    ['uncaught exception', new ErrorEvent('error', { error: new RangeError(canary) })],
  ])('an %s, with an id of its own', (event, happening) => {
    const kept = collect();
    const anywhere = new EventTarget();
    keepUncaught(anywhere);
    anywhere.dispatchEvent(happening);
    expect(kept()).toEqual([
      {
        level: 'error',
        event,
        requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
        fault: expect.stringMatching(/^RangeError/),
      },
    ]);
  });

  it('the deployed Worker listens everywhere', () => {
    const kept = collect();
    const everywhere: EventTarget = self;
    everywhere.dispatchEvent(new ErrorEvent('error', { error: new RangeError(canary) }));
    expect(kept()).toEqual([expect.objectContaining({ event: 'uncaught exception' })]);
  });

  it('scheduled work: each task that fails is one event, and stops no other', async () => {
    const kept = collect();
    const DB = interceptD1(() => {
      throw new Error(canary);
    });
    const everyMinute = createScheduledController({ cron: '* * * * *' });
    const running = worker.scheduled(everyMinute, { ...env, EMAIL: post, DB });
    await expect(running).resolves.toBeUndefined();
    const failed = kept().map(({ event, task }) => `${event}: ${task}`);
    expect(failed).toEqual(
      expect.arrayContaining([
        'scheduled work failed: deliver mail',
        'scheduled work failed: raise alerts',
        'scheduled work failed: purge tenants',
      ]),
    );
    expect(new Set(failed).size).toBe(failed.length);
    for (const { fault } of kept()) expect(fault).toMatch(/^DatabaseError at /);
    expect(new Set(kept().map(({ requestId }) => requestId)).size).toBe(1);
  });

  it('the alarm of a Durable Object', async () => {
    const kept = collect();
    const limiter = env.RATE_LIMITER.getByName(crypto.randomUUID());
    await limiter.take(1, 60);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 120_000 });
    vi.spyOn(Date, 'now').mockImplementationOnce(() => {
      throw new RangeError(canary);
    });
    await expect(runDurableObjectAlarm(limiter)).rejects.toThrow(canary);
    expect(kept()).toEqual([
      expect.objectContaining({
        event: 'alarm failed',
        task: 'rate limiter',
        fault: expect.stringMatching(/^RangeError at /),
      }),
    ]);
    expect(await rowsOf('request_counts')).toContainEqual(
      expect.objectContaining({ routes: 'alarm failed', faults: 1 }),
    );
  });
});

describe('ERR-3 what no answer tells of is alerted on', () => {
  /** Counted as an answer or as a mail that waits; or the app does without (docs/degradation.md). */
  const countedElsewhere = [
    'unexpected fault',
    'database error',
    'the configuration is wrong, and every request is refused',
    'a flag cannot be read',
    'dependency failed',
    'mail failed',
  ];
  const counted = async () =>
    (await rowsOf('request_counts')).map(({ routes, faults: its }) => [routes, its]);

  it.each([
    [
      'unhandled rejection',
      async () => {
        const anywhere = new EventTarget();
        keepUncaught(anywhere);
        anywhere.dispatchEvent(new Event('unhandledrejection'));
      },
    ],
    ['background task failed', () => ask(async ({ background }) => background('a task', fail))],
  ])('an "%s" is counted with the next request', async (event, happen) => {
    collect();
    await env.DB.prepare('DELETE FROM request_counts').run();
    await happen();
    await new Browser().get('/health');
    expect(await counted()).toContainEqual([event, 1]);
  });

  it('what fails by the clock is counted at the end of its run', async () => {
    collect();
    await env.DB.prepare('DELETE FROM request_counts').run();
    await worker.scheduled(createScheduledController(), { ...env, APP_ENV: '' });
    expect(await counted()).toContainEqual(['scheduled work failed', 1]);
  });

  it('and whoever is on call is told within two minutes', async () => {
    collect();
    await env.DB.prepare('DELETE FROM request_counts').run();
    const everywhere: EventTarget = self;
    everywhere.dispatchEvent(new ErrorEvent('error', { error: new RangeError(canary) }));
    const bindings = { ...env, EMAIL: post, ALERT_EMAIL: 'oncall@app.example' };
    for (let runs = 0; runs < 2; runs += 1) {
      const controller = createScheduledController({ scheduledTime: Date.now() });
      await worker.scheduled(controller, bindings);
    }
    const told = post.to('oncall@app.example').map(({ subject, text }) => `${subject} ${text}`);
    expect(told).toEqual([
      '[PRODUCTION] faults: uncaught exception 1 that no answer told of in 15 minutes. See docs/runbooks/faults.md.',
    ]);
  });

  it('what an answer tells of is counted as that answer, and once', async () => {
    collect();
    await env.DB.prepare('DELETE FROM request_counts').run();
    await ask(fail);
    await new Browser().get('/health');
    expect((await counted()).filter(([, its]) => its !== 0)).toEqual([]);
  });

  const sources = Object.values(
    import.meta.glob('../../src/**/*.ts', { query: '?raw', import: 'default', eager: true }),
  ).join('\n');
  const events = [...sources.matchAll(/\.log\('error', '([^']+)'/g)].map(([, event = '']) => event);

  it('its events are read off the code', () => {
    expect(events).toEqual(expect.arrayContaining(['export broken off', 'mail failed']));
  });

  it.each([...new Set([...events, ...countedElsewhere])])(
    'an "%s" is counted, or it is one of those that are elsewhere',
    (event) => {
      collect();
      takeCounts();
      createLogger('a trace').log('error', event);
      const isCounted = takeCounts().some(
        ({ routes, faults: its }) => routes === event && its === 1,
      );
      expect(isCounted).toBe(!countedElsewhere.includes(event));
    },
  );
});
