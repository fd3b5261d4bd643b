import type { State } from '../../billing/states.ts';
import { crossTenantStatements, tenantStatement } from '../statement.ts';
import type { Tier } from '../tenant.ts';

const across = crossTenantStatements('billing');
const acrossRetention = crossTenantStatements('retention');

/** What a tenant sees of its subscription. */
export interface BillingRow {
  readonly customerId: string | null;
  readonly state: State;
  readonly plan: Tier;
  readonly cancels: number;
  readonly periodEndsAt: number | null;
}

/** What there is of a tenant, against its limits. */
export interface UsageRow {
  readonly projects: number;
  readonly members: number;
}

export interface InsightsRow extends UsageRow {
  readonly newProjects: number;
  readonly changes: number;
}

/** A customer of Stripe's, as it was read before Stripe is asked. */
export interface AccountRow extends BillingRow {
  readonly tenantId: string;
  readonly customerId: string;
  readonly tenantName: string;
  readonly tier: Tier;
  readonly deletesAt: number | null;
  readonly subscriptionId: string | null;
  readonly pastDueSince: number | null;
  readonly syncSeq: number;
}

export const readBilling = tenantStatement<BillingRow>(
  'billing.read',
  `SELECT customer_id AS customerId, state, plan, cancels, period_ends_at AS periodEndsAt
   FROM billing_accounts WHERE tenant_id = ?1`,
);

export const readUsage = tenantStatement<UsageRow>(
  'billing.usage',
  `SELECT project_count AS projects, member_count AS members FROM tenants WHERE id = ?1`,
);

/** ?2 since when; of what is new the first 1,000 are counted. */
export const readInsights = tenantStatement<InsightsRow>(
  'billing.insights',
  `SELECT project_count AS projects, member_count AS members,
     (SELECT count(*) FROM (
       SELECT 1 FROM projects
       WHERE projects.tenant_id = ?1 AND projects.created_at >= ?2 LIMIT 1000
     )) AS newProjects,
     (SELECT count(*) FROM (
       SELECT 1 FROM audit_log
       WHERE audit_log.tenant_id = ?1 AND audit_log.created_at >= ?2 LIMIT 1000
     )) AS changes
   FROM tenants WHERE id = ?1`,
);

/** Stands in the batch of the audit row, which asks whether something was changed. ?2 when to ask Stripe. */
export const noteVisit = tenantStatement<never>(
  'billing.noteVisit',
  `UPDATE billing_accounts
   SET visit_due_at = ?2, sync_due_at = min(coalesce(sync_due_at, ?2), ?2)
   WHERE tenant_id = ?1`,
);

/**
 * Takes the lease of a tenant's checkout, unless another request has it. An attempt whose outcome is
 * not known keeps its key, which begins with its time. ?1 tenant, ?2 until when, ?3 a new key, ?4 now,
 * ?5 since when a key is kept.
 */
export const takeCheckoutLease = across<{ attempt: string; customerId: string | null }>(
  'billing.takeCheckoutLease',
  `INSERT INTO billing_accounts (tenant_id, checkout_held_until, checkout_attempt, created_at)
   VALUES (?1, ?2, ?3, ?4)
   ON CONFLICT (tenant_id) DO UPDATE SET
     checkout_held_until = ?2,
     checkout_attempt = iif(CAST(checkout_attempt AS INTEGER) > ?5, checkout_attempt, ?3)
   WHERE checkout_held_until <= ?4
   RETURNING checkout_attempt AS attempt, customer_id AS customerId`,
);

/** Gives it back, by who holds it: ?2 until when. ?3 the key to go on with, or null for a new one. */
export const releaseCheckoutLease = across<never>(
  'billing.releaseCheckoutLease',
  `UPDATE billing_accounts SET checkout_attempt = ?3, checkout_held_until = 0
   WHERE tenant_id = ?1 AND checkout_held_until = ?2`,
);

/** ?1 tenant, ?2 customer. */
export const noteCustomer = across<never>(
  'billing.noteCustomer',
  `UPDATE billing_accounts SET customer_id = ?2 WHERE tenant_id = ?1 AND customer_id IS NULL`,
);

/**
 * Notes a customer that was known before, unless there is another by now or the tenant has ended, and says
 * which it is: nothing where there is no such tenant. ?1 tenant, ?2 customer, ?3 now.
 */
