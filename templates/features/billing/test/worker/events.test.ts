import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { noticeOf } from '../../src/billing/notices.ts';
import { subscriptionEvents } from '../../src/billing/verified-event.ts';
import { acrossTenants } from '../../src/db/across-tenants.ts';
import { Database } from '../../src/db/database.ts';
import { buryTenant } from '../../src/db/statements/tenant-end.ts';
import { post } from './post.ts';
import { rowsOf } from './arrange.ts';
import { Browser } from './browser.ts';
import { beforeBatchWith, interceptD1 } from './doubles.ts';
import { auditOf } from './team.ts';
import {
  accountOf,
  deliver,
  deliverAllOf,
  eventsOf,
  lineOf,
  newBuyer,
  newSubscriber,
  stripe,
} from './stripe.ts';

const ledgerOf = async (id: string) =>
  (await rowsOf('stripe_events')).filter((row) => row['id'] === id);
const changesOf = async (tenantId: string) =>
  (await auditOf(tenantId))
    .filter(({ action }) => action === 'billing.subscription_changed')
    .map(({ result }) => result);

/** A tenant that has paid, of which the app has not heard. */
async function newNews() {
  const buyer = await newBuyer();
  const subscription = stripe.complete(buyer.session.id);
  const event = eventsOf(buyer.customer).at(-1);
  if (event === undefined) throw new Error('Stripe says nothing');
  return { ...buyer, subscription, event };
}

const browserWith = (DB: D1Database) => {
  const browser = new Browser();
  browser.env = { ...browser.env, DB };
  return browser;
};

