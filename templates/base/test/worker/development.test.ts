import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { describe, expect, it, vi } from 'vitest';
import development from '../../dev/index.ts';
import { bindingsOf } from './environments.ts';

type Bindings = Parameters<typeof development.fetch>[1];

async function ask(url: string, bindings: Bindings) {
  const executionContext = createExecutionContext();
  const request = new Request<unknown, IncomingRequestCfProperties>(url);
  const answer = await development.fetch(request, bindings, executionContext);
  const text = await answer.text();
  await waitOnExecutionContext(executionContext);
  return { status: answer.status, text };
}

describe('SEC-6 the mailbox of development opens nowhere else', () => {
  const local = bindingsOf('development');
  const { DEV_MAILBOX: _, ...unbound } = local;
  const here = 'http://localhost:8787';

  it.each(['/dev/mailbox.json', '/dev/mailbox'])('%s answers in development', async (path) => {
    expect((await ask(`${here}${path}`, local)).status).toBe(200);
  });

  it.each<readonly [string, Bindings, string]>([
    ['in production', bindingsOf('production'), here],
    ['in staging', bindingsOf('staging'), here],
    ['without its binding', unbound, here],
    ['at an address that is not loopback', local, 'https://app.example'],
    ['at a name that only begins like one', local, 'http://localhost.evil.example'],
  ])('%s it is not there', async (_what, bindings, origin) => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    for (const path of ['/dev/mailbox.json', '/dev/mailbox']) {
      const { status, text } = await ask(`${origin}${path}`, bindings);
      expect(text).toMatch(/"code":"(not_found|unavailable)"/);
      expect([404, 503]).toContain(status);
    }
  });
});
