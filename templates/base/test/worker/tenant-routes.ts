import { env } from 'cloudflare:workers';
import { routes } from '../../src/app.ts';
import type { AuditAction } from '../../src/tenancy/audit.ts';
import { freshEmail, newUser } from './arrange.ts';
import type { Browser } from './browser.ts';
import { newTeam, type Person } from './team.ts';

/** How a test tries a route of a tenant. */
interface Case {
  /** A body that the route accepts, so that a refusal is not about the body. */
  readonly body?: () => unknown;
  /** What the audit log then says. */
  readonly action?: AuditAction;
  /** The role that the handler asks for, where the declaration leaves it more. */
  readonly needs?: 'admin';
  /** Whether the tenant must be frozen for it. */
  readonly isFrozen?: boolean;
}

/** One case for each route of a tenant, kept by hand: a route without one fails TEST-2. */
export const cases: Readonly<Record<string, Case>> = {
  'GET /api/tenants/:tenantId': {},
  'PATCH /api/tenants/:tenantId': {
    body: () => ({ name: 'Changed' }),
    action: 'tenant.updated',
  },
  'DELETE /api/tenants/:tenantId': { action: 'tenant.deletion_requested' },
  'POST /api/tenants/:tenantId/deletion/cancel': {
    action: 'tenant.deletion_cancelled',
    isFrozen: true,
  },
  'GET /api/tenants/:tenantId/export': { action: 'tenant.exported' },
  'GET /api/tenants/:tenantId/audit': {},
  'GET /api/tenants/:tenantId/members': {},
  'PATCH /api/tenants/:tenantId/members/:userId': {
    body: () => ({ role: 'admin' }),
    action: 'member.role_changed',
  },
  'DELETE /api/tenants/:tenantId/members/:userId': { action: 'member.removed', needs: 'admin' },
  'GET /api/tenants/:tenantId/invitations': {},
  'POST /api/tenants/:tenantId/invitations': {
    body: () => ({ email: freshEmail(), role: 'member' }),
    action: 'invitation.created',
  },
  'DELETE /api/tenants/:tenantId/invitations/:invitationId': { action: 'invitation.revoked' },
  'GET /api/tenants/:tenantId/projects': {},
  'POST /api/tenants/:tenantId/projects': {
    body: () => ({ name: 'New' }),
    action: 'project.created',
  },
  'GET /api/tenants/:tenantId/projects/:projectId': {},
  'PATCH /api/tenants/:tenantId/projects/:projectId': {
    body: () => ({ name: 'Changed' }),
    action: 'project.updated',
  },
  'DELETE /api/tenants/:tenantId/projects/:projectId': { action: 'project.deleted' },
};

/** The routes of a tenant, with their cases. */
export const tenantRoutes = routes.flatMap((route) => {
  const { method, path, access, input } = route;
  if (access.kind !== 'tenant') return [];
  const name = `${method} ${path}`;
  const tried: Case = cases[name] ?? {};
  return [{ name, method, path, access, input, isList: 'query' in input.shape, ...tried }];
});

export type TenantRoute = (typeof tenantRoutes)[number];

/** What stands for the parameters of a path. */
export type Ids = Readonly<Record<string, string>>;

/** A tenant that has two of everything, and the ids of one of each. */
export async function newFurnishedTeam() {
  const team = await newTeam();
  const { tenantId, owner } = team;
  const members = [await newUser(), await newUser()];
  const member = members[0] ?? owner;
  const ids = {
    tenantId,
    userId: member.userId,
    projectId: crypto.randomUUID(),
    invitationId: crypto.randomUUID(),
  };
  const insert = (sql: string, ...values: string[]) =>
    env.DB.prepare(sql).bind(tenantId, ...values);
  await env.DB.batch([
    ...members.map(({ userId }) =>
      insert(`INSERT INTO memberships VALUES (?1, ?2, 'member', ${Date.now()})`, userId),
    ),
    ...[ids.projectId, crypto.randomUUID()].map((id) =>
      insert(`INSERT INTO projects VALUES (?1, ?2, 'One', '', ${Date.now()})`, id),
    ),
    ...[ids.invitationId, crypto.randomUUID()].map((id) =>
      insert(
        `INSERT INTO invitations VALUES (?1, ?2, ?3, 'member', ?1 || ?2, ?4, 4e12, ${Date.now()})`,
        id,
        freshEmail(),
        owner.userId,
      ),
    ),
  ]);
  // A second row of the audit log, which nothing but a change can write.
  await owner.browser.patch(team.path, { name: 'Acme' });
  return { ...team, member, ids };
}

export const freeze = ({ browser }: Person, path: string) => browser.delete(path);

/** A path with ids in place of its parameters. */
export const fill = (path: string, ids: Ids) =>
  path.replace(/:(\w+)/g, (_, name: string) => ids[name] ?? `no ${name}`);

/** The answer without what differs from one request to the next. */
export async function answerTo(browser: Browser, method: string, path: string, body?: unknown) {
  const { status, text, json, headers } = await browser.send(method, path, body);
  const comparable = [...headers].filter(([name]) => name !== 'x-request-id');
  return { status, text: text.replaceAll(json?.requestId ?? '-', ''), comparable };
}

/** The tables that hold tenants' data, by the schema. */
export async function tenantTables(): Promise<string[]> {
  const { results } = await env.DB.prepare(
    `SELECT name FROM sqlite_master
     WHERE type = 'table' AND sql LIKE '%tenant_id TEXT NOT NULL%' ORDER BY name`,
  ).all<{ name: string }>();
  return results.map(({ name }) => name);
}

type Rows = Record<string, unknown>[];

/** Everything of one tenant as it is in D1, by table. */
export async function everythingOf(tenantId: string): Promise<Record<string, Rows>> {
  const all: Record<string, Rows> = {};
  const read = async (table: string, column: string) => {
    const rows = env.DB.prepare(`SELECT * FROM ${table} WHERE ${column} = ?1`).bind(tenantId);
    all[table] = (await rows.all()).results;
  };
  for (const table of await tenantTables()) await read(table, 'tenant_id');
  await read('tenants', 'id');
  return all;
}