describe('BILL-2 any event can come again without harm', () => {
  it('one after the other: applied once, and acknowledged each time', async () => {
    const logged = vi.spyOn(console, 'info').mockImplementation(() => {});
    const { event, tenantId } = await newNews();
    expect((await deliver(event)).json).toEqual({ outcome: 'changed' });
    expect(logged.mock.calls.join()).toContain(`"task":"${event.type}","code":"changed"`);
    const applied = await accountOf(tenantId);
    for (let times = 0; times < 3; times += 1) {
      expect(await deliver(event)).toMatchObject({ status: 200, json: { outcome: 'duplicate' } });
    }
    expect(await accountOf(tenantId)).toEqual(applied);
    expect(await ledgerOf(event.id)).toHaveLength(1);
    expect(await changesOf(tenantId)).toEqual(['active, pro']);
  });

  it('ten at the same time: one application', async () => {
    const { event, tenantId } = await newNews();
    const answers = await Promise.all(Array.from({ length: 10 }, () => deliver(event)));
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(10).fill(200));
    const outcomes = answers.map(({ json }) => String(json.outcome)).toSorted();
    expect(outcomes).toEqual(['changed', ...Array<string>(9).fill('duplicate')]);
    expect(await accountOf(tenantId)).toMatchObject({ sync_seq: 1, tier: 'pro' });
    expect(await changesOf(tenantId)).toHaveLength(1);
  });

  it('another write in between: the whole batch is void, and the step is repeated', async () => {
    const { event, tenantId } = await newNews();
    const browser = browserWith(
      beforeBatchWith('sync_seq', () =>
        env.DB.prepare('UPDATE billing_accounts SET sync_seq = sync_seq + 7 WHERE tenant_id = ?1')
          .bind(tenantId)
          .run(),
      ),
    );
    stripe.calls.length = 0;
    expect((await deliver(event, browser)).json).toEqual({ outcome: 'changed' });
    expect(stripe.calls).toHaveLength(2);
    expect(await accountOf(tenantId)).toMatchObject({ sync_seq: 8, tier: 'pro' });
    expect(await ledgerOf(event.id)).toHaveLength(1);
  });

  it('four other writes, one after the other: the fifth time is in time', async () => {
    const { event, tenantId } = await newNews();
    stripe.calls.length = 0;
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const answer = await stripe.answer(new Request(input, init));
      if (stripe.calls.length <= 4) {
        await env.DB.prepare(
          'UPDATE billing_accounts SET sync_seq = sync_seq + 1 WHERE tenant_id = ?1',
        )
          .bind(tenantId)
          .run();
      }
      return answer;
    });
    expect((await deliver(event)).json).toEqual({ outcome: 'changed' });
    expect(stripe.calls).toHaveLength(5);
    expect(await accountOf(tenantId)).toMatchObject({ sync_seq: 5, tier: 'pro' });
  });

  it('what was fetched before a newer write does not overwrite it', async () => {
    const { event, tenantId, customer, subscription } = await newNews();
    const browser = browserWith(
      beforeBatchWith('sync_seq', async () => {
        stripe.happen(subscription.id, 'canceled');
        const newer = eventsOf(customer).at(-1);
        if (newer !== undefined) await deliver(newer);
      }),
    );
    await deliver(event, browser);
    expect(await accountOf(tenantId)).toMatchObject({ tier: 'free', state: 'canceled' });
  });

  it('what Stripe answered before a newer write does not overwrite it, however late it comes', async () => {
    const { event, tenantId, customer, subscription } = await newNews();
    let isFirst = true;
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const answer = await stripe.answer(new Request(input, init));
      if (!isFirst) return answer;
      isFirst = false;
      stripe.happen(subscription.id, 'canceled');
      const newer = eventsOf(customer).at(-1);
      if (newer !== undefined) await deliver(newer);
      return answer;
    });
    expect((await deliver(event)).status).toBe(200);
    expect(await accountOf(tenantId)).toMatchObject({ tier: 'free', state: 'canceled' });
  });

  it('an event of another type is recorded, acknowledged, and asks Stripe nothing', async () => {
    const { customer } = await newBuyer();
    stripe.calls.length = 0;
    const event = stripe.emit('charge.refunded', { customer });
    expect((await deliver(event)).json).toEqual({ outcome: 'nothing to do' });
    expect((await deliver(event)).json).toEqual({ outcome: 'duplicate' });
    expect(await ledgerOf(event.id)).toMatchObject([{ type: 'charge.refunded' }]);
    expect(stripe.calls).toEqual([]);
  });

  it('an event of a customer who is none of ours changes nobody, and is recorded', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { tenantId } = await newSubscriber();
    const before = await accountOf(tenantId);
    const stranger = stripe.addCustomer('stranger@example.com', { tenant_id: tenantId });
    stripe.addSubscription(stranger.id, 'price_business', 'active', { tenant_id: tenantId });
    expect(await deliverAllOf(stranger.id)).toEqual([200, 200]);
    expect(await accountOf(tenantId)).toEqual(before);
    const [event] = eventsOf(stranger.id);
    expect(await ledgerOf(event?.id ?? '')).toMatchObject([{ outcome: 'unknown customer' }]);
    // It would be ours, had the tenant no other: somebody pays twice.
    expect(logged.mock.calls.join('\n')).toMatch(
      lineOf('a second customer of one tenant', tenantId),
    );
  });

  it.each([
    ['the customer', 'UPDATE billing_accounts SET customer_id = NULL WHERE tenant_id = ?1'],
    ['that it was ever at the checkout', 'DELETE FROM billing_accounts WHERE tenant_id = ?1'],
  ])('where a restore took back %s, ten events at once note it again', async (_what, sql) => {
    const { tenantId, customer, subscription, event, owner, path } = await newNews();
    await env.DB.prepare(sql).bind(tenantId).run();
    const answers = await Promise.all(Array.from({ length: 10 }, () => deliver(event)));
    const outcomes = answers.map(({ json }) => String(json.outcome)).toSorted();
    expect(outcomes).toEqual(['changed', ...Array<string>(9).fill('duplicate')]);
    expect(await accountOf(tenantId)).toMatchObject({
      customer_id: customer,
      subscription_id: subscription.id,
      tier: 'pro',
    });
    const again = await owner.browser.post(`${path}/billing/checkout`, { plan: 'pro' });
    expect(again.status).toBe(409);
  });

  it('a tenant that has ended gets nothing back of what Stripe knows', async () => {
    const { tenantId, event } = await newNews();
    await env.DB.batch([
      env.DB.prepare('DELETE FROM billing_accounts WHERE tenant_id = ?1').bind(tenantId),
      env.DB.prepare('UPDATE tenants SET deletes_at = 1, purged_at = 1 WHERE id = ?1').bind(
        tenantId,
      ),
    ]);
    expect((await deliver(event)).json).toEqual({ outcome: 'unknown customer' });
    expect(await accountOf(tenantId)).toMatchObject({ customer_id: null, tier: 'free' });
  });

  it('a tenant is not buried with what an event noted beside the purge', async () => {
    const { tenantId } = await newBuyer();
    await env.DB.batch(
      [
        'UPDATE tenants SET deletes_at = 1 WHERE id = ?1',
        'DELETE FROM audit_log WHERE tenant_id = ?1',
      ].map((sql) => env.DB.prepare(sql).bind(tenantId)),
    );
    const across = acrossTenants(Database.open(env), 'end of tenants');
    expect(await across.change(buryTenant, tenantId, Date.now())).toBe(0);
  });

  it('an event that the purge overtakes leaves no row in the tenant', async () => {
    const { tenantId, event } = await newNews();
    const sql = 'UPDATE tenants SET purged_at = 1 WHERE id = ?1';
    const purge = () => env.DB.prepare(sql).bind(tenantId).run();
    await deliver(event, browserWith(beforeBatchWith('sync_seq', purge)));
    expect(await changesOf(tenantId)).toEqual([]);
  });

  it('a key of another account knows nobody, which says nothing: 503, and it is not recorded', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const event = stripe.emit('invoice.paid', { customer: 'cus_x' });
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const param = new Request(input, init).url.includes('price=') ? 'price' : 'id';
      const error = { type: 'invalid_request_error', code: 'resource_missing', param };
      return Response.json({ error }, { status: 404 });
    });
    expect((await deliver(event)).status).toBe(503);
    expect(await ledgerOf(event.id)).toEqual([]);
  });

  it('an event that holds its customer whole is one of that customer', async () => {
    const { tenantId, customer } = await newNews();
    await deliver(stripe.emit('invoice.paid', { customer: { id: customer, object: 'customer' } }));
    expect(await accountOf(tenantId)).toMatchObject({ tier: 'pro', state: 'active' });
  });

  it.each([
    ['no customer', {}, 'nothing to do', 'an event without its customer'],
    [
      'one of nobody',
      { customer: 'cus_x' },
      'unknown customer',
      'an event of a customer we do not',
    ],
  ])(
    'a purchase with %s is recorded, and the log says so',
    async (_what, object, outcome, said) => {
      const logged = vi.spyOn(console, 'warn').mockImplementation(() => {});
      const event = stripe.emit('invoice.paid', object);
      expect((await deliver(event)).json).toEqual({ outcome });
      expect(await ledgerOf(event.id)).toMatchObject([{ outcome }]);
      expect(logged.mock.calls.join()).toContain(said);
    },
  );

  it('an event of another subscription than the current one never changes the tier', async () => {
    const { tenantId, customer } = await newSubscriber('pro');
    for (const [price, status] of [
      ['price_business', 'active'],
      ['price_business', 'canceled'],
      ['price_pro', 'unpaid'],
    ] as const) {
      vi.spyOn(console, 'error').mockImplementation(() => {});
      const other = stripe.addSubscription(customer, price, 'active');
      stripe.happen(other.id, status);
      await deliverAllOf(customer);
      expect(await accountOf(tenantId)).toMatchObject({
        tier: 'pro',
        plan: 'pro',
        state: 'active',
      });
    }
  });

  it('two subscriptions of one tenant are an alert', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { tenantId, customer } = await newSubscriber();
    stripe.addSubscription(customer, 'price_pro');
    await deliverAllOf(customer);
    expect(logged.mock.calls.join('\n')).toMatch(
      lineOf('two subscriptions of one tenant', tenantId),
    );
  });

  it.each([
    ['a second later', 1],
    ['in the same second', 0],
  ])('of two that are new to us the first counts: the other came %s', async (_what, later) => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const { tenantId, customer, subscription: first } = await newNews();
    const second = stripe.addSubscription(customer, 'price_business');
    Object.assign(second, { created: first.created + later });
    await deliverAllOf(customer);
    expect(await accountOf(tenantId)).toMatchObject({ subscription_id: first.id, tier: 'pro' });
  });

  it('when the current one is over, the next that lives takes its place', async () => {
    const { tenantId, customer, subscription } = await newSubscriber('pro');
    stripe.happen(subscription.id, 'canceled');
    await deliverAllOf(customer);
    expect(await accountOf(tenantId)).toMatchObject({ tier: 'free', state: 'canceled' });
    const next = stripe.addSubscription(customer, 'price_business');
    await deliverAllOf(customer);
    expect(await accountOf(tenantId)).toMatchObject({
      subscription_id: next.id,
      tier: 'business',
      state: 'active',
    });
  });
});

