import { acrossTenants } from '../db/across-tenants.ts';
import type { Database } from '../db/database.ts';
import { insertAuditOfEntry } from '../db/statements/audit.ts';
import {
  insertFirstOwner,
  insertTenant,
  tenantsOfUser,
  type MyTenantRow,
} from '../db/statements/tenants.ts';
import type { Page } from '../http/pagination.ts';
import { auditParameters, type Author } from './audit.ts';

/** Founds a tenant: the tenant and its first owner come into being together. */
export async function foundTenant(
  database: Database,
  name: string,
  by: Author,
): Promise<MyTenantRow> {
  const across = acrossTenants(database, 'my tenants');
  const id = crypto.randomUUID();
  const entry = auditParameters({ by, action: 'tenant.created', target: id });
  await database.batch([
    across.bind(insertTenant, id, name, by.now),
    across.bind(insertFirstOwner, id, by.userId, by.now),
    across.bind(insertAuditOfEntry, id, ...entry),
  ]);
  return { id, name, role: 'owner', tier: 'free', createdAt: by.now, deletesAt: null };
}

/** The tenants a user belongs to, oldest first; one more than `limit`, which tells of a next page. */
export async function listMyTenants(
  database: Database,
  userId: string,
  { position, limit }: Page,
): Promise<MyTenantRow[]> {
  return acrossTenants(database, 'my tenants').all(
    tenantsOfUser,
    userId,
    position.createdAt,
    position.id,
    limit + 1,
  );
}
