import { sabotage } from './sabotage.ts';

const audit = 'src/db/statements/audit.ts';
const end = 'src/db/statements/tenant-end.ts';
const exported = 'src/db/statements/tenant-export.ts';
const migration = 'migrations/0002_invitations_and_audit.sql';
const purge = 'src/tenancy/purge.ts';

/** The audit log, the export and the deletion of a tenant. */
export const auditAndEnd = [
  sabotage(
    'DB-1',
    'a change leaves no row in the audit log',
    'src/db/with-tenant.ts',
    'database.batchIf([change, bind(insertAudit, auditParameters(entry)), ...rest])',
    'database.batchIf([change, ...(auditParameters(entry).length > 99 ? [bind(insertAudit, [])] : []), ...rest])',
  ),
  sabotage(
    'DB-1',
    'what did not happen stands in the audit log',
    audit,
    `'audit.insert',
  \`INSERT INTO audit_log
     (tenant_id, id, actor_id, action, target, result, request_id, created_at)
   VALUES (?1, CASE WHEN changes() > 0 THEN ?2 END,`,
    `'audit.insert',
  \`INSERT INTO audit_log
     (tenant_id, id, actor_id, action, target, result, request_id, created_at)
   VALUES (?1, ?2,`,
  ),
  sabotage(
    'AUTH-1',
    'somebody gets in without having been let in',
    audit,
    `'audit.insertOfEntry',
  \`INSERT INTO audit_log
     (tenant_id, id, actor_id, action, target, result, request_id, created_at)
   VALUES (?1, CASE WHEN changes() > 0 THEN ?2 END,`,
    `'audit.insertOfEntry',
  \`INSERT INTO audit_log
     (tenant_id, id, actor_id, action, target, result, request_id, created_at)
   VALUES (?1, ?2,`,
  ),
  sabotage(
    'DB-1',
    'who deletes their account leaves tenants without a word',
    audit,
    'FROM memberships WHERE user_id = ?1',
    "FROM memberships WHERE user_id = ?1 AND role = 'nobody'",
  ),
  sabotage(
    'DB-1',
    'the audit log names the wrong actor',
    'src/tenancy/audit.ts',
    'return [crypto.randomUUID(), by.userId,',
    'return [crypto.randomUUID(), target,',
  ),
  sabotage(
    'DB-1',
    'the audit log cannot be traced to a request',
    'src/tenancy/audit.ts',
    'action, target, result, by.requestId,',
    'action, target, result, crypto.randomUUID(),',
  ),
  sabotage(
    'DB-1',
    'a row of the audit log can be changed',
    migration,
    'BEFORE UPDATE ON audit_log',
    'BEFORE UPDATE OF tenant_id ON audit_log',
  ),
  sabotage(
    'DB-1',
    'a row of the audit log can be deleted',
    migration,
    'WHEN NOT EXISTS (\n  SELECT 1 FROM tenants WHERE id = old.tenant_id AND deletes_at <= unixepoch() * 1000\n)',
    'WHEN old.tenant_id IS NULL',
  ),
  sabotage(
    'DB-1',
    'the audit log of a frozen tenant can be deleted before its time',
    migration,
    'AND deletes_at <= unixepoch() * 1000',
    'AND deletes_at IS NOT NULL',
  ),
  sabotage(
    'DB-1',
    'an invitation can move to another tenant',
    migration,
    'BEFORE UPDATE OF tenant_id ON invitations',
    'BEFORE UPDATE OF email ON invitations',
  ),
  sabotage(
    'DB-1',
    'an export forgets a column',
    exported,
    'SELECT id, name, description, created_at FROM projects',
    'SELECT id, name, created_at FROM projects',
  ),
  sabotage(
    'DB-1',
    'an export forgets a table',
    exported,
    "table: 'audit_log',",
    "table: 'projects',",
  ),
  sabotage(
    'DB-1',
    'an export holds the hash of a token',
    exported,
    'SELECT id, email, role, invited_by,',
    'SELECT id, email, role, invited_by, token_hash,',
  ),
  sabotage(
    'DB-1',
    'an export stops after its first page',
    'src/tenancy/export.ts',
    'while (rows.length === rowsPerPage)',
    'while (rows.length > rowsPerPage)',
  ),
  sabotage(
    'DB-1',
    'an export leaves no row in the audit log',
    'src/tenancy/end-routes.ts',
    'if ((await data.settings.noteExport(authorOf(context, actor))) === null) {',
    'if ((await data.settings.read()) === null) {',
  ),
  sabotage(
    'TEST-2',
    'an export holds the projects of everybody',
    exported,
    'FROM projects\n       WHERE tenant_id = ?1 AND id > ?2',
    'FROM projects\n       WHERE ?1 = ?1 AND id > ?2',
  ),
  sabotage(
    'TEST-2',
    'an export goes on into the tenants that come after',
    exported,
    'FROM audit_log\n       WHERE tenant_id = ?1 AND',
    'FROM audit_log\n       WHERE tenant_id >= ?1 AND',
  ),
  sabotage(
    'TEST-2',
    'an export joins the members of everybody',
    exported,
    'WHERE memberships.tenant_id = ?1 AND memberships.user_id > ?2',
    'WHERE ?1 = ?1 AND memberships.user_id > ?2',
  ),
  sabotage(
    'TEST-2',
    'the audit log of every tenant is listed',
    audit,
    'WHERE tenant_id = ?1 AND (created_at, id) > (?2, ?3)',
    'WHERE ?1 = ?1 AND (created_at, id) > (?2, ?3)',
  ),
  sabotage(
    'TEST-2',
    'deleting one tenant freezes all',
    end,
    'SET deletes_at = ?2 WHERE id = ?1 AND deletes_at IS NULL',
    'SET deletes_at = ?2 WHERE ?1 = ?1 AND deletes_at IS NULL',
  ),
  sabotage(
    'TEST-2',
    'deleting one tenant revokes the invitations of all',
    'src/db/statements/invitations.ts',
    'DELETE FROM invitations WHERE tenant_id = ?1`',
    'DELETE FROM invitations WHERE ?1 = ?1`',
  ),
  sabotage(
    'TEST-2',
    'thinking again thaws every tenant',
    end,
    'SET deletes_at = NULL WHERE id = ?1',
    'SET deletes_at = NULL WHERE ?1 = ?1',
  ),
  sabotage(
    'DB-1',
    'a deletion leaves the invitations',
    'src/db/statements/invitations.ts',
    'DELETE FROM invitations WHERE tenant_id = ?1`',
    'DELETE FROM invitations WHERE tenant_id = ?1 AND expires_at < 0`',
  ),
  sabotage(
    'DB-1',
    'who deletes a tenant a moment later moves its date',
    end,
    'WHERE id = ?1 AND deletes_at IS NULL',
    'WHERE id = ?1',
  ),
  sabotage(
    'DB-1',
    'an export reads its pages in another order than it counts them',
    exported,
    'ORDER BY memberships.user_id LIMIT ?3',
    'ORDER BY memberships.created_at LIMIT ?3',
  ),
  sabotage(
    'DB-1',
    'a row need not belong to a tenant that exists',
    migration,
    'CREATE TABLE audit_log (\n  tenant_id TEXT NOT NULL REFERENCES tenants (id),',
    'CREATE TABLE audit_log (\n  tenant_id TEXT NOT NULL,',
  ),
  sabotage(
    'DB-1',
    'a tenant is purged the day it is deleted',
    'src/tenancy/settings.ts',
    'const graceMs = 7 *',
    'const graceMs = 0 *',
  ),
  sabotage(
    'DB-1',
    'a deletion can be cancelled while the purge runs',
    end,
    'WHERE id = ?1 AND deletes_at > ?2',
    'WHERE id = ?1 AND deletes_at > ?2 - 9e12',
  ),
  sabotage(
    'DB-1',
    'a purge leaves the projects',
    end,
    'DELETE FROM projects WHERE tenant_id = ?1 AND id IN',
    "DELETE FROM projects WHERE tenant_id = ?1 AND name = '' AND id IN",
  ),
  sabotage(
    'DB-1',
    'a purge takes the members of every tenant',
    end,
    `DELETE FROM memberships WHERE tenant_id = ?1 AND user_id IN (
       SELECT user_id FROM memberships WHERE tenant_id = ?1 LIMIT ?2`,
    `DELETE FROM memberships WHERE ?1 = ?1 AND user_id IN (
       SELECT user_id FROM memberships WHERE user_id > '' LIMIT ?2`,
  ),
  sabotage(
    'DB-1',
    'a frozen tenant is purged before its time',
    end,
    'WHERE deletes_at <= ?1 AND purged_at IS NULL AND',
    'WHERE deletes_at > ?1 AND purged_at IS NULL AND',
  ),
  sabotage(
    'DB-1',
    'the tombstone keeps the name',
    end,
    "SET name = '', purged_at = ?2",
    'SET purged_at = ?2',
  ),
  sabotage(
    'DB-1',
    'a run purges without end',
    purge,
    'if (steps > stepsPerRun) return;',
    'if (steps > 1_000 * stepsPerRun) return;',
  ),
  sabotage(
    'DB-1',
    'a tenant that cannot be purged holds up the others',
    purge,
    "logger.log('error', 'scheduled work failed', what);",
    "logger.log('error', 'scheduled work failed', what);\n      return;",
  ),
  sabotage(
    'DB-1',
    'the log does not say which tenant is not purged',
    purge,
    "{ task: 'purge tenants', tenantId: due.id, fault",
    "{ task: 'purge tenants', fault",
  ),
  sabotage(
    'DB-1',
    'the purge of one tenant buries those whose ids come after',
    end,
    'WHERE id = ?1 AND deletes_at <= ?2',
    'WHERE id >= ?1 AND deletes_at <= ?2',
  ),
  sabotage(
    'DB-1',
    'the purge of one tenant buries those whose ids come before',
    end,
    'WHERE id = ?1 AND deletes_at <= ?2',
    'WHERE id <= ?1 AND deletes_at <= ?2',
  ),
  sabotage(
    'DB-1',
    'a purge leaves what is beyond the first rows',
    purge,
    'while (purged === rowsPerStep)',
    'while (purged > rowsPerStep || steps === 0)',
  ),
  sabotage(
    'DB-1',
    'nothing is ever purged',
    'src/index.ts',
    '() => purgeTenants(',
    "async () => cron === '' && purgeTenants(",
  ),
  sabotage(
    'DB-1',
    'the log names another project than the one that is deleted',
    'src/projects/repository.ts',
    "action: 'project.deleted', target: id }",
    "action: 'project.deleted', target: crypto.randomUUID() }",
  ),
  sabotage(
    'DB-1',
    'the log says another time than the request',
    'src/tenancy/audit.ts',
    'by.requestId, by.now];',
    'by.requestId, by.now - 60_000];',
  ),
  sabotage(
    'DB-1',
    'expired invitations are kept',
    'src/ops/retention.ts',
    '  { statement: removeOldInvitations, forMs: day },\n',
    '',
  ),
];
