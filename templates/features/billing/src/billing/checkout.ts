import type Stripe from 'stripe';
import type { TenantActor } from '../auth/access.ts';
import { acrossTenants } from '../db/across-tenants.ts';
import {
  forgetCustomer,
  noteCustomer,
  releaseCheckoutLease,
  takeCheckoutLease,
} from '../db/statements/billing.ts';
import { withTenant } from '../db/with-tenant.ts';
import type { RequestContext } from '../http/context.ts';
import { Problem } from '../http/problem.ts';
import { authorOf } from '../tenancy/audit.ts';
import { askStripe, expectOurAccount, StripeFailure } from './client.ts';
import type { Plan } from './configuration.ts';
import { isOver, states } from './states.ts';
import { applySubscription } from './subscription.ts';

/**
 * One request at a time may start a tenant's checkout. It asks Stripe three or four times, and once more for
 * each open session of another plan, and waits ten seconds for an answer at most; should it take longer all the same, it does not end the next one's lease.
 */
const leaseMs = 120_000;

/** How long somebody may take to pay, and when Stripe is asked what came of it, should no event tell. */
const payWithinMs = 60 * 60 * 1_000;
const lookAgainMs = payWithinMs + 5 * 60 * 1_000;

/** How long an attempt keeps its key: Stripe takes no session that expires in less than half an hour. */
const attemptMs = 25 * 60 * 1_000;

/**
 * Starts a checkout, or goes on with the open one. A tenant has one subscription at most: D1 is asked,
 * and Stripe, before anything is made; requests that come at once are refused but for one; and what
 * was sent to Stripe without an answer is sent again under the same key.
 * @returns where to send the browser
 * @throws {Problem} 409 where there is a subscription, or another request at it, or the buyer's own address is not
 * proven; 503 without Stripe
 */
export async function startCheckout(
  context: RequestContext,
  actor: TenantActor,
  plan: Plan,
): Promise<string> {
  if (!actor.user.emailVerified) throw refusal('session', 'Confirm your own address first');
  const { id: tenantId } = actor.tenant;
  const { billing } = withTenant(context.database, actor.tenant);
  const known = await billing.read();
  if (known !== null && !states[known.state].mayBuy) throw hasSubscription();
  const across = acrossTenants(context.database, 'billing');
  const { now } = context;
  // The time is in it, so that what is sent again under one key is the same to the letter.
  const key = `${now}-${crypto.randomUUID()}`;
  const heldUntil = now + leaseMs;
  const since = now - attemptMs;
  const lease = await across.first(takeCheckoutLease, tenantId, heldUntil, key, now, since);
  if (lease === null) throw refusal('body.plan', 'A checkout is being started already');
  let nextAttempt: string | null = null;
  try {
    const url = await openSession(context, actor, plan, lease);
    const by = authorOf(context, actor);
    await billing.noteVisit('billing.checkout_started', now + lookAgainMs, by);
    return url;
  } catch (thrown) {
    // Stripe keeps an answer under its key, a failure too: after one, only another key can succeed.
    if (thrown instanceof StripeFailure && !thrown.wasAnswered) nextAttempt = lease.attempt;
    if (thrown instanceof StripeFailure && thrown.missing === 'customer') {
      await expectOurAccount(context);
      await across.change(forgetCustomer, tenantId, lease.customerId);
    }
    throw thrown;
  } finally {
    await across.change(releaseCheckoutLease, tenantId, heldUntil, nextAttempt);
  }
}

/**
 * Opens Stripe's own pages for a subscription: pay, change, cancel.
 * @throws {Problem} 409 for who was never at the checkout, or where the customer was deleted at Stripe: then it is
 * over here too
 */
export async function openPortal(context: RequestContext, actor: TenantActor): Promise<string> {
  const { now } = context;
  const { billing } = withTenant(context.database, actor.tenant);
  const customer = (await billing.read())?.customerId ?? null;
  if (customer === null) throw noSubscription();
  try {
    const { url } = await askStripe(context, (stripe) =>
      stripe.billingPortal.sessions.create({ customer, return_url: pageOf(context, actor) }),
    );
    await noteAddress(context, actor, customer);
    await billing.noteVisit('billing.portal_opened', now + lookAgainMs, authorOf(context, actor));
    return url;
  } catch (thrown) {
    if (!(thrown instanceof StripeFailure && thrown.missing === 'customer')) throw thrown;
    await applySubscription(context, customer, null);
    throw noSubscription();
  }
}

