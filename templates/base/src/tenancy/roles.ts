import type { Role } from '../db/tenant.ts';

const rank: Readonly<Record<Role, number>> = { owner: 3, admin: 2, member: 1 };

/** Whether somebody with one role may do what takes another. */
export function isAtLeast(held: Role, needed: Role): boolean {
  return rank[held] >= rank[needed];
}

/**
 * Whether somebody may give a role, take it away, or invite for it: admins and owners may, up to
 * their own. So only owners make, change and remove owners.
 */
export function mayGovern(held: Role, role: Role): boolean {
  return isAtLeast(held, 'admin') && isAtLeast(held, role);
}
