import { crossTenantStatements, tenantStatement } from '../statement.ts';
import type { Role, Tier } from '../tenant.ts';

const across = crossTenantStatements('my tenants');

export interface TenantRow {
  readonly id: string;
  readonly name: string;
  readonly tier: Tier;
  readonly createdAt: number;
  /** When its rows go; set, the tenant is frozen. */
  readonly deletesAt: number | null;
}

export interface MyTenantRow extends TenantRow {
  readonly role: Role;
}

export const insertTenant = across<never>(
  'tenants.insert',
  `INSERT INTO tenants (id, name, created_at) VALUES (?1, ?2, ?3)`,
);

export const insertFirstOwner = across<never>(
  'tenants.insertFirstOwner',
  `INSERT INTO memberships (tenant_id, user_id, role, created_at) VALUES (?1, ?2, 'owner', ?3)`,
);

/** ?1 user, ?2 and ?3 the last tenant of the page before, ?4 how many. */
export const tenantsOfUser = across<MyTenantRow>(
  'tenants.ofUser',
  `SELECT tenants.id, tenants.name, tenants.tier, tenants.created_at AS createdAt,
     tenants.deletes_at AS deletesAt, memberships.role
   FROM memberships
   JOIN tenants ON tenants.id = memberships.tenant_id
   WHERE memberships.user_id = ?1 AND (tenants.created_at, tenants.id) > (?2, ?3)
   ORDER BY tenants.created_at, tenants.id
   LIMIT ?4`,
);

export const readTenant = tenantStatement<TenantRow>(
  'tenants.read',
  `SELECT id, name, tier, created_at AS createdAt, deletes_at AS deletesAt
   FROM tenants WHERE id = ?1`,
);

/**
 * Changes nothing, and stands in a batch for what is only read, so that it is written down. Not by the
 * id, for which D1 would look at every row that refers to it.
 */
export const touchTenant = tenantStatement<never>(
  'tenants.touch',
  `UPDATE tenants SET name = name WHERE id = ?1`,
);

export const renameTenant = tenantStatement<never>(
  'tenants.rename',
  `UPDATE tenants SET name = ?2 WHERE id = ?1`,
);
