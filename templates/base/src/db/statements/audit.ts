import { crossTenantStatements, tenantStatement } from '../statement.ts';

const acrossMyTenants = crossTenantStatements('my tenants');
const acrossAccounts = crossTenantStatements('accounts');

export interface AuditRow {
  readonly id: string;
  readonly actorId: string;
  readonly action: string;
  readonly target: string;
  readonly result: string;
  readonly requestId: string;
  readonly createdAt: number;
}

/**
 * Stands right behind the change it tells of. Where that changed nothing, `changes()` is 0, `id`
 * would be NULL, D1 refuses the row and with it the whole batch.
 * ?2 id, ?3 actor, ?4 action, ?5 target, ?6 result, ?7 request, ?8 now.
 */
export const insertAudit = tenantStatement<never>(
  'audit.insert',
  `INSERT INTO audit_log
     (tenant_id, id, actor_id, action, target, result, request_id, created_at)
   VALUES (?1, CASE WHEN changes() > 0 THEN ?2 END, ?3, ?4, ?5, ?6, ?7, ?8)`,
);

/** The same for who enters a tenant and so is not behind its door yet. */
export const insertAuditOfEntry = acrossMyTenants<never>(
  'audit.insertOfEntry',
  `INSERT INTO audit_log
     (tenant_id, id, actor_id, action, target, result, request_id, created_at)
   VALUES (?1, CASE WHEN changes() > 0 THEN ?2 END, ?3, ?4, ?5, ?6, ?7, ?8)`,
);

/** One row for each tenant that a deleted user leaves. ?1 user, ?2 request, ?3 now. */
export const insertAuditOfDeletedUser = acrossAccounts<never>(
  'audit.insertOfDeletedUser',
  `INSERT INTO audit_log
     (tenant_id, id, actor_id, action, target, result, request_id, created_at)
   SELECT tenant_id, lower(hex(randomblob(16))), user_id, 'member.removed', user_id, role, ?2, ?3
   FROM memberships WHERE user_id = ?1`,
);

/** Newest first: ?2 and ?3 the last row of the page before, ?4 how many. */
export const listAudit = tenantStatement<AuditRow>(
  'audit.list',
  `SELECT id, actor_id AS actorId, action, target, result, request_id AS requestId,
     created_at AS createdAt
   FROM audit_log
   WHERE tenant_id = ?1 AND (created_at, id) < (?2, ?3)
   ORDER BY created_at DESC, id DESC
   LIMIT ?4`,
);
