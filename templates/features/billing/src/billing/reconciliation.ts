import { acrossTenants } from '../db/across-tenants.ts';
import { accountOfCustomer, claimDueCustomer } from '../db/statements/billing.ts';
import { describeFault } from '../ops/logger.ts';
import { askStripe } from './client.ts';
import { states } from './states.ts';
import { applySubscription, type BillingContext } from './subscription.ts';

/** How many customers one run asks about: it must end within a minute, when the next one begins. */
const customersPerRun = 25;

/** When a customer is tried again that could not be asked about. */
const tryAgainMs = 10 * 60 * 1_000;

/**
 * Asks Stripe about the customers that are due, whether or not an event came: what was missed is made
 * good, what changes by the clock changes, and the subscription of a tenant that goes is ended. One
 * failure ends the run, since the next would most likely fail as well.
 */
export async function reconcile(context: BillingContext): Promise<void> {
  const { database, logger, now } = context;
  const across = acrossTenants(database, 'billing');
  for (let asked = 0; asked < customersPerRun; asked += 1) {
    const due = await across.first(claimDueCustomer, now, now + tryAgainMs);
    if (due === null) return;
    try {
      await endWithTenant(context, due.customerId);
      const before = await across.first(accountOfCustomer, due.customerId);
      const outcome = await applySubscription(context, due.customerId, null);
      if (outcome === 'changed' && before !== null) {
        const { tenantId, state: code } = before;
        logger.log('warn', 'a subscription was not what we knew', { tenantId, code });
      }
    } catch (thrown) {
      logger.log('error', 'a subscription cannot be reconciled', { fault: describeFault(thrown) });
      return;
    }
  }
}

/**
 * A tenant that waits for its deletion renews nothing, so that who thinks again has lost nothing; when
 * its time has come, its subscription ends at once. Until then the purge waits.
 */
async function endWithTenant(context: BillingContext, customerId: string): Promise<void> {
  const { database, now } = context;
  const account = await acrossTenants(database, 'billing').first(accountOfCustomer, customerId);
  if (account === null || account.deletesAt === null) return;
  const { subscriptionId, state, deletesAt, cancels } = account;
  if (subscriptionId === null || states[state].mayBuy) return;
  await askStripe(context, async (stripe) => {
    if (deletesAt <= now) await stripe.subscriptions.cancel(subscriptionId);
    else if (cancels === 0) {
      await stripe.subscriptions.update(subscriptionId, { cancel_at_period_end: true });
    }
  });
}
