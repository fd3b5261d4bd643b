import { tenantStatement, type Parameter } from '../statement.ts';

/** A row as it is in D1, by column. */
export type ExportedRow = Readonly<Record<string, Parameter>>;

/**
 * What an export holds: each table of a tenant, with every column but the tenant's id and what is
 * secret. `key` orders the rows; ?2 is the last of the page before, ?3 how many. A table or column
 * that is missing fails test/worker/tenant-end.test.ts.
 */
export const exportedTables = [
  {
    table: 'tenants',
    key: 'id',
    statement: tenantStatement<ExportedRow>(
      'tenants.export',
      `SELECT id, name, tier, created_at, deletes_at FROM tenants
       WHERE id = ?1 AND id > ?2 LIMIT ?3`,
    ),
  },
  {
    table: 'memberships',
    key: 'user_id',
    statement: tenantStatement<ExportedRow>(
      'members.export',
      `SELECT memberships.user_id, users.name, users.email, memberships.role,
         memberships.created_at
       FROM memberships
       JOIN users ON users.id = memberships.user_id
       WHERE memberships.tenant_id = ?1 AND memberships.user_id > ?2
       ORDER BY memberships.user_id LIMIT ?3`,
    ),
  },
  {
    table: 'invitations',
    key: 'id',
    statement: tenantStatement<ExportedRow>(
      'invitations.export',
      `SELECT id, email, role, invited_by, expires_at, created_at FROM invitations
       WHERE tenant_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3`,
    ),
  },
  {
    table: 'projects',
    key: 'id',
    statement: tenantStatement<ExportedRow>(
      'projects.export',
      `SELECT id, name, description, created_at FROM projects
       WHERE tenant_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3`,
    ),
  },
  {
    table: 'audit_log',
    key: 'id',
    statement: tenantStatement<ExportedRow>(
      'audit.export',
      `SELECT id, actor_id, action, target, result, request_id, created_at FROM audit_log
       WHERE tenant_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3`,
    ),
  },
] as const;
