import type Stripe from 'stripe';
import { acrossTenants } from '../db/across-tenants.ts';
import type { BoundStatement } from '../db/database.ts';
import {
  accountOfCustomer,
  findEvent,
  forgetCustomer,
  insertAuditOfSubscription,
  insertEvent,
  ownersOfTenant,
  setTier,
  writeSnapshot,
  type AccountRow,
} from '../db/statements/billing.ts';
import type { Tier } from '../db/tenant.ts';
import type { RequestContext } from '../http/context.ts';
import { Problem } from '../http/problem.ts';
import { mailStatement } from '../mail/outbox.ts';
import { includesTier } from '../tenancy/plans.ts';
import { askStripe, expectOurAccount, StripeFailure } from './client.ts';
import type { StripeConfiguration } from './configuration.ts';
import { noticeOf } from './notices.ts';
import { isOver, nextLookAt, stateOf, states, tierIn, type State } from './states.ts';
import { accountOfUnknown } from './unknown-customer.ts';
import type { VerifiedEvent } from './verified-event.ts';

/** What this works with, within a request and without one. */
export type BillingContext = Pick<
  RequestContext,
  'configuration' | 'database' | 'logger' | 'now' | 'requestId'
>;

/** What came of it. A duplicate has changed nothing; a customer may be none of ours. */
export type Outcome = 'changed' | 'unchanged' | 'duplicate' | 'unknown customer' | 'nothing to do';

/** How often a write that came too late is repeated. More at once are too many: Stripe sends again. */
const rounds = 5;

/**
 * Makes a tenant's subscription what it is at Stripe, and remembers the event that gave the occasion:
 * both or neither. The order of events is not trusted, nor what they say: what counts is what Stripe
 * answers after `sync_seq` was read, written only while that is still the number.
 * @throws {Problem} 503 when Stripe or D1 fails; nothing is recorded then, so that Stripe sends it again
 */
export async function applySubscription(
  context: BillingContext,
  customerId: string,
  event: VerifiedEvent | null,
): Promise<Outcome> {
  const across = acrossTenants(context.database, 'billing');
  for (let round = 0; round < rounds; round += 1) {
    const account =
      (await across.first(accountOfCustomer, customerId)) ??
      (await accountOfUnknown(context, customerId));
    if (account === null) return recordUnknown(context, event);
    const snapshot = await fetchSnapshot(context, account);
    const entry = event === null ? [] : [entryOf(context, event, 'applied')];
    const isChanged = snapshot.state !== account.state || snapshot.tier !== account.tier;
    const told = isChanged ? await tellChange(context, account, snapshot) : [];
    const isWritten = await context.database.batchIf([
      snapshotStatement(context, account, snapshot),
      ...(snapshot === gone ? [across.bind(forgetCustomer, account.tenantId, customerId)] : []),
      across.bind(setTier, account.tenantId, snapshot.tier),
      ...entry,
      ...told,
    ]);
    if (isWritten) return isChanged ? 'changed' : 'unchanged';
    if (await isRecorded(context, event)) return 'duplicate';
  }
  throw new Problem('unavailable');
}

/** Remembers an event that changes nothing here. @returns `outcome`, where the event is new */
export async function recordEvent(
  context: BillingContext,
  event: VerifiedEvent,
  outcome: Outcome,
): Promise<Outcome> {
  if (await context.database.batchIf([entryOf(context, event, outcome)])) return outcome;
  if (await isRecorded(context, event)) return 'duplicate';
  throw new Problem('unavailable');
}

/** What a tenant's subscription is, in our words. */
interface Snapshot {
  readonly subscriptionId: string | null;
  readonly status: string;
  readonly state: State;
  readonly plan: Tier;
  readonly tier: Tier;
  readonly cancels: boolean;
  readonly periodEndsAt: number | null;
  readonly pastDueSince: number | null;
}

async function fetchSnapshot(context: BillingContext, account: AccountRow): Promise<Snapshot> {
  const { configuration, logger, now } = context;
  const { tenantId } = account;
  const data = await subscriptionsOf(context, account.customerId);
  if (data === null) {
    logger.log('error', 'a customer that Stripe does not have', { tenantId });
    return gone;
  }
  if (data.filter(({ status }) => !isOver(status)).length > 1) {
    logger.log('error', 'two subscriptions of one tenant', { tenantId });
  }
  const current = currentOf(data, account.subscriptionId);
  if (current === undefined) return nothing;
  const { id: subscriptionId, status } = current;
  const known = subscriptionId === account.subscriptionId ? account.pastDueSince : null;
  const pastDueSince = status === 'past_due' ? (known ?? now) : null;
  const state = stateOf(status, pastDueSince, now);
  const plan = planOf(configuration.stripe, current);
  if (plan === null) logger.log('error', 'a price that is none of ours', { tenantId });
  const periods = isOver(status) ? [] : current.items.data;
  const ends = periods.map((item) => item.current_period_end * 1_000);
  return {
    subscriptionId,
    status,
    state,
    plan: plan ?? 'free',
    tier: tierIn(state, plan ?? 'free'),
    cancels: current.cancel_at_period_end || current.cancel_at !== null,
    periodEndsAt: ends.length === 0 ? null : Math.max(...ends),
    pastDueSince,
  };
}

