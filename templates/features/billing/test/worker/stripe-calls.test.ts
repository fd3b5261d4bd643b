import { createScheduledController } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import worker from '../../src/index.ts';
import { rowsOf } from './arrange.ts';
import { Browser } from './browser.ts';
import { post } from './post.ts';
import { accountOf, deliver, newBuyer, newSubscriber, stripe } from './stripe.ts';
import { auditOf } from './team.ts';

/** Everything that is asked of the outside, as it leaves. */
function listen(): Request[] {
  const asked: Request[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    asked.push(request.clone());
    return stripe.answer(request);
  });
  return asked;
}

describe('SEC-5 Stripe is asked by the one way out', () => {
  it('under its own name, over https, and never on to where it leads', async () => {
    const asked = listen();
    await newBuyer();
    expect(asked.length).toBeGreaterThanOrEqual(4);
    for (const { url, redirect } of asked) {
      expect([new URL(url).origin, redirect]).toEqual(['https://api.stripe.com', 'manual']);
    }
  });

  it('in the version whose shapes the app reads', async () => {
    const asked = listen();
    await newBuyer();
    const versions = asked.map(({ headers }) => headers.get('Stripe-Version'));
    expect(new Set(versions)).toEqual(new Set(['2026-10-28.endive']));
  });

  it('with the trace of the request that asks', async () => {
    const { customer } = await newBuyer();
    const asked = listen();
    const { headers } = await deliver(stripe.emit('invoice.paid', { customer }));
    const [request] = asked;
    expect(request?.headers.get('traceparent')).toContain(`-${headers.get('X-Request-Id')}-`);
  });

  it('a redirection is no answer: 503', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const { customer } = await newBuyer();
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () =>
      Response.redirect('https://evil.example/v1/subscriptions'),
    );
    expect((await deliver(stripe.emit('invoice.paid', { customer }))).status).toBe(503);
  });
});

describe('OBS-2 what Stripe says of somebody is not written down', () => {
  it('the log has its code, and nothing that it quotes', async () => {
    const { customer } = await newBuyer();
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const message = 'No such name: Ada Lovelace';
    const error = { type: 'invalid_request_error', code: 'parameter_invalid', message };
    const refuse = async () => Response.json({ error }, { status: 400 });
    vi.spyOn(globalThis, 'fetch').mockImplementation(refuse);
    const answer = await deliver(stripe.emit('invoice.paid', { customer }));
    expect(answer.status).toBe(503);
    const lines = logged.mock.calls.join();
    expect(lines).toContain('"code":"parameter_invalid"');
    expect(lines + JSON.stringify(answer.json)).not.toContain('Lovelace');
  });
});

describe('BILL-3 Stripe that hangs keeps nobody waiting', () => {
  it('after ten seconds it is given up, with 503', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const { customer } = await newBuyer();
    const times: number[] = [];
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      times.push(ms);
      return AbortSignal.abort();
    });
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      new Request(input, init).signal.throwIfAborted();
      return new Promise<Response>(() => {});
    });
    const asking = deliver(stripe.emit('invoice.paid', { customer }), new Browser());
    const late = scheduler.wait(10_000).then(() => null);
    expect((await Promise.race([asking, late]))?.status).toBe(503);
    expect(times).toEqual([10_000]);
  });
});

describe('BILL-3 whatever is said in place of Stripe', () => {
  it.each(['null', '7', '"paid"', '[]', '{}', '', '<html>down for maintenance</html>'])(
    '%s is no answer: 503, and nothing is recorded',
    async (text) => {
      vi.spyOn(console, 'error').mockImplementation(() => {});
      const { owner, path, tenantId, customer } = await newBuyer();
      const event = stripe.emit('invoice.paid', { customer });
      const before = await accountOf(tenantId);
      vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(text));
      const asking = [
        deliver(event),
        owner.browser.post(`${path}/billing/checkout`, { plan: 'pro' }),
        owner.browser.post(`${path}/billing/portal`),
      ];
      const late = scheduler.wait(10_000).then(() => null);
      const answers = asking.map((answer) => Promise.race([answer, late]));
      const statuses = (await Promise.all(answers)).map((answer) => answer?.status);
      expect(statuses).toEqual([503, 503, 503]);
      const { tier, state, customer_id } = before;
      expect(await accountOf(tenantId)).toMatchObject({ tier, state, customer_id });
      expect((await rowsOf('stripe_events')).filter(({ id }) => id === event.id)).toEqual([]);
    },
  );
});

describe('OBS-3 what the clock asks Stripe has the id of its run', () => {
  it('in the log, in what is asked, and in the audit log', async () => {
    const { tenantId, subscription } = await newSubscriber();
    stripe.happen(subscription.id, 'canceled');
    await env.DB.prepare(
      'UPDATE billing_accounts SET sync_due_at = CASE tenant_id WHEN ?1 THEN 0 END',
    )
      .bind(tenantId)
      .run();
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const asked = listen();
    const controller = createScheduledController({ scheduledTime: Date.now() });
    await worker.scheduled(controller, { ...env, EMAIL: post });
    const line = logged.mock.calls.map(String).find((text) => text.includes('not what we knew'));
    const { requestId } = JSON.parse(line ?? '{}');
    expect(requestId).toMatch(/^[0-9a-f]{32}$/);
    expect(asked[0]?.headers.get('traceparent')).toContain(`-${requestId}-`);
    const rows = await auditOf(tenantId);
    expect(rows.map((row) => row['request_id'])).toContain(requestId);
  });
});
