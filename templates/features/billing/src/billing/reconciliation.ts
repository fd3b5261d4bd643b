import { acrossTenants } from '../db/across-tenants.ts';
import { accountOfCustomer, claimDueCustomer, type AccountRow } from '../db/statements/billing.ts';
import { describeFault } from '../ops/logger.ts';
import { askStripe, StripeFailure } from './client.ts';
import { stateOf, states } from './states.ts';
import { applySubscription, type BillingContext } from './subscription.ts';

/** How many customers one run asks about: it must end within a minute, when the next one begins. */
const customersPerRun = 25;

/** When a customer is tried again that could not be asked about. */
const tryAgainMs = 10 * 60 * 1_000;

/**
 * Asks Stripe about the customers that are due, whether or not an event came: what was missed is made
 * good, what changes by the clock changes, and the subscription of a tenant that goes is ended. Where
 * Stripe refuses, that is about one customer; where it does not answer, that ends the run.
 */
export async function reconcile(context: BillingContext): Promise<void> {
  const { database, logger, now } = context;
  const across = acrossTenants(database, 'billing');
  for (let asked = 0; asked < customersPerRun; asked += 1) {
    const due = await across.first(claimDueCustomer, now, now + tryAgainMs);
    if (due === null) return;
    try {
      const account = await across.first(accountOfCustomer, due.customerId);
      if (account === null) continue;
      const isExpected = (await endWithTenant(context, account)) || isDueByClock(account, now);
      const outcome = await applySubscription(context, due.customerId, null);
      if (outcome === 'changed' && !isExpected) {
        const { tenantId, state: code } = account;
        logger.log('error', 'a subscription was not what we knew', { tenantId, code });
      }
    } catch (thrown) {
      const { tenantId } = due;
      const fault = describeFault(thrown);
      logger.log('error', 'a subscription cannot be reconciled', { tenantId, fault });
      if (!(thrown instanceof StripeFailure && thrown.wasAnswered)) return;
    }
  }
}

/**
 * A tenant that waits for its deletion renews nothing, so that who thinks again has lost nothing; when
 * its time has come, its subscription ends at once, and so does one whose first payment is open: Stripe
 * lets nothing of that be changed. Until then the purge waits.
 * @returns whether its subscription was ended here
 */
async function endWithTenant(context: BillingContext, account: AccountRow): Promise<boolean> {
  const { subscriptionId, state, deletesAt, cancels } = account;
  if (deletesAt === null || subscriptionId === null || states[state].mayBuy) return false;
  const endsNow = deletesAt <= context.now || state === 'incomplete';
  if (!endsNow && cancels === 1) return false;
  try {
    await askStripe(context, async ({ subscriptions }) =>
      endsNow
        ? subscriptions.cancel(subscriptionId)
        : subscriptions.update(subscriptionId, { cancel_at_period_end: true }),
    );
    return endsNow;
  } catch (thrown) {
    // It has ended already: what there is instead is asked next.
    if (thrown instanceof StripeFailure && thrown.hasEnded) return false;
    throw thrown;
  }
}

/** Whether the days that are unpaid have led to another state, which is no surprise. */
function isDueByClock({ pastDueSince, state }: AccountRow, now: number): boolean {
  return pastDueSince !== null && stateOf('past_due', pastDueSince, now) !== state;
}
