import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { Database } from '../../src/db/database.ts';
import { createLogger } from '../../src/ops/logger.ts';
import { removeOldRows } from '../../src/ops/retention.ts';
import { rowsOf } from './arrange.ts';
import { post } from './post.ts';
import { auditOf } from './team.ts';
import {
  accountOf,
  deliver,
  deliverAllOf,
  forgetOthers,
  lineOf,
  newBuyer,
  newSubscriber,
  runAt,
  stripe,
} from './stripe.ts';

const hour = 60 * 60 * 1_000;
const day = 24 * hour;

/** One whose last payment failed long ago. */
async function newDebtor() {
  const debtor = await newSubscriber();
  stripe.happen(debtor.subscription.id, 'past_due');
  await deliverAllOf(debtor.customer);
  await env.DB.prepare('UPDATE billing_accounts SET past_due_since = 1 WHERE tenant_id = ?1')
    .bind(debtor.tenantId)
    .run();
  return debtor;
}
const subjectsTo = (email: string) => post.to(email).map(({ subject }) => subject);

describe('BILL-3 what no event told is made good', () => {
  it('a purchase of which every event was lost is found within the hour after', async () => {
    const { tenantId, session } = await newBuyer();
    await forgetOthers(tenantId);
    stripe.complete(session.id);
    await runAt(Date.now() + 5 * 60_000);
    expect(await accountOf(tenantId)).toMatchObject({ tier: 'free', state: 'none' });
    await runAt(Date.now() + 2 * hour);
    expect(await accountOf(tenantId)).toMatchObject({ tier: 'pro', state: 'active' });
  });

  it('a payment in the last second of the hour is found, though no event tells', async () => {
    const { tenantId, session } = await newBuyer();
    await forgetOthers(tenantId);
    const closesAt = session.expires_at * 1_000;
    await runAt(closesAt - 1_000);
    stripe.complete(session.id);
    await runAt(closesAt + 10 * 60_000);
    expect(await accountOf(tenantId)).toMatchObject({ tier: 'pro', state: 'active' });
  });

  it('a purchase is found though an event of the time before comes between', async () => {
    const { owner, path, tenantId, customer, subscription } = await newSubscriber();
    stripe.happen(subscription.id, 'canceled');
    await deliverAllOf(customer);
    await forgetOthers(tenantId);
    await owner.browser.post(`${path}/billing/checkout`, { plan: 'pro' });
    const late = stripe.emit('invoice.paid', { customer });
    expect((await deliver(late)).json).toEqual({ outcome: 'unchanged' });
    const session = stripe.world.sessions.findLast((one) => one.customer === customer);
    stripe.complete(session?.id ?? '');
    await runAt(Date.now() + 2 * hour);
    expect(await accountOf(tenantId)).toMatchObject({ tier: 'pro', state: 'active' });
    await runAt(Date.now() + 2 * hour + 60_000);
    const { sync_due_at: dueAt } = await accountOf(tenantId);
    expect((Number(dueAt) - Date.now()) / day).toBeCloseTo(1 + 2 / 24, 1);
  });

  it('what is changed in the portal is found within the hour after, though no event tells', async () => {
    const { owner, path, tenantId, subscription } = await newSubscriber('pro');
    await forgetOthers(tenantId);
    // From here on the next look is a day away.
    await runAt(Date.now() + 2 * hour);
    await owner.browser.post(`${path}/billing/portal`);
    stripe.changePrice(subscription.id, 'price_business');
    await runAt(Date.now() + 4 * hour);
    expect(await accountOf(tenantId)).toMatchObject({ tier: 'business' });
  });

  it('an end of which every event was lost is found within a day, and somebody is told', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { tenantId, subscription } = await newSubscriber();
    await forgetOthers(tenantId);
    stripe.happen(subscription.id, 'canceled');
    for (const table of ['request_counts', 'alerts']) {
      await env.DB.prepare(`DELETE FROM ${table}`).run();
    }
    const ALERT_EMAIL = 'oncall@drift.example';
    await runAt(Date.now() + day + 60_000, { ALERT_EMAIL });
    expect(await accountOf(tenantId)).toMatchObject({ tier: 'free', state: 'canceled' });
    expect(logged.mock.calls.join('\n')).toMatch(
      lineOf('a subscription was not what we knew', tenantId),
    );
    await runAt(Date.now() + day + 120_000, { ALERT_EMAIL });
    expect(subjectsTo(ALERT_EMAIL)).toEqual([
      '[PRODUCTION] faults: a subscription was not what we knew',
    ]);
  });

  it('a tier that somebody changed by hand is set right', async () => {
    const { tenantId } = await newSubscriber('pro');
    await forgetOthers(tenantId);
    await env.DB.prepare(`UPDATE tenants SET tier = 'business' WHERE id = ?1`).bind(tenantId).run();
    await runAt(Date.now() + day + 60_000);
    expect(await accountOf(tenantId)).toMatchObject({ tier: 'pro' });
  });

  it('past due becomes grace and then restricted, and the owner is told each time', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { tenantId, customer, subscription, owner, path } = await newSubscriber();
    const start = Date.now();
    stripe.happen(subscription.id, 'past_due');
    await deliverAllOf(customer);
    await forgetOthers(tenantId);
    const stateAt = async (time: number) => {
      await runAt(time);
      const { state, tier } = await accountOf(tenantId);
      return [state, tier];
    };
    expect(await stateAt(start + 2 * day)).toEqual(['past_due', 'pro']);
    expect(await stateAt(start + 3 * day + 60_000)).toEqual(['grace', 'pro']);
    expect(await stateAt(start + 13 * day)).toEqual(['grace', 'pro']);
    expect(await stateAt(start + 14 * day + 60_000)).toEqual(['restricted', 'free']);
    await runAt(start + 14 * day + 120_000);
    await runAt(start + 14 * day + 180_000);
    expect(subjectsTo(owner.email)).toEqual([
      'A payment failed',
      'A payment is still open',
      'Your plan is suspended',
    ]);
    // What the clock does is no surprise.
    expect(logged.mock.calls.join()).not.toContain('a subscription was not what we knew');
    expect((await owner.browser.get(`${path}/insights`)).status).toBe(402);
    stripe.happen(subscription.id, 'active');
    await deliverAllOf(customer);
    expect((await owner.browser.get(`${path}/insights`)).status).toBe(200);
  });

  it('a later failure has its two weeks of its own', async () => {
    const { tenantId, customer, subscription } = await newDebtor();
    stripe.happen(subscription.id, 'active');
    await deliverAllOf(customer);
    expect(await accountOf(tenantId)).toMatchObject({ past_due_since: null });
    stripe.happen(subscription.id, 'past_due');
    await deliverAllOf(customer);
    expect(await accountOf(tenantId)).toMatchObject({ state: 'past_due', tier: 'pro' });
  });

  it('so has the failure of another subscription, which comes in the place of one that is long unpaid', async () => {
    const { tenantId, customer, subscription } = await newDebtor();
    stripe.happen(subscription.id, 'canceled');
    stripe.addSubscription(customer, 'price_pro', 'past_due');
    await deliverAllOf(customer);
    expect(await accountOf(tenantId)).toMatchObject({ state: 'past_due', tier: 'pro' });
  });

  it('while Stripe is down it waits, and goes on afterwards', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const { tenantId, session } = await newBuyer();
    await forgetOthers(tenantId);
    stripe.complete(session.id);
    stripe.weather.isDown = true;
    await runAt(Date.now() + 2 * hour);
    expect(await accountOf(tenantId)).toMatchObject({ state: 'none', sync_seq: 0 });
    stripe.weather.isDown = false;
    await runAt(Date.now() + 2 * hour + 60_000);
    expect(await accountOf(tenantId)).toMatchObject({ state: 'none' });
    await runAt(Date.now() + 2 * hour + 11 * 60_000);
    expect(await accountOf(tenantId)).toMatchObject({ state: 'active', tier: 'pro' });
  });

  it('while Stripe is down a run asks it once, however many are due', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const due = [(await newSubscriber()).tenantId, (await newSubscriber()).tenantId];
    await env.DB.prepare(
      'UPDATE billing_accounts SET sync_due_at = CASE WHEN tenant_id IN (?1, ?2) THEN 1 END',
    )
      .bind(...due)
      .run();
    stripe.calls.length = 0;
    stripe.weather.isDown = true;
    await runAt(Date.now());
    expect(stripe.calls).toEqual(['GET /v1/subscriptions']);
  });

  it('one customer whom Stripe refuses keeps the plan, and does not keep the others waiting', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const refused = await newSubscriber();
    const other = await newSubscriber();
    for (const { subscription } of [refused, other]) stripe.happen(subscription.id, 'canceled');
    const code = 'parameter_invalid_string';
    const error = { type: 'invalid_request_error', code, param: 'customer' };
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const request = new Request(input, init);
      const isRefused = request.url.includes(refused.customer);
      return isRefused ? Response.json({ error }, { status: 400 }) : stripe.answer(request);
    });
    await env.DB.prepare(
      'UPDATE billing_accounts SET sync_due_at = CASE tenant_id WHEN ?1 THEN 1 WHEN ?2 THEN 2 END',
    )
      .bind(refused.tenantId, other.tenantId)
      .run();
    await runAt(Date.now());
    expect(await accountOf(refused.tenantId)).toMatchObject({ state: 'active', tier: 'pro' });
    expect(logged.mock.calls.join('\n')).toMatch(
      lineOf('a subscription cannot be reconciled', refused.tenantId),
    );
    expect(await accountOf(other.tenantId)).toMatchObject({ state: 'canceled' });
  });

  it('a customer who was deleted at Stripe has no plan any more, is reported, and can buy again', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { owner, path, tenantId, customer } = await newSubscriber();
    await forgetOthers(tenantId);
    stripe.removeCustomer(customer);
    await runAt(Date.now() + day + 60_000);
    expect(await accountOf(tenantId)).toMatchObject({
      customer_id: null,
      state: 'canceled',
      tier: 'free',
    });
    expect(logged.mock.calls.join('\n')).toMatch(
      lineOf('a customer that Stripe does not have', tenantId),
    );
    const audited = await auditOf(tenantId);
    expect(audited).toContainEqual(
      expect.objectContaining({ target: customer, result: 'canceled, free' }),
    );
    expect((await owner.browser.post(`${path}/billing/checkout`, { plan: 'pro' })).status).toBe(
      200,
    );
  });

  it('a key of another account, which knows no customer of ours, takes nothing from anybody', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const { tenantId, customer } = await newSubscriber();
    const buyer = await newBuyer();
    await forgetOthers(tenantId);
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const { url } = new Request(input, init);
      const param = url.includes('price=') ? 'price' : 'customer';
      const error = { type: 'invalid_request_error', code: 'resource_missing', param };
      return Response.json({ error }, { status: 400 });
    });
    expect((await deliver(stripe.emit('invoice.paid', { customer }))).status).toBe(503);
    const visit = buyer.owner.browser.post(`${buyer.path}/billing/checkout`, { plan: 'pro' });
    expect((await visit).status).toBe(503);
    await runAt(Date.now() + day + 60_000);
    expect(await accountOf(tenantId)).toMatchObject({ customer_id: customer, tier: 'pro' });
    expect(await accountOf(buyer.tenantId)).toMatchObject({ customer_id: buyer.customer });
  });

  it('a run asks about 25 customers, those who have waited longest', async () => {
    await forgetOthers('');
    const customers = Array.from({ length: 26 }, (_, index) =>
      stripe.addCustomer(`owner-${index}@example.com`),
    );
    await env.DB.batch(
      customers.flatMap(({ id }, index) => [
        env.DB.prepare(`INSERT INTO tenants (id, name, created_at) VALUES (?1, 'Due', 1)`).bind(id),
        env.DB.prepare(
          `INSERT INTO billing_accounts (tenant_id, customer_id, sync_due_at, created_at)
           VALUES (?1, ?1, ?2, 1)`,
        ).bind(id, 26 - index),
      ]),
    );
    stripe.calls.length = 0;
    await runAt(Date.now());
    expect(stripe.calls).toEqual(Array<string>(25).fill('GET /v1/subscriptions'));
    const left = (await rowsOf('billing_accounts')).filter((row) => row['sync_due_at'] !== null);
    expect(left).toMatchObject([{ tenant_id: customers[0]?.id }]);
  });

  it('who has no customer any more takes nobody’s place', async () => {
    const { tenantId } = await newSubscriber();
    await forgetOthers('');
    const gone = Array.from({ length: 25 }, () => crypto.randomUUID());
    await env.DB.batch([
      env.DB.prepare('UPDATE billing_accounts SET sync_due_at = 2 WHERE tenant_id = ?1').bind(
        tenantId,
      ),
      ...gone.flatMap((id) => [
        env.DB.prepare(`INSERT INTO tenants (id, name, created_at) VALUES (?1, 'Gone', 1)`).bind(
          id,
        ),
        env.DB.prepare(
          'INSERT INTO billing_accounts (tenant_id, sync_due_at, created_at) VALUES (?1, 1, 1)',
        ).bind(id),
      ]),
    ]);
    stripe.calls.length = 0;
    await runAt(Date.now());
    expect(stripe.calls).toEqual(['GET /v1/subscriptions']);
  });

  it('who has none, and has not been at the checkout lately, is not asked about', async () => {
    const { tenantId, customer, subscription } = await newSubscriber();
    stripe.happen(subscription.id, 'canceled');
    await deliverAllOf(customer);
    await forgetOthers(tenantId);
    // What came of the checkout is asked once.
    await runAt(Date.now() + 2 * hour);
    stripe.calls.length = 0;
    await runAt(Date.now() + 99 * day);
    expect(stripe.calls).toEqual([]);
  });
});

describe('BILL-2 the ledger', () => {
  it('keeps an event for 90 days, and no longer', async () => {
    // It was kept back at Stripe, so that it comes long after it came to be.
    const event = Object.assign(stripe.emit('charge.refunded', {}), { created: 1_000_000_000 });
    await deliver(event);
    const rowOf = async () => (await rowsOf('stripe_events')).find(({ id }) => id === event.id);
    const isKept = async () => (await rowOf()) !== undefined;
    expect(await rowOf()).toMatchObject({ created_at: 1_000_000_000_000 });
    const work = { database: Database.open(env), logger: createLogger('retention') };
    await removeOldRows(work, Date.now() + 89 * day);
    expect(await isKept()).toBe(true);
    await removeOldRows(work, Date.now() + 91 * day);
    expect(await isKept()).toBe(false);
  });

  it('holds ids and types, and nothing of a person', async () => {
    const { owner, customer } = await newSubscriber();
    const rows = (await rowsOf('stripe_events')).filter((row) => row['customer_id'] === customer);
    expect(rows.length).toBeGreaterThan(1);
    expect(JSON.stringify(rows)).not.toContain(owner.email);
  });
});