async function openSession(
  context: RequestContext,
  actor: TenantActor,
  plan: Plan,
  lease: { attempt: string; customerId: string | null },
): Promise<string> {
  const { prices } = context.configuration.stripe;
  const { id: tenantId } = actor.tenant;
  const metadata = { tenant_id: tenantId, plan };
  const ask = <Answer>(call: (stripe: Stripe) => Promise<Answer>) => askStripe(context, call);

  const customer = lease.customerId ?? (await createCustomer(context, actor, lease.attempt));
  // First what is open, then what was bought: a session that is paid in between is in one of them at least.
  const open = await ask((stripe) =>
    stripe.checkout.sessions.list({ customer, status: 'open', limit: 100 }),
  );
  const bought = await ask((stripe) =>
    stripe.subscriptions.list({ customer, status: 'all', limit: 100 }),
  );
  if (bought.data.some(({ status }) => !isOver(status))) {
    await applySubscription(context, customer, null);
    throw hasSubscription();
  }
  if (lease.customerId !== null) await noteAddress(context, actor, customer);
  let url: string | null = null;
  for (const session of open.data) {
    if (url === null && session.metadata?.['plan'] === plan) url = session.url;
    // Stripe refuses where it was paid just now: then nothing else is sold.
    else await ask((stripe) => stripe.checkout.sessions.expire(session.id));
  }
  if (url !== null) return url;
  const page = pageOf(context, actor);
  const session = await ask((stripe) =>
    stripe.checkout.sessions.create(
      {
        mode: 'subscription',
        customer,
        client_reference_id: tenantId,
        metadata,
        subscription_data: { metadata },
        line_items: [{ price: prices[plan][0], quantity: 1 }],
        // Nothing in an address says what was paid: the page asks the app, which asks Stripe.
        success_url: page,
        cancel_url: page,
        expires_at: Math.floor((Number.parseInt(lease.attempt, 10) + payWithinMs) / 1_000),
      },
      { idempotencyKey: `${lease.attempt}-${plan}` },
    ),
  );
  if (session.url === null) throw new Problem('unavailable');
  return session.url;
}

/** The tenant's customer at Stripe, remembered before anything can be bought. */
async function createCustomer(
  context: RequestContext,
  { tenant, user }: TenantActor,
  attempt: string,
): Promise<string> {
  const { id } = await askStripe(context, (stripe) =>
    stripe.customers.create(
      { email: user.email, metadata: { tenant_id: tenant.id } },
      { idempotencyKey: `${attempt}-customer` },
    ),
  );
  const noted = await acrossTenants(context.database, 'billing').change(
    noteCustomer,
    tenant.id,
    id,
  );
  // Another request has noted its own: of what is bought by this one nobody would hear.
  if (noted === 0) throw new Problem('unavailable');
  return id;
}

/**
 * Receipts and requests to pay go to whoever was here last: who was here before may have left the tenant. It
 * is sent whether or not it is another one. An address that nobody has proven may be a stranger's.
 */
async function noteAddress(
  context: RequestContext,
  { user: { email, emailVerified } }: TenantActor,
  customer: string,
): Promise<void> {
  if (!emailVerified) return;
  await askStripe(context, (stripe) => stripe.customers.update(customer, { email }));
}

/** Where the pages are, which need not be where the API is. */
function pageOf({ configuration }: RequestContext, { tenant }: TenantActor): string {
  return `${configuration.linkBaseUrl}/tenants/${tenant.id}/billing`;
}

function hasSubscription(): Problem {
  return refusal('body.plan', 'There is a subscription already: change it in the portal');
}

function noSubscription(): Problem {
  return refusal('session', 'There is no subscription yet');
}

function refusal(field: string, message: string): Problem {
  return new Problem('conflict', { errors: [{ field, message }] });
}
