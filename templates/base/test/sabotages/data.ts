import { sabotage } from './sabotage.ts';

const database = 'src/db/database.ts';
const migration = 'migrations/0001_initial.sql';
const projects = 'src/db/statements/projects.ts';
const tenants = 'src/db/statements/tenants.ts';

export const data = [
  sabotage(
    'DB-1',
    'an update forgets the tenant',
    projects,
    `description = coalesce(?4, description)
   WHERE tenant_id = ?1 AND id = ?2`,
    `description = coalesce(?4, description)
   WHERE ?1 = ?1 AND id = ?2`,
  ),
  sabotage(
    'DB-1',
    'a list is open by precedence: AND binds tighter than OR',
    projects,
    'WHERE tenant_id = ?1 AND (created_at, id) > (?2, ?3)',
    'WHERE tenant_id = ?1 AND created_at > ?2 OR (created_at, id) > (?2, ?3)',
  ),
  sabotage(
    'DB-1',
    'an insert takes the tenant from somewhere else',
    projects,
    'SELECT ?1, ?2, ?3, ?4, ?5 FROM tenants',
    'SELECT coalesce(?4, ?1), ?2, ?3, ?4, ?5 FROM tenants',
  ),
  sabotage(
    'DB-1',
    'a table of tenants has a key of its own',
    migration,
    '  PRIMARY KEY (tenant_id, id)\n) STRICT, WITHOUT ROWID;',
    '  PRIMARY KEY (id)\n) STRICT, WITHOUT ROWID;',
  ),
  sabotage(
    'DB-1',
    'a row can move to another tenant',
    migration,
    `CREATE TRIGGER projects_stay_in_their_tenant
BEFORE UPDATE OF tenant_id ON projects`,
    `CREATE TRIGGER projects_stay_in_their_tenant
BEFORE UPDATE OF id ON projects`,
  ),
  sabotage(
    'DB-1',
    'statements need not be registered',
    database,
    'if (!isRegistered(statement))',
    'if (!isRegistered(statement) && parameters.length > 100)',
  ),
  sabotage(
    'DB-1',
    'one more statement crosses tenants',
    tenants,
    'export const readTenant =',
    `export const everyTenant = across<TenantRow>(
  'tenants.every',
  \`SELECT id, name, tier, created_at AS createdAt FROM tenants WHERE id > ?1\`,
);

export const readTenant =`,
  ),
  sabotage(
    'DB-1',
    'a route makes up a tenant from the path',
    'src/projects/routes.ts',
    'const rows = await withTenant(context.database, actor.tenant)',
    `const { Tenant } = await import('../db/tenant.ts');
      const tenant = new Tenant({ ...input.params, role: actor.tenant.role, tier: 'free' });
      const rows = await withTenant(context.database, tenant)`,
  ),
  sabotage(
    'DB-2',
    'a value is written into the statement',
    projects,
    'createdAt\n   FROM projects WHERE tenant_id = ?1 AND id = ?2`,',
    "createdAt\n   FROM projects WHERE tenant_id = ?1 AND id = ?2 ${''}`,",
  ),
  sabotage(
    'DB-2',
    'parameters become text before D1 sees them',
    database,
    'return session.prepare(this.#statement.sql).bind(...this.#parameters);',
    `const text = this.#statement.sql.replace(/\\?(\\d+)/g, (_mark, number) => {
      const value = this.#parameters[Number(number) - 1] ?? null;
      return value === null ? 'NULL' : typeof value === 'number' ? String(value) : \`'\${value}'\`;
    });
    return session.prepare(text);`,
  ),
  sabotage(
    'DB-3',
    'the message of the database error reaches the client',
    'src/http/errors.ts',
    "return new Problem(codeOf[kind], details).toResponse(c.get('requestId'));",
    "const errors = [{ field: 'database', message: thrown.message }];\n    return new Problem(codeOf[kind], { errors }).toResponse(c.get('requestId'));",
  ),
  sabotage(
    'DB-3',
    'the log does not say which statement failed',
    'src/http/errors.ts',
    "'database error', { code: kind, statement });",
    "'database error', { code: kind });",
  ),
  sabotage(
    'DB-3',
    'a refused write looks like an outage',
    'src/db/errors.ts',
    'constraint failed|SQLITE_CONSTRAINT|',
    '',
  ),
  sabotage(
    'DB-3',
    'an outage looks like our mistake',
    'src/db/errors.ts',
    "return new DatabaseError('unavailable', statement);",
    "return new DatabaseError('defect', statement);",
  ),
  sabotage(
    'DB-4',
    'a rollback leaves a table behind',
    'migrations/rollback/0001_initial.down.sql',
    'DROP TABLE projects;\n',
    '',
  ),
  sabotage(
    'DB-4',
    'a rollback drops what others refer to first',
    'migrations/rollback/0001_initial.down.sql',
    'DROP TABLE sessions;\nDROP TABLE users;',
    'DROP TABLE sessions;\nALTER TABLE users RENAME TO former_users;',
  ),
  sabotage(
    'TEST-2',
    'a project of any tenant can be read',
    projects,
    'createdAt\n   FROM projects WHERE tenant_id = ?1 AND id = ?2`',
    'createdAt\n   FROM projects WHERE ?1 = ?1 AND id = ?2`',
  ),
  sabotage(
    'TEST-2',
    'only the update forgets the tenant',
    projects,
    `description = coalesce(?4, description)
   WHERE tenant_id = ?1 AND id = ?2`,
    `description = coalesce(?4, description)
   WHERE ?1 = ?1 AND id = ?2`,
  ),
  sabotage(
    'TEST-2',
    'a project of any tenant can be deleted',
    projects,
    'DELETE FROM projects WHERE tenant_id = ?1 AND id = ?2',
    'DELETE FROM projects WHERE ?1 = ?1 AND id = ?2',
  ),
  sabotage(
    'TEST-2',
    'the guard joins memberships of anybody',
    'src/db/statements/sessions.ts',
    'memberships.tenant_id = ?3 AND memberships.user_id = users.id',
    'memberships.tenant_id = ?3',
  ),
  sabotage(
    'TEST-2',
    'a foreign tenant answers 403, which tells that it exists',
    'src/auth/access.ts',
    "if (tenantId === null || held === null || tier === null) throw new Problem('not_found');",
    "if (tenantId === null || held === null || tier === null) throw new Problem('role_required');",
  ),
  sabotage(
    'DB-1',
    'a demotion reads every member to find another owner',
    migration,
    "CREATE INDEX memberships_of_owners ON memberships (tenant_id, user_id) WHERE role = 'owner';",
    '',
  ),
  sabotage(
    'TEST-2',
    'the list of my tenants holds those of others',
    tenants,
    'WHERE memberships.user_id = ?1 AND',
    'WHERE ?1 = ?1 AND',
  ),
  sabotage(
    'DB-1',
    'a member may have a role that there is none of',
    migration,
    "role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member')),",
    'role TEXT NOT NULL,',
  ),
  sabotage(
    'DB-1',
    'somebody may be invited for a role that there is none of',
    'migrations/0002_invitations_and_audit.sql',
    "role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member')),",
    'role TEXT NOT NULL,',
  ),
  sabotage(
    'DB-1',
    'a tenant may be of a tier that there is none of',
    migration,
    "DEFAULT 'free' CHECK (tier IN ('free', 'pro', 'business')),",
    "DEFAULT 'free',",
  ),
];