export const reclaimCustomer = across<{ customerId: string }>(
  'billing.reclaimCustomer',
  `INSERT INTO billing_accounts (tenant_id, customer_id, created_at)
   SELECT id, ?2, ?3 FROM tenants WHERE id = ?1 AND purged_at IS NULL
   ON CONFLICT (tenant_id) DO UPDATE SET
     customer_id = coalesce(billing_accounts.customer_id, ?2)
   RETURNING customer_id AS customerId`,
);

/** The customer is gone at Stripe: the next checkout makes another. ?1 tenant, ?2 customer. */
export const forgetCustomer = across<never>(
  'billing.forgetCustomer',
  `UPDATE billing_accounts SET customer_id = NULL WHERE tenant_id = ?1 AND customer_id = ?2`,
);

/** ?1 customer. */
export const accountOfCustomer = across<AccountRow>(
  'billing.accountOfCustomer',
  `SELECT tenants.id AS tenantId, tenants.name AS tenantName, tenants.tier,
     tenants.deletes_at AS deletesAt, customer_id AS customerId,
     subscription_id AS subscriptionId, state, plan, cancels, period_ends_at AS periodEndsAt,
     past_due_since AS pastDueSince, sync_seq AS syncSeq
   FROM billing_accounts JOIN tenants ON tenants.id = billing_accounts.tenant_id
   WHERE customer_id = ?1`,
);

/** A plain INSERT: an event that is there already makes D1 refuse the whole batch. */
export const insertEvent = across<never>(
  'stripeEvents.insert',
  `INSERT INTO stripe_events (id, type, customer_id, outcome, created_at, received_at)
   VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
);

export const findEvent = across<{ id: string }>(
  'stripeEvents.find',
  `SELECT id FROM stripe_events WHERE id = ?1`,
);

/**
 * Where another snapshot was written since ?2 was read, `sync_seq` would be NULL and D1 refuses the
 * whole batch. ?3 subscription, ?4 status, ?5 state, ?6 plan, ?7 cancels, ?8 end of the period,
 * ?9 past due since, ?10 when to ask again, ?11 now. What a visit to Stripe's pages comes to is asked
 * whatever is written before.
 */
export const writeSnapshot = across<never>(
  'billing.writeSnapshot',
  `UPDATE billing_accounts SET
     sync_seq = CASE WHEN sync_seq = ?2 THEN sync_seq + 1 END,
     subscription_id = ?3, status = ?4, state = ?5, plan = ?6, cancels = ?7,
     period_ends_at = ?8, past_due_since = ?9,
     sync_due_at = CASE WHEN visit_due_at > ?11
       THEN min(visit_due_at, coalesce(?10, visit_due_at)) ELSE ?10 END
   WHERE tenant_id = ?1`,
);

export const setTier = across<never>(
  'billing.setTier',
  `UPDATE tenants SET tier = ?2 WHERE id = ?1`,
);

/** None for a tenant that has ended. ?1 tenant, ?2 id, ?3 subscription, ?4 what became of it, ?5 request, ?6 now. */
export const insertAuditOfSubscription = across<never>(
  'audit.insertOfSubscription',
  `INSERT INTO audit_log
     (tenant_id, id, actor_id, action, target, result, request_id, created_at)
   SELECT id, ?2, 'stripe', 'billing.subscription_changed', ?3, ?4, ?5, ?6
   FROM tenants WHERE id = ?1 AND purged_at IS NULL`,
);

export const ownersOfTenant = across<{ email: string }>(
  'billing.ownersOfTenant',
  `SELECT users.email FROM memberships JOIN users ON users.id = memberships.user_id
   WHERE memberships.tenant_id = ?1 AND memberships.role = 'owner' AND users.disabled_at IS NULL
   LIMIT 20`,
);

/** Takes the customer that is due longest, and puts the next try off at once. ?1 now, ?2 the next try. */
export const claimDueCustomer = across<{ tenantId: string; customerId: string }>(
  'billing.claimDueCustomer',
  `UPDATE billing_accounts SET sync_due_at = ?2
   WHERE tenant_id = (
     SELECT tenant_id FROM billing_accounts
     WHERE sync_due_at <= ?1 AND customer_id IS NOT NULL
     ORDER BY sync_due_at LIMIT 1
   ) AND sync_due_at <= ?1
   RETURNING tenant_id AS tenantId, customer_id AS customerId`,
);

/** Longer than Stripe sends anything again by itself, or by hand. ?1 the time, ?2 how many at most. */
export const removeOldEvents = acrossRetention<never>(
  'retention.stripeEvents',
  `DELETE FROM stripe_events WHERE id IN (
     SELECT id FROM stripe_events WHERE received_at < ?1 LIMIT ?2
   )`,
);
