import {
  noteVisit,
  readBilling,
  readInsights,
  readUsage,
  type BillingRow,
  type InsightsRow,
  type UsageRow,
} from '../db/statements/billing.ts';
import type { TenantDatabase } from '../db/with-tenant.ts';
import type { Author } from '../tenancy/audit.ts';

type VisitAction = 'billing.checkout_started' | 'billing.portal_opened';

/** What one tenant pays for, and what it has. */
export interface BillingRepository {
  /** Null for a tenant that never went to the checkout. */
  read(): Promise<BillingRow | null>;
  usage(): Promise<UsageRow | null>;
  insights(since: number): Promise<InsightsRow | null>;
  /** That somebody is sent to Stripe's pages; Stripe is asked at `dueAt` what came of it. */
  noteVisit(action: VisitAction, dueAt: number, by: Author): Promise<boolean>;
}

export function billingRepository(database: TenantDatabase): BillingRepository {
  const target = database.tenant.id;
  return {
    read: () => database.first(readBilling),
    usage: () => database.first(readUsage),
    insights: (since) => database.first(readInsights, since),
    noteVisit: (action, dueAt, by) =>
      database.write({ by, action, target }, database.bind(noteVisit, dueAt)),
  };
}