describe('BILL-3 a failure leaves no tenant half changed', () => {
  /** How many statements one delivery prepares until it is applied; what follows is mail. */
  async function countStatements(): Promise<number> {
    const { event } = await newNews();
    const seen: string[] = [];
    await deliver(event, browserWith(interceptD1((sql) => void seen.push(sql))));
    return seen.findLastIndex((sql) => sql.startsWith('INSERT INTO audit_log')) + 1;
  }

  it('D1 failing at any statement: 5xx and nothing recorded; sent again, applied once', async () => {
    const count = await countStatements();
    expect(count).toBeGreaterThanOrEqual(5);
    for (let broken = 0; broken < count; broken += 1) {
      vi.spyOn(console, 'error').mockImplementation(() => {});
      const { event, tenantId } = await newNews();
      const before = await accountOf(tenantId);
      let prepared = 0;
      const fail = () => {
        prepared += 1;
        if (prepared > broken) throw new Error('D1_ERROR: gone');
      };
      const answer = await deliver(event, browserWith(interceptD1(fail)));
      expect(answer.status).toBeGreaterThanOrEqual(500);
      expect(await ledgerOf(event.id)).toEqual([]);
      expect(await accountOf(tenantId)).toEqual(before);
      expect(await changesOf(tenantId)).toEqual([]);
      expect((await deliver(event)).status).toBe(200);
      expect(await accountOf(tenantId)).toMatchObject({ sync_seq: 1, tier: 'pro' });
      expect(await changesOf(tenantId)).toEqual(['active, pro']);
    }
  });

  it('D1 refusing a statement of the batch itself: none of the others holds', async () => {
    for (const table of ['stripe_events', 'audit_log', 'tenants']) {
      const { event, tenantId } = await newNews();
      const before = await accountOf(tenantId);
      const verb = table === 'tenants' ? 'UPDATE OF tier' : 'INSERT';
      await env.DB.prepare(
        `CREATE TRIGGER broken BEFORE ${verb} ON ${table} BEGIN SELECT RAISE(ABORT, 'broken'); END`,
      ).run();
      vi.spyOn(console, 'error').mockImplementation(() => {});
      const { status } = await deliver(event);
      await env.DB.prepare('DROP TRIGGER broken').run();
      expect(status).toBeGreaterThanOrEqual(500);
      expect(await ledgerOf(event.id)).toEqual([]);
      expect(await accountOf(tenantId)).toEqual(before);
      expect(await changesOf(tenantId)).toEqual([]);
    }
  });

  it('a mail that cannot be put down voids the rest; sent again, one goes out', async () => {
    const { owner, tenantId, customer, subscription } = await newSubscriber();
    const before = await accountOf(tenantId);
    stripe.happen(subscription.id, 'past_due');
    const event = eventsOf(customer).at(-1);
    if (event === undefined) throw new Error('Stripe says nothing');
    await env.DB.prepare(
      `CREATE TRIGGER broken BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'broken'); END`,
    ).run();
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const { status } = await deliver(event);
    await env.DB.prepare('DROP TRIGGER broken').run();
    expect(status).toBeGreaterThanOrEqual(500);
    expect(await ledgerOf(event.id)).toEqual([]);
    expect(await accountOf(tenantId)).toEqual(before);
    expect((await deliver(event)).json).toEqual({ outcome: 'changed' });
    const subjects = post.to(owner.email).map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject === 'A payment failed')).toHaveLength(1);
  });

  it.each([
    ['answers 500', { failures: 1 }],
    ['does not answer', { lostAnswers: 1 }],
    ['is not there', { isDown: true }],
  ])('Stripe %s: 503 and nothing recorded; sent again, applied once', async (_what, weather) => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { event, tenantId } = await newNews();
    const before = await accountOf(tenantId);
    Object.assign(stripe.weather, weather);
    const answer = await deliver(event);
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, '30']);
    expect(logged.mock.calls.join()).toContain('"dependency":"Stripe"');
    expect(await ledgerOf(event.id)).toEqual([]);
    expect(await accountOf(tenantId)).toEqual(before);
    stripe.weather.isDown = false;
    expect((await deliver(event)).json).toEqual({ outcome: 'changed' });
    expect((await deliver(event)).json).toEqual({ outcome: 'duplicate' });
    expect(await accountOf(tenantId)).toMatchObject({ sync_seq: 1, tier: 'pro' });
  });

  it('a write that is always too late is given up with 503, and nothing is recorded', async () => {
    const { event, tenantId } = await newNews();
    stripe.calls.length = 0;
    await env.DB.prepare(
      `CREATE TRIGGER always_late BEFORE UPDATE OF sync_seq ON billing_accounts
       BEGIN SELECT RAISE(ABORT, 'constraint failed'); END`,
    ).run();
    const { status } = await deliver(event);
    await env.DB.prepare('DROP TRIGGER always_late').run();
    expect([status, stripe.calls.length]).toEqual([503, 5]);
    expect(await ledgerOf(event.id)).toEqual([]);
    expect(await changesOf(tenantId)).toEqual([]);
  });

  it('events in any order come to the same', async () => {
    const { tenantId, customer, subscription } = await newNews();
    stripe.happen(subscription.id, 'past_due');
    stripe.happen(subscription.id, 'active');
    stripe.changePrice(subscription.id, 'price_business');
    for (const event of eventsOf(customer).toReversed()) {
      expect((await deliver(event)).status).toBe(200);
      expect(await accountOf(tenantId)).toMatchObject({ tier: 'business', state: 'active' });
    }
  });
});

