import {
  createExecutionContext,
  createScheduledController,
  waitOnExecutionContext,
} from 'cloudflare:test';
import { describe, expect, it, vi } from 'vitest';
import development from '../../dev/index.ts';
import { Mailbox } from '../../dev/mailbox.ts';
import { describeApi } from '../../dev/openapi.ts';
import { routes } from '../../src/app.ts';
import worker from '../../src/index.ts';
import { faultsOfAnswer } from './answer-check.ts';
import { newUser } from './arrange.ts';
import { Browser } from './browser.ts';
import { bindingsOf } from './environments.ts';
import { post } from './post.ts';

type Bindings = Parameters<typeof development.fetch>[1];

async function ask(url: string, bindings: Bindings) {
  const executionContext = createExecutionContext();
  const request = new Request<unknown, IncomingRequestCfProperties>(url);
  const answer = await development.fetch(request, bindings, executionContext);
  const faults = await faultsOfAnswer(request, answer, bindings.APP_ENV);
  const text = await answer.text();
  await waitOnExecutionContext(executionContext);
  return { status: answer.status, text, faults };
}

const pages = ['/dev/mailbox.json', '/dev/mailbox', '/openapi.json', '/dev/api'];

describe('SEC-6 what development adds to the app opens nowhere else', () => {
  const local = bindingsOf('development');
  const { DEV_MAILBOX: _, ...unbound } = local;
  const here = 'http://localhost:8787';

  it.each(pages)('%s answers in development', async (path) => {
    expect((await ask(`${here}${path}`, local)).status).toBe(200);
  });

  it('the API is described there, to programs and to people', async () => {
    const { text } = await ask(`${here}/openapi.json`, local);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(describeApi(routes))));
    const page = (await ask(`${here}/dev/api`, local)).text;
    for (const { path } of routes) expect(page).toContain(path);
  });

  it.each<readonly [string, Bindings, string]>([
    ['in production', bindingsOf('production'), here],
    ['in staging', bindingsOf('staging'), here],
    ['without its binding', unbound, here],
    ['at an address that is not loopback', local, 'https://app.example'],
    ['at a name that only begins like one', local, 'http://localhost.evil.example'],
  ])('%s it is not there', async (_what, bindings, origin) => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    for (const path of pages) {
      const { status, text, faults } = await ask(`${origin}${path}`, bindings);
      expect(faults).toEqual([]);
      expect(text).toMatch(/"code":"(not_found|unavailable)"/);
      expect([404, 503]).toContain(status);
    }
  });

  it('nor does it take the mail of production by the clock', async () => {
    const { email } = await newUser();
    const visitor = new Browser();
    visitor.env = { ...visitor.env, EMAIL: { send: () => Promise.reject(new Error('down')) } };
    vi.spyOn(console, 'error').mockImplementation(() => {});
    await visitor.post('/api/auth/password/forgot', { email });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
    const { DEV_MAILBOX } = local;
    const bindings = { ...bindingsOf('production'), DEV_MAILBOX, EMAIL: post };
    await development.scheduled(createScheduledController(), bindings);
    expect(post.to(email)).toHaveLength(1);
  });

  it.each<readonly [string, boolean, Bindings]>([
    ['in development', true, local],
    ['in production', false, bindingsOf('production')],
    ['in staging', false, bindingsOf('staging')],
    ['without its binding', false, unbound],
  ])('what goes out by the clock %s: into the mailbox is %j', async (_what, isKept, bindings) => {
    const clock = vi.spyOn(worker, 'scheduled').mockResolvedValue();
    await development.scheduled(createScheduledController(), bindings);
    const sent = clock.mock.lastCall?.[1].EMAIL;
    expect(sent instanceof Mailbox).toBe(isKept);
    expect(sent === bindings.EMAIL).toBe(!isKept);
  });
});
