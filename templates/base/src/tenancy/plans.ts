import type { Tier } from '../db/tenant.ts';

/** What a tenant may have. A standing limit is enforced in the statement that adds; beyond it there is a 402. */
export interface PlanLimits {
  readonly projects: number;
  readonly members: number;
  /** Invitations that are mailed in the app's name. */
  readonly mailsPerDay: number;
}

/**
 * What each tier includes. Lowering a number deletes nothing: a tenant that has more keeps it, and
 * can only read and delete until it is within the limit again.
 */
export const plans: Readonly<Record<Tier, PlanLimits>> = {
  free: { projects: 50, members: 10, mailsPerDay: 50 },
  pro: { projects: 1_000, members: 100, mailsPerDay: 200 },
  business: { projects: 10_000, members: 1_000, mailsPerDay: 1_000 },
};

const rank: Readonly<Record<Tier, number>> = { free: 0, pro: 1, business: 2 };

/** Whether what one tier pays for holds what another does. */
export function includesTier(held: Tier, needed: Tier): boolean {
  return rank[held] >= rank[needed];
}
