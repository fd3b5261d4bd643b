import { createScheduledController } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { StripeEvent, Subscription } from '../../dev/stripe/objects.ts';
import worker from '../../src/index.ts';
import { Browser, type Answer } from './browser.ts';
import { interceptD1 } from './doubles.ts';
import { failBatchAt } from './failing-batch.ts';
import { post } from './post.ts';
import { accountOf, deliver, newBuyer, stripe } from './stripe.ts';

/** Another run has other histories; a failure prints the seed that brings its own back. */
const seed = Date.now() % 2 ** 31;
const histories = 25;

/** What happens at Stripe, and what happens to the events on their way. */
type Step =
  | { readonly kind: 'status'; readonly status: 'active' | 'past_due' | 'unpaid' | 'canceled' }
  | { readonly kind: 'price'; readonly price: 'price_pro' | 'price_business' }
  | { readonly kind: 'another event' }
  | { readonly kind: 'deliver'; readonly picks: readonly number[]; readonly fault: Fault };

/**
 * What breaks while events are delivered side by side. A statement of D1 is counted from the first: it is
 * never sent, or it is what D1 refuses of a batch, with all that stands before it.
 */
type Fault =
  | { readonly of: 'nothing' }
  | { readonly of: 'd1'; readonly statement: number }
  | { readonly of: 'batch'; readonly statement: number }
  | { readonly of: 'stripe'; readonly failures: number; readonly lostAnswers: number }
  | { readonly of: 'outage' };

const faults: fc.Arbitrary<Fault> = fc.oneof(
  fc.constant<Fault>({ of: 'nothing' }),
  fc.record({ of: fc.constant('d1' as const), statement: fc.nat(9) }),
  fc.record({ of: fc.constant('batch' as const), statement: fc.nat(6) }),
  fc.record({
    of: fc.constant('stripe' as const),
    failures: fc.nat(2),
    lostAnswers: fc.nat(2),
  }),
  fc.constant<Fault>({ of: 'outage' }),
);

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('status' as const),
    status: fc.constantFrom('active', 'past_due', 'unpaid', 'canceled'),
  }),
  fc.record({
    kind: fc.constant('price' as const),
    price: fc.constantFrom('price_pro', 'price_business'),
  }),
  fc.constant<Step>({ kind: 'another event' }),
  // The same event may be picked twice: a duplicate, at the same time.
  fc.record({
    kind: fc.constant('deliver' as const),
    picks: fc.array(fc.nat(), { minLength: 1, maxLength: 5 }),
    fault: faults,
  }),
);

const history = fc.record({
  steps: fc.array(steps, { minLength: 1, maxLength: 12 }),
  /** Whether what was not delivered by then never is, so that only the clock can help. */
  isLost: fc.boolean(),
  /** In which order the rest is delivered: event by event, by these. */
  order: fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
});

type History = typeof history extends fc.Arbitrary<infer Lived> ? Lived : never;

/** What the app must come to in the end, by Stripe alone. */
function truthOf(subscriptions: readonly Subscription[]) {
  const alive = subscriptions.find(({ status }) => status !== 'canceled');
  if (alive === undefined) {
    return { state: subscriptions.length === 0 ? 'none' : 'canceled', tier: 'free' };
  }
  const { status, items } = alive;
  const plan = items.data[0]?.price.id === 'price_business' ? 'business' : 'pro';
  return status === 'unpaid'
    ? { state: 'restricted', tier: 'free', plan }
    : { state: status, tier: plan, plan };
}