describe('TEST-3 checkout, webhook, upgrade and failed payment', () => {
  it('somebody buys, moves up, fails to pay, pays and cancels', async () => {
    const { owner, path, tenantId, customer, subscription } = await newSubscriber('pro');
    const billing = async () => {
      await deliverAllOf(customer);
      const { tier, status, plan } = (await owner.browser.get(`${path}/billing`)).json;
      return [tier, status, plan];
    };
    expect(await billing()).toEqual(['pro', 'active', 'pro']);
    stripe.changePrice(subscription.id, 'price_business');
    expect(await billing()).toEqual(['business', 'active', 'business']);
    stripe.happen(subscription.id, 'past_due');
    expect(await billing()).toEqual(['business', 'past_due', 'business']);
    stripe.happen(subscription.id, 'unpaid');
    expect(await billing()).toEqual(['free', 'restricted', 'business']);
    stripe.happen(subscription.id, 'active');
    expect(await billing()).toEqual(['business', 'active', 'business']);
    stripe.happen(subscription.id, 'canceled');
    expect(await billing()).toEqual(['free', 'canceled', 'business']);
    expect(await changesOf(tenantId)).toHaveLength(6);
    const changed = (await auditOf(tenantId)).filter(
      ({ action }) => action === 'billing.subscription_changed',
    );
    expect(new Set(changed.map((row) => row['target']))).toEqual(new Set([subscription.id]));
  });

  it('that a payment failed is heard by the invoice alone, and the owners are told once', async () => {
    const { owner, enter, tenantId, customer, subscription } = await newSubscriber();
    const second = await enter('owner');
    const member = await enter('member');
    const locked = await enter('owner');
    await env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1')
      .bind(locked.userId)
      .run();
    stripe.happen(subscription.id, 'past_due');
    const event = eventsOf(customer).find(({ type }) => type === 'invoice.payment_failed');
    if (event === undefined) throw new Error('no payment failed');
    await deliver(event);
    expect(await accountOf(tenantId)).toMatchObject({ state: 'past_due', tier: 'pro' });
    stripe.changePrice(subscription.id, 'price_business');
    await deliverAllOf(customer);
    expect(await accountOf(tenantId)).toMatchObject({ state: 'past_due', tier: 'business' });
    for (const { email } of [owner, second]) {
      const mails = post.to(email).filter(({ subject }) => subject === 'A payment failed');
      expect(mails).toHaveLength(1);
      expect(mails[0]?.text).toContain('“Acme”');
    }
    for (const { email } of [member, locked]) expect(post.to(email)).toEqual([]);
  });

  it('a suspended plan is told of without a payment that nobody owes', async () => {
    const { owner, customer, subscription } = await newSubscriber();
    stripe.happen(subscription.id, 'paused');
    await deliverAllOf(customer);
    const [mail] = post.to(owner.email).filter(({ subject }) => /suspended/.test(subject));
    expect(mail?.text).toContain('“Acme”: the plan is suspended');
    expect(mail?.text).not.toMatch(/still open|failed/);
  });

  it.each([
    [
      'past_due',
      'A payment failed',
      'tried again in the next days, and until then nothing changes',
    ],
    [
      'grace',
      'A payment is still open',
      'Two weeks after it failed, the workspace goes back to the',
    ],
    [
      'restricted',
      'Your plan is suspended',
      'the workspace is on the free plan now. Nothing was de',
    ],
  ] as const)(
    'the mail that it is %s says what follows, and where to pay',
    (state, title, said) => {
      const { subject, paragraphs } = noticeOf(
        state,
        'ada@example.com',
        'Pay at https://evil.example',
      );
      const [first = '', second] = paragraphs;
      expect([subject, first]).toEqual([title, expect.stringContaining(said)]);
      expect(first).toMatch(/^“Pay at”: /);
      expect(second).toBe('Log in and open the billing page to pay, or to change how you pay.');
    },
  );

  // By hand: these the endpoint at Stripe must send, and no more.
  const heard = [
    'checkout.session.async_payment_succeeded',
    'checkout.session.completed',
    'customer.subscription.created',
    'customer.subscription.deleted',
    'customer.subscription.paused',
    'customer.subscription.resumed',
    'customer.subscription.updated',
    'invoice.paid',
    'invoice.payment_action_required',
    'invoice.payment_failed',
  ];

  it('ten kinds of events are about a subscription', () => {
    expect([...subscriptionEvents].toSorted()).toEqual(heard);
  });

  it.each(heard)('a purchase is heard by %s alone', async (type) => {
    const { tenantId, customer } = await newNews();
    await deliver(stripe.emit(type, { customer }));
    expect(await accountOf(tenantId)).toMatchObject({ tier: 'pro', state: 'active' });
  });

  it('the end is heard by customer.subscription.deleted alone', async () => {
    const { tenantId, customer, subscription } = await newSubscriber();
    stripe.happen(subscription.id, 'canceled');
    const event = eventsOf(customer).at(-1);
    expect(event?.type).toBe('customer.subscription.deleted');
    if (event !== undefined) await deliver(event);
    expect(await accountOf(tenantId)).toMatchObject({ tier: 'free', state: 'canceled' });
  });
});
