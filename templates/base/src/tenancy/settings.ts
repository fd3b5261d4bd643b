import { removeInvitations } from '../db/statements/invitations.ts';
import { freezeTenant, thawTenant } from '../db/statements/tenant-end.ts';
import { readTenant, renameTenant, touchTenant, type TenantRow } from '../db/statements/tenants.ts';
import type { BoundStatement } from '../db/database.ts';
import type { TenantDatabase } from '../db/with-tenant.ts';
import type { AuditAction, Author } from './audit.ts';

/** How long a tenant stays frozen before it is purged: the time in which a mistake, or a thief, is noticed. */
const graceMs = 7 * 24 * 60 * 60 * 1_000;

/** One tenant's own record. */
export interface SettingsRepository {
  read(): Promise<TenantRow | null>;
  /** The tenant as it is now. */
  rename(name: string, by: Author): Promise<TenantRow | null>;
  /** Writes down that everything is about to be read. */
  noteExport(by: Author): Promise<TenantRow | null>;
  /** Freezes the tenant and revokes its invitations; in seven days its rows are purged. */
  requestDeletion(by: Author): Promise<TenantRow | null>;
  /** Thaws it, while nothing was purged. Answers null where there is nothing to cancel. */
  cancelDeletion(by: Author): Promise<TenantRow | null>;
}

export function settingsRepository(database: TenantDatabase): SettingsRepository {
  const change = async (
    by: Author,
    action: AuditAction,
    ...changes: [BoundStatement<unknown>, ...BoundStatement<unknown>[]]
  ) => {
    const isChanged = await database.write({ by, action, target: database.tenant.id }, ...changes);
    return isChanged ? database.first(readTenant) : null;
  };
  return {
    read: () => database.first(readTenant),
    rename: (name, by) => change(by, 'tenant.updated', database.bind(renameTenant, name)),
    noteExport: (by) => change(by, 'tenant.exported', database.bind(touchTenant)),
    requestDeletion: (by) =>
      change(
        by,
        'tenant.deletion_requested',
        database.bind(freezeTenant, by.now + graceMs),
        database.bind(removeInvitations),
      ),
    cancelDeletion: (by) =>
      change(by, 'tenant.deletion_cancelled', database.bind(thawTenant, by.now)),
  };
}