/** Lives one history through, and compares. */
async function live({ steps: lived, isLost, order }: History) {
  const begun = stripe.world.events.length;
  const since = Date.now();
  const { tenantId, customer, session, owner, path } = await newBuyer();
  const alive = () => stripe.subscriptionsOf(customer).find(({ status }) => status !== 'canceled');
  const taken = new Map<string, string[]>();
  const refused: number[] = [];
  const note = ({ id }: StripeEvent, { status, json }: Answer) => {
    if (status === 200) taken.set(id, [...(taken.get(id) ?? []), String(json.outcome)]);
    else refused.push(status);
  };
  const checkouts: number[] = [];
  const events = () => stripe.world.events.slice(begun);

  async function send(picks: readonly number[], fault: Fault): Promise<void> {
    const known = events();
    if (known.length === 0) return;
    if (fault.of === 'stripe') Object.assign(stripe.weather, fault);
    stripe.weather.isDown = fault.of === 'outage';
    await Promise.all(
      picks.map(async (pick) => {
        const event = known[pick % known.length];
        if (event === undefined) return;
        const browser = new Browser();
        let statement = 0;
        const fail = (sql: string) => {
          // What was put down is brought later, once or twice: test/worker/mail.test.ts.
          if (/^(UPDATE|DELETE FROM) outbox/.test(sql)) return;
          if (fault.of === 'd1' && statement === fault.statement) throw new Error('D1_ERROR: gone');
          statement += 1;
        };
        const DB = fault.of === 'batch' ? failBatchAt(fault.statement) : interceptD1(fail);
        browser.env = { ...browser.env, DB };
        note(event, await deliver(event, browser));
      }),
    );
    Object.assign(stripe.weather, { failures: 0, lostAnswers: 0, isDown: false });
  }

  for (const step of lived) {
    const current = alive();
    if (step.kind === 'deliver') await send(step.picks, step.fault);
    else if (step.kind === 'another event') stripe.emit('charge.refunded', { customer });
    else if (current === undefined) {
      if (session.status === 'complete') {
        // Whether the app lets them buy again depends on what it has heard.
        const answer = await owner.browser.post(`${path}/billing/checkout`, { plan: 'pro' });
        checkouts.push(answer.status);
      }
      const open = stripe.world.sessions.find(
        (one) => one.customer === customer && one.status === 'open',
      );
      if (open !== undefined) stripe.complete(open.id);
    } else if (step.kind === 'price') stripe.changePrice(current.id, step.price);
    else stripe.happen(current.id, step.status);
  }

  let repaired = 0;
  if (isLost) {
    const before = await accountOf(tenantId);
    await passADay(tenantId);
    const after = await accountOf(tenantId);
    repaired = Number(after['sync_seq']) - Number(before['sync_seq']);
  } else {
    const rest = events()
      .filter(({ id }) => !taken.has(id))
      .map((event, index) => ({ event, place: order[index] ?? 0 }))
      .toSorted((a, b) => a.place - b.place);
    for (const { event } of rest) note(event, await deliver(event));
  }

  expect(refused.filter((status) => status < 500)).toEqual([]);
  expect(checkouts.filter((status) => status !== 200 && status !== 409)).toEqual([]);
  const account = await accountOf(tenantId);
  const subscriptions = stripe.subscriptionsOf(customer);
  expect(account).toMatchObject(truthOf(subscriptions));

  // All that was acknowledged comes once more, in another order: it was there already.
  const again = events()
    .filter(({ id }) => taken.has(id))
    .map((event, index) => ({ event, place: order[(index * 7) % order.length] ?? 0 }))
    .toSorted((a, b) => a.place - b.place);
  const outcomesAgain = await Promise.all(
    again.map(async ({ event }) => (await deliver(event)).json),
  );
  expect(outcomesAgain).toEqual(again.map(() => ({ outcome: 'duplicate' })));
  expect(await accountOf(tenantId)).toEqual(account);

  const recorded = await column('SELECT id FROM stripe_events WHERE received_at >= ?1', since);
  for (const { id } of events()) {
    const outcomes = taken.get(id) ?? [];
    // The ledger has what was acknowledged, once, and nothing that was not.
    expect(recorded.filter((one) => one === id)).toHaveLength(outcomes.length === 0 ? 0 : 1);
  }
  const outcomes = [...taken.values()].flat();
  const count = (what: string) => outcomes.filter((outcome) => outcome === what).length;
  expect(account['sync_seq']).toBe(count('changed') + count('unchanged') + repaired);
  const changes = await column(
    `SELECT result FROM audit_log WHERE tenant_id = ?1 AND action = 'billing.subscription_changed'`,
    tenantId,
  );
  expect(changes.length - count('changed')).toBeGreaterThanOrEqual(0);
  expect(changes.length - count('changed')).toBeLessThanOrEqual(repaired);
  const failed = post.to(owner.email).filter(({ subject }) => subject === 'A payment failed');
  const began = changes.filter((result) => result.startsWith('past_due'));
  // Another price while a payment is open is a change too, and tells nobody.
  const isPriced = lived.some(({ kind }) => kind === 'price');
  expect(failed.length).toBeLessThanOrEqual(began.length);
  expect(failed.length).toBeGreaterThanOrEqual(isPriced ? 0 : began.length);
}

async function column(sql: string, parameter: string | number): Promise<string[]> {
  const rows = await env.DB.prepare(sql).bind(parameter).raw();
  return rows.map(([value]) => String(value));
}

/** The clock of a day later, and then the mail. */
async function passADay(tenantId: string): Promise<void> {
  await env.DB.prepare('UPDATE billing_accounts SET sync_due_at = NULL WHERE tenant_id <> ?1')
    .bind(tenantId)
    .run();
  const scheduledTime = Date.now() + 25 * 60 * 60 * 1_000;
  const controller = createScheduledController({ cron: '* * * * *', scheduledTime });
  vi.useFakeTimers({ toFake: ['Date'], now: scheduledTime });
  await worker.scheduled(controller, { ...env, EMAIL: post });
  await worker.scheduled(controller, { ...env, EMAIL: post });
  vi.useRealTimers();
}

describe('BILL-3 whatever happens on the way, the end is what Stripe says', () => {
  it(
    `${histories} histories: events twice, late, in any order, side by side, lost, or met by a failure`,
    async () => {
      vi.spyOn(console, 'error').mockImplementation(() => {});
      vi.spyOn(console, 'warn').mockImplementation(() => {});
      // oxlint-disable-next-line no-console -- the seed is what brings a failure back
      console.log(`seed ${seed}`);
      await fc.assert(fc.asyncProperty(history, live), {
        seed,
        numRuns: histories,
        endOnFailure: true,
      });
    },
    histories * 10_000,
  );
});
