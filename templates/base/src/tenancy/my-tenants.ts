import { acrossTenants } from '../db/across-tenants.ts';
import type { Database } from '../db/database.ts';
import {
  insertFirstOwner,
  insertTenant,
  tenantsOfUser,
  type MyTenantRow,
} from '../db/statements/tenants.ts';
import type { Position } from '../http/pagination.ts';

/** Founds a tenant: the tenant and its first owner come into being together. */
export async function foundTenant(
  database: Database,
  founder: { userId: string; name: string },
  now: number,
): Promise<MyTenantRow> {
  const across = acrossTenants(database, 'my tenants');
  const tenant: MyTenantRow = {
    id: crypto.randomUUID(),
    name: founder.name,
    role: 'owner',
    tier: 'free',
    createdAt: now,
  };
  await database.batch([
    across.bind(insertTenant, tenant.id, tenant.name, now),
    across.bind(insertFirstOwner, tenant.id, founder.userId, now),
  ]);
  return tenant;
}

/** The tenants a user belongs to, oldest first; one more than `limit`, which tells of a next page. */
export async function listMyTenants(
  database: Database,
  userId: string,
  page: { position: Position; limit: number },
): Promise<MyTenantRow[]> {
  const { position, limit } = page;
  return acrossTenants(database, 'my tenants').all(
    tenantsOfUser,
    userId,
    position.createdAt,
    position.id,
    limit + 1,
  );
}
