import { sabotage } from './sabotage.ts';

const access = 'src/auth/access.ts';
const members = 'src/db/statements/members.ts';
const memberRoutes = 'src/tenancy/member-routes.ts';
const roles = 'src/tenancy/roles.ts';

/** What a route does that reaches past both doors. */
const thirdDoor = [
  {
    file: 'src/projects/routes.ts',
    find: "import type { ProjectRow } from '../db/statements/projects.ts';",
    replace:
      "import { BoundStatement } from '../db/database.ts';\nimport { readProject, type ProjectRow } from '../db/statements/projects.ts';",
  },
  {
    file: 'src/projects/routes.ts',
    find: `const { projects } = withTenant(context.database, actor.tenant);
      const project = await projects.read(input.params.projectId);`,
    replace: `const tenantId = c.req.header('X-Tenant-Id') ?? actor.tenant.id;
      const bound = new BoundStatement<ProjectRow>(readProject, [tenantId, input.params.projectId]);
      const project = await context.database.first(bound);`,
  },
] as const;

/** Roles, members, and the routes of a tenant. */
export const tenancy = [
  sabotage(
    'AUTH-1',
    'an admin governs owners',
    roles,
    "return isAtLeast(held, 'admin') && isAtLeast(held, role);",
    "return isAtLeast(held, 'admin') && role !== held.slice(0, 0);",
  ),
  sabotage(
    'AUTH-1',
    'a member governs members',
    roles,
    "return isAtLeast(held, 'admin') && isAtLeast(held, role);",
    'return isAtLeast(held, role);',
  ),
  sabotage(
    'AUTH-1',
    'only the new role is looked at: an admin demotes an owner',
    memberRoutes,
    'for (const touched of [member.role, input.body.role])',
    'for (const touched of [input.body.role])',
  ),
  sabotage(
    'AUTH-1',
    'only the old role is looked at: an admin makes an owner',
    memberRoutes,
    'for (const touched of [member.role, input.body.role])',
    'for (const touched of [member.role])',
  ),
  sabotage(
    'AUTH-1',
    'an admin removes an owner',
    memberRoutes,
    'if (!isLeaving && !mayGovern(actor.tenant.role, member.role)) {',
    "if (!isLeaving && actor.tenant.role === 'member') {",
  ),
  sabotage(
    'AUTH-1',
    'nobody but admins may leave',
    memberRoutes,
    'if (!isLeaving && !mayGovern(actor.tenant.role, member.role)) {',
    'if (!mayGovern(actor.tenant.role, member.role)) {',
  ),
  sabotage(
    'AUTH-1',
    'a role changes without a step-up, though the route declares one',
    access,
    "if (stepUp) requireStepUp(c.get('context').now, row);",
    "if (stepUp && role === 'owner') requireStepUp(c.get('context').now, row);",
  ),
  sabotage(
    'AUTH-1',
    'changing a role declares no step-up',
    memberRoutes,
    "access: access.tenant({ role: 'admin', stepUp: true }),",
    "access: access.tenant({ role: 'admin' }),",
  ),
  sabotage(
    'AUTH-1',
    'the last owner leaves',
    members,
    `AND role = ?3
     AND CASE WHEN role = 'owner' THEN EXISTS (`,
    `AND role = ?3
     AND CASE WHEN role = 'nobody' THEN EXISTS (`,
  ),
  sabotage(
    'AUTH-1',
    'the last owner is demoted',
    members,
    "CASE WHEN role = 'owner' AND ?3 <> 'owner' THEN EXISTS (",
    "CASE WHEN role = 'nobody' AND ?3 <> 'owner' THEN EXISTS (",
  ),
  sabotage(
    'AUTH-1',
    'who deletes their account leaves a tenant to an owner who is disabled',
    'src/db/statements/accounts.ts',
    '\n         AND (SELECT disabled_at FROM users WHERE id = others.user_id) IS NULL',
    '',
  ),
  sabotage(
    'AUTH-1',
    'any other member counts as an owner who stays',
    members,
    `AND role = ?3
     AND CASE WHEN role = 'owner' THEN EXISTS (
       SELECT 1 FROM memberships AS others
       WHERE others.tenant_id = ?1 AND others.role = 'owner' AND others.user_id <> ?2`,
    `AND role = ?3
     AND CASE WHEN role = 'owner' THEN EXISTS (
       SELECT 1 FROM memberships AS others
       WHERE others.tenant_id = ?1 AND others.user_id <> ?2`,
  ),
  sabotage(
    'AUTH-1',
    'a role changes though it is no longer the one that was read',
    members,
    'WHERE tenant_id = ?1 AND user_id = ?2 AND role = ?4',
    "WHERE tenant_id = ?1 AND user_id = ?2 AND ?4 <> ''",
  ),
  sabotage(
    'AUTH-1',
    'a member is removed though their role is no longer the one that was read',
    members,
    'WHERE tenant_id = ?1 AND user_id = ?2 AND role = ?3',
    "WHERE tenant_id = ?1 AND user_id = ?2 AND ?3 <> ''",
  ),
  sabotage(
    'AUTH-1',
    'who was demoted a moment ago still changes roles',
    members,
    'asking.user_id = ?5 AND asking.role = ?6',
    "asking.user_id = ?5 AND ?6 <> ''",
  ),
  sabotage(
    'AUTH-1',
    'who was demoted a moment ago still removes members',
    members,
    'asking.user_id = ?4 AND asking.role = ?5',
    "asking.user_id = ?4 AND ?5 <> ''",
  ),
  sabotage(
    'AUTH-1',
    'a frozen tenant is open to admins',
    access,
    'if (row.deletesAt !== null && !whileFrozen)',
    "if (row.deletesAt !== null && !whileFrozen && role !== 'admin')",
  ),
  sabotage(
    'AUTH-1',
    'the guard does not ask whether a tenant is frozen',
    'src/db/statements/sessions.ts',
    'tenants.deletes_at AS deletesAt',
    'NULL AS deletesAt',
  ),
  sabotage(
    'AUTH-1',
    'who owns any tenant is an owner in each they are in',
    'src/db/statements/sessions.ts',
    'memberships.tenant_id AS tenantId, memberships.role, tenants.tier,',
    `memberships.tenant_id AS tenantId, tenants.tier,
     CASE WHEN memberships.role IS NOT NULL THEN (
       SELECT held.role FROM memberships AS held WHERE held.user_id = users.id
       ORDER BY held.role DESC LIMIT 1
     ) END AS role,`,
  ),
  sabotage(
    'TEST-2',
    'the guard lets a header name the tenant',
    access,
    "await requireSession(c, c.req.param('tenantId') ?? null);",
    "await requireSession(c, c.req.header('X-Tenant-Id') ?? c.req.param('tenantId') ?? null);",
  ),
  {
    control: 'TEST-2',
    name: 'a route binds a statement itself, to the tenant of a header',
    edits: thirdDoor,
  },
  {
    control: 'DB-1',
    name: 'a route binds a statement itself',
    edits: thirdDoor,
  },
  sabotage(
    'DB-1',
    'a route holds a statement',
    'src/projects/routes.ts',
    "import type { ProjectRow } from '../db/statements/projects.ts';",
    "import { readProject, type ProjectRow } from '../db/statements/projects.ts';\nvoid readProject;",
  ),
  sabotage(
    'DB-1',
    'an owner of another tenant counts as one who stays',
    members,
    `AND role = ?3
     AND CASE WHEN role = 'owner' THEN EXISTS (
       SELECT 1 FROM memberships AS others
       WHERE others.tenant_id = ?1 AND`,
    `AND role = ?3
     AND CASE WHEN role = 'owner' THEN EXISTS (
       SELECT 1 FROM memberships AS others
       WHERE`,
  ),
  sabotage(
    'TEST-2',
    'a member is removed from every tenant',
    members,
    'WHERE tenant_id = ?1 AND user_id = ?2 AND role = ?3',
    'WHERE ?1 = ?1 AND user_id = ?2 AND role = ?3',
  ),
  sabotage(
    'TEST-2',
    'a role changes in every tenant',
    members,
    'WHERE tenant_id = ?1 AND user_id = ?2 AND role = ?4',
    'WHERE ?1 = ?1 AND user_id = ?2 AND role = ?4',
  ),
  sabotage(
    'TEST-2',
    'a member of any tenant can be looked up',
    members,
    'WHERE memberships.tenant_id = ?1 AND memberships.user_id = ?2',
    'WHERE ?1 = ?1 AND memberships.user_id = ?2',
  ),
  sabotage(
    'TEST-2',
    'the list of members joins those of others',
    members,
    `WHERE memberships.tenant_id = ?1
     AND (memberships.created_at`,
    `WHERE ?1 = ?1
     AND (memberships.created_at`,
  ),
  sabotage(
    'TEST-2',
    'a rename reaches every tenant',
    'src/db/statements/tenants.ts',
    'UPDATE tenants SET name = ?2 WHERE id = ?1',
    'UPDATE tenants SET name = ?2 WHERE ?1 = ?1',
  ),
  sabotage(
    'TEST-2',
    'a route of a tenant has no case that tries it',
    'src/tenancy/audit-routes.ts',
    "path: '/api/tenants/:tenantId/audit'",
    "path: '/api/tenants/:tenantId/log'",
  ),
  sabotage(
    'API-1',
    'members of one moment are lost between two pages',
    members,
    'AND (memberships.created_at, memberships.user_id) > (?2, ?3)',
    'AND memberships.created_at > ?2 AND memberships.user_id <> ?3',
  ),
  sabotage(
    'API-1',
    'what was done in one moment is lost between two pages of the log',
    'src/db/statements/audit.ts',
    'WHERE tenant_id = ?1 AND (created_at, id) < (?2, ?3)',
    'WHERE tenant_id = ?1 AND created_at < ?2 AND id <> ?3',
  ),
  sabotage(
    'AUTH-1',
    'the log of a tenant begins with its first day',
    'src/db/statements/audit.ts',
    'ORDER BY created_at DESC, id DESC',
    'ORDER BY created_at, id',
  ),
  sabotage(
    'API-1',
    'invitations of one moment are lost between two pages',
    'src/db/statements/invitations.ts',
    'WHERE tenant_id = ?1 AND (created_at, id) > (?2, ?3) AND expires_at > ?5',
    'WHERE tenant_id = ?1 AND created_at > ?2 AND id <> ?3 AND expires_at > ?5',
  ),
  sabotage(
    'API-1',
    'projects of one moment are lost between two pages, newest first',
    'src/db/statements/projects.ts',
    'WHERE tenant_id = ?1 AND (created_at, id) < (?2, ?3)',
    'WHERE tenant_id = ?1 AND created_at < ?2 AND id <> ?3',
  ),
  sabotage(
    'API-1',
    'tenants of one moment are lost between two pages',
    'src/db/statements/tenants.ts',
    '(tenants.created_at, tenants.id) > (?2, ?3)',
    'tenants.created_at > ?2 AND tenants.id <> ?3',
  ),
  sabotage(
    'API-1',
    'who renames a project empties its description',
    'src/db/statements/projects.ts',
    'description = coalesce(?4, description)',
    "description = coalesce(?4, '')",
  ),
  sabotage(
    'AUTH-1',
    'a member whose account is closed is listed nowhere',
    members,
    'WHERE memberships.tenant_id = ?1\n     AND (memberships.created_at',
    'WHERE memberships.tenant_id = ?1 AND users.disabled_at IS NULL\n     AND (memberships.created_at',
  ),
  sabotage(
    'AUTH-1',
    'a member whose account is closed cannot be removed',
    members,
    'WHERE memberships.tenant_id = ?1 AND memberships.user_id = ?2',
    'WHERE memberships.tenant_id = ?1 AND memberships.user_id = ?2 AND users.disabled_at IS NULL',
  ),
  sabotage(
    'AUTH-1',
    'everybody is shown as an owner of the tenants they are in',
    'src/db/statements/tenants.ts',
    'AS deletesAt, memberships.role',
    "AS deletesAt, 'owner' AS role",
  ),
];
