import { acrossTenants } from '../db/across-tenants.ts';
import { accountOfCustomer, reclaimCustomer, type AccountRow } from '../db/statements/billing.ts';
import { askStripe, expectOurAccount, StripeFailure } from './client.ts';
import type { BillingContext } from './subscription.ts';

/**
 * Whose customer it is that nobody here knows: a restore takes back what was noted, and Stripe charges on.
 * Its metadata says so, which the app alone writes, when it makes a customer. Where the tenant has another
 * customer by now, that one stays.
 * @returns its account, known from now on; null where it is none of ours
 */
export async function accountOfUnknown(
  context: BillingContext,
  customerId: string,
): Promise<AccountRow | null> {
  const tenantId = await tenantNamedBy(context, customerId);
  if (tenantId === null) return null;
  const across = acrossTenants(context.database, 'billing');
  const known = await across.first(reclaimCustomer, tenantId, customerId, context.now);
  if (known === null) return null;
  if (known.customerId !== customerId) {
    context.logger.log('error', 'a second customer of one tenant', { tenantId });
    return null;
  }
  context.logger.log('warn', 'a customer that was forgotten', { tenantId });
  return across.first(accountOfCustomer, customerId);
}

async function tenantNamedBy(context: BillingContext, customerId: string): Promise<string | null> {
  try {
    const customer = await askStripe(context, (stripe) => stripe.customers.retrieve(customerId));
    return customer.deleted ? null : (customer.metadata['tenant_id'] ?? null);
  } catch (thrown) {
    if (!(thrown instanceof StripeFailure && thrown.missing === 'id')) throw thrown;
    await expectOurAccount(context);
    return null;
  }
}
