import {
  endCheckout,
  notePortal,
  readBilling,
  readInsights,
  readUsage,
  type BillingRow,
  type InsightsRow,
  type UsageRow,
} from '../db/statements/billing.ts';
import type { TenantDatabase } from '../db/with-tenant.ts';
import type { Author } from '../tenancy/audit.ts';

/** What one tenant pays for, and what it has. */
export interface BillingRepository {
  /** Null for a tenant that never went to the checkout. */
  read(): Promise<BillingRow | null>;
  usage(): Promise<UsageRow | null>;
  insights(since: number): Promise<InsightsRow | null>;
  /** Ends the lease of a checkout that was started; Stripe is asked at `dueAt` what came of it. */
  noteCheckout(dueAt: number, by: Author): Promise<boolean>;
  notePortal(dueAt: number, by: Author): Promise<boolean>;
}

export function billingRepository(database: TenantDatabase): BillingRepository {
  const target = database.tenant.id;
  return {
    read: () => database.first(readBilling),
    usage: () => database.first(readUsage),
    insights: (since) => database.first(readInsights, since),
    noteCheckout: (dueAt, by) =>
      database.write(
        { by, action: 'billing.checkout_started', target },
        database.bind(endCheckout, dueAt),
      ),
    notePortal: (dueAt, by) =>
      database.write(
        { by, action: 'billing.portal_opened', target },
        database.bind(notePortal, dueAt),
      ),
  };
}
