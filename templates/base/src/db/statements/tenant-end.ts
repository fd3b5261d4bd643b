import { crossTenantStatements, tenantStatement } from '../statement.ts';

const across = crossTenantStatements('end of tenants');

/** ?2 when its rows go. */
export const freezeTenant = tenantStatement<never>(
  'tenants.freeze',
  `UPDATE tenants SET deletes_at = ?2 WHERE id = ?1 AND deletes_at IS NULL`,
);

/** Too late once its time has come: the purge may have begun. ?2 now. */
export const thawTenant = tenantStatement<never>(
  'tenants.thaw',
  `UPDATE tenants SET deletes_at = NULL WHERE id = ?1 AND deletes_at > ?2`,
);

/** ?1 now. */
export const tenantDueToPurge = across<{ id: string }>(
  'tenants.dueToPurge',
  `SELECT id FROM tenants WHERE deletes_at <= ?1 AND purged_at IS NULL
   ORDER BY deletes_at LIMIT 1`,
);

/**
 * One for each table of tenants, in the order that references allow. ?1 tenant, ?2 how many rows.
 * A table that is missing here fails test/worker/tenant-end.test.ts.
 */
export const purgeStatements = [
  across<never>(
    'invitations.purge',
    `DELETE FROM invitations WHERE tenant_id = ?1 AND id IN (
       SELECT id FROM invitations WHERE tenant_id = ?1 LIMIT ?2
     )`,
  ),
  across<never>(
    'projects.purge',
    `DELETE FROM projects WHERE tenant_id = ?1 AND id IN (
       SELECT id FROM projects WHERE tenant_id = ?1 LIMIT ?2
     )`,
  ),
  across<never>(
    'audit.purge',
    `DELETE FROM audit_log WHERE tenant_id = ?1 AND id IN (
       SELECT id FROM audit_log WHERE tenant_id = ?1 LIMIT ?2
     )`,
  ),
  across<never>(
    'members.purge',
    `DELETE FROM memberships WHERE tenant_id = ?1 AND user_id IN (
       SELECT user_id FROM memberships WHERE tenant_id = ?1 LIMIT ?2
     )`,
  ),
];

/** Leaves a tombstone: that there was a tenant of this id, and when it went. ?2 now. */
export const buryTenant = across<never>(
  'tenants.bury',
  `UPDATE tenants SET name = '', purged_at = ?2 WHERE id = ?1 AND deletes_at <= ?2`,
);