/** Every subscription a customer ever had; null where there is no such customer any more. */
async function subscriptionsOf(
  context: BillingContext,
  customer: string,
): Promise<readonly Stripe.Subscription[] | null> {
  try {
    const { data } = await askStripe(context, (stripe) =>
      stripe.subscriptions.list({ customer, status: 'all', limit: 100 }),
    );
    return data;
  } catch (thrown) {
    if (!(thrown instanceof StripeFailure && thrown.missing === 'customer')) throw thrown;
    await expectOurAccount(context);
    return null;
  }
}

const nothing: Snapshot = {
  subscriptionId: null,
  status: 'none',
  state: 'none',
  plan: 'free',
  tier: 'free',
  cancels: false,
  periodEndsAt: null,
  pastDueSince: null,
};

/** What a customer leaves who was deleted at Stripe. */
const gone: Snapshot = { ...nothing, status: 'canceled', state: 'canceled' };

/**
 * The one subscription that counts: the one that counted before, for as long as it lives. Another one
 * takes its place only when that is over, so that no event about another changes a tier.
 */
function currentOf(
  all: readonly Stripe.Subscription[],
  knownId: string | null,
): Stripe.Subscription | undefined {
  const oldestFirst = all.toSorted((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1));
  const known = oldestFirst.find(({ id }) => id === knownId);
  if (known !== undefined && !isOver(known.status)) return known;
  return oldestFirst.find(({ status }) => !isOver(status)) ?? known ?? oldestFirst.at(-1);
}

/** The highest plan among what is paid for; null where there is none that we sell. */
function planOf({ prices }: StripeConfiguration, subscription: Stripe.Subscription): Tier | null {
  const bought = subscription.items.data.flatMap(({ price }): Tier[] => {
    if (prices.pro.includes(price.id)) return ['pro'];
    return prices.business.includes(price.id) ? ['business'] : [];
  });
  const [first = null, ...others] = bought;
  return others.reduce((best, tier) => (best && includesTier(best, tier) ? best : tier), first);
}

function snapshotStatement(
  { database, now }: BillingContext,
  { tenantId, syncSeq, deletesAt }: AccountRow,
  { subscriptionId, status, state, plan, cancels, periodEndsAt, pastDueSince }: Snapshot,
) {
  const lookAt = nextLookAt(state, pastDueSince, now);
  // What is left of a tenant that waits for its deletion is ended by then.
  const dueAt = lookAt === null || deletesAt === null ? lookAt : Math.min(lookAt, deletesAt);
  return acrossTenants(database, 'billing').bind(
    writeSnapshot,
    tenantId,
    syncSeq,
    subscriptionId,
    status,
    state,
    plan,
    cancels ? 1 : 0,
    periodEndsAt,
    pastDueSince,
    deletesAt !== null && lookAt !== null && !cancels ? now : dueAt,
    now,
  );
}

/** The audit row of a change and, where the table of states says so, a mail to the owners, 20 at most. */
async function tellChange(
  context: BillingContext,
  account: AccountRow,
  { subscriptionId, state, tier }: Snapshot,
): Promise<BoundStatement<never>[]> {
  const across = acrossTenants(context.database, 'billing');
  const { requestId, now } = context;
  const told = across.bind(
    insertAuditOfSubscription,
    account.tenantId,
    crypto.randomUUID(),
    subscriptionId ?? account.customerId,
    `${state}, ${tier}`,
    requestId,
    now,
  );
  if (!states[state].isTold || state === account.state) return [told];
  const owners = await across.all(ownersOfTenant, account.tenantId);
  const mails = owners.map(({ email }) =>
    mailStatement(context, noticeOf(state, email, account.tenantName)),
  );
  return [told, ...(await Promise.all(mails))];
}

async function recordUnknown(
  context: BillingContext,
  event: VerifiedEvent | null,
): Promise<Outcome> {
  if (event === null) return 'unknown customer';
  context.logger.log('warn', 'an event of a customer we do not know', { code: event.type });
  return recordEvent(context, event, 'unknown customer');
}

function entryOf({ database, now }: BillingContext, event: VerifiedEvent, outcome: string) {
  const { id, type, customerId, createdAt } = event;
  const across = acrossTenants(database, 'billing');
  return across.bind(insertEvent, id, type, customerId, outcome, createdAt, now);
}

async function isRecorded({ database }: BillingContext, event: VerifiedEvent | null) {
  if (event === null) return false;
  return (await acrossTenants(database, 'billing').first(findEvent, event.id)) !== null;
}
