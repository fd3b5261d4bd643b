import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import '../../src/index.ts';
import { acrossTenants } from '../../src/db/across-tenants.ts';
import { Database } from '../../src/db/database.ts';
import { DatabaseError } from '../../src/db/errors.ts';
import { registeredStatements, type Statement } from '../../src/db/statement.ts';
import { insertFirstOwner } from '../../src/db/statements/tenants.ts';
import { newTenant, rowsOf } from './arrange.ts';
import { Browser } from './browser.ts';
import { interceptD1 } from './doubles.ts';
import { newTeam } from './team.ts';

/** Tables that belong to no tenant. Every other table holds tenants' data, and must say whose. */
const globalTables = [
  'users',
  'sessions',
  'one_time_tokens',
  'email_changes',
  'mfa',
  'recovery_codes',
  'security_events',
  'outbox',
];

/** The statements that may look across tenants, by the reason that opens them; kept by hand. */
const decidedToCross: Readonly<Record<string, string>> = {
  'accounts.insert': 'accounts',
  'accounts.byEmail': 'accounts',
  'accounts.byId': 'accounts',
  'accounts.replacePasswordHash': 'accounts',
  'accounts.resetPassword': 'accounts',
  'accounts.changePassword': 'accounts',
  'accounts.verifyEmail': 'accounts',
  'accounts.changeEmail': 'accounts',
  'accounts.rename': 'accounts',
  'accounts.leaveTenants': 'accounts',
  'accounts.delete': 'accounts',
  'audit.insertOfDeletedUser': 'accounts',
  'emailChanges.request': 'accounts',
  'emailChanges.confirm': 'accounts',
  'emailChanges.remove': 'accounts',
  'tokens.insert': 'one-time tokens',
  'tokens.retire': 'one-time tokens',
  'tokens.find': 'one-time tokens',
  'tokens.spend': 'one-time tokens',
  'tokens.retireAll': 'one-time tokens',
  'tokens.findSecondStep': 'one-time tokens',
  'tokens.countSecondStepTry': 'one-time tokens',
  'mfa.enroll': 'second factors',
  'mfa.ofUser': 'second factors',
  'mfa.activate': 'second factors',
  'mfa.acceptStep': 'second factors',
  'mfa.delete': 'second factors',
  'recoveryCodes.insert': 'second factors',
  'recoveryCodes.use': 'second factors',
  'recoveryCodes.deleteOfUser': 'second factors',
  'securityEvents.insert': 'security events',
  'securityEvents.insertOfPassword': 'security events',
  'securityEvents.insertOfToken': 'security events',
  'securityEvents.insertOfEmailChange': 'security events',
  'securityEvents.ofUser': 'security events',
  'securityEvents.hasLoggedInBefore': 'security events',
  'outbox.insert': 'mail',
  'outbox.claimDue': 'mail',
  'outbox.remove': 'mail',
  'outbox.postpone': 'mail',
  'outbox.giveUp': 'mail',
  'retention.sessions': 'retention',
  'retention.tokens': 'retention',
  'retention.emailChanges': 'retention',
  'retention.securityEvents': 'retention',
  'retention.outbox': 'retention',
  'retention.invitations': 'retention',
  'sessions.authorize': 'authorization',
  'sessions.insert': 'sessions',
  'sessions.extend': 'sessions',
  'sessions.revokeByToken': 'sessions',
  'sessions.revokeOfUser': 'sessions',
  'sessions.raiseEpoch': 'sessions',
  'sessions.liveOfUser': 'sessions',
  'sessions.noteStepUp': 'sessions',
  'tenants.insert': 'my tenants',
  'tenants.insertFirstOwner': 'my tenants',
  'tenants.ofUser': 'my tenants',
  'audit.insertOfEntry': 'my tenants',
  'invitations.find': 'invitations',
  'invitations.accept': 'invitations',
  'invitations.spend': 'invitations',
  'tenants.dueToPurge': 'end of tenants',
  'invitations.purge': 'end of tenants',
  'projects.purge': 'end of tenants',
  'audit.purge': 'end of tenants',
  'members.purge': 'end of tenants',
  'tenants.bury': 'end of tenants',
};

const ofOneTenant = registeredStatements().filter(({ scope }) => scope === 'tenant');
const named = (statements: readonly Statement[]) =>
  statements.map((statement) => [statement.name, statement] as const);

describe('DB-1 tenants are isolated: the schema', () => {
  it('every table is STRICT', async () => {
    const loose = (await tables()).filter(({ sql }) => !/\bSTRICT\b/.test(sql));
    expect(loose).toEqual([]);
  });

  it('every table belongs to a tenant, first in its key, unless it is on the list', async () => {
    const key = { name: 'tenant_id', type: 'TEXT', notnull: 1, pk: 1 };
    for (const name of await tenantTables()) expect(await columnsOf(name)).toContainEqual(key);
  });

  it('a reference from one table of tenants to another carries the tenant', async () => {
    const known = await tenantTables();
    const loose: string[] = [];
    for (const table of known) {
      const { results } = await env.DB.prepare(
        `SELECT "table" AS target, group_concat("from") AS columns
         FROM pragma_foreign_key_list('${table}') GROUP BY id`,
      ).all<{ target: string; columns: string }>();
      for (const { target, columns } of results) {
        const carries = columns.split(',').includes('tenant_id');
        if (!globalTables.includes(target) && !carries) loose.push(`${table} → ${target}`);
      }
    }
    expect(loose).toEqual([]);
  });

  it('no row ever moves to another tenant', async () => {
    const { owner, path, invite } = await newTeam();
    const other = await newTenant();
    await owner.browser.post(`${path}/projects`, { name: 'Apollo' });
    await invite('moved@example.com', 'member');
    for (const table of ['projects', 'memberships', 'invitations', 'audit_log']) {
      const move = env.DB.prepare(`UPDATE ${table} SET tenant_id = ?1`).bind(other.tenantId).run();
      await expect(move).rejects.toThrow(/tenant_id never changes/);
    }
  });
});

describe('DB-1 tenants are isolated: the statements', () => {
  it('exactly the decided statements cross tenants', () => {
    const crossing = registeredStatements().filter(({ scope }) => scope !== 'tenant');
    expect(Object.fromEntries(crossing.map(({ name, scope }) => [name, scope]))).toEqual(
      decidedToCross,
    );
  });

  it('a statement that is not registered cannot be run', async () => {
    const forged = { scope: 'tenant', name: 'projects.read', sql: 'SELECT * FROM users' } as const;
    const running = Database.open(env).all({ statement: forged, parameters: [] });
    await expect(running).rejects.toThrow('projects.read is not registered');
  });

  it.each(named(ofOneTenant))('%s: each tenant table is tied to ?1', async (_name, statement) => {
    const used = await tenantTablesIn(statement);
    expect(used.filter(({ tied }) => !tied)).toEqual([]);
  });

  it.each(named(ofOneTenant.filter(({ sql }) => /^INSERT/i.test(sql))))(
    '%s: ?1 goes into tenant_id',
    (_name, { sql }) => {
      expect(sql).toMatch(/^INSERT INTO \w+\s+\(tenant_id,[^)]*\)\s+(VALUES \(\?1,|SELECT \?1,)/i);
    },
  );

  it.each(named(ofOneTenant))(
    '%s: D1 looks every row up by its tenant',
    async (_name, statement) => {
      const searches = (await planOf(statement)).filter((line) => /^(SCAN|SEARCH)/.test(line));
      const byTenant = searches.filter((line) =>
        /^SEARCH (\w+ .*\([^)]*\btenant_id=\?|tenants .*\(id=\?|users .*\((id|email)=\?)/.test(
          line,
        ),
      );
      expect(byTenant).toEqual(searches);
    },
  );

  it.each(named(registeredStatements()))('%s: D1 scans no table', async (_name, statement) => {
    expect((await planOf(statement)).filter((line) => line.startsWith('SCAN'))).toEqual([]);
  });
});

describe('DB-2 only bound parameters reach SQL', () => {
  const hostile = [
    `'; DROP TABLE projects; --`,
    `' OR '1'='1`,
    `" OR ""="`,
    `1); DELETE FROM projects WHERE (1=1`,
    `%`,
    `_`,
    `\\`,
    `?1`,
    `x' UNION SELECT password_hash FROM users --`,
  ];

  it.each(hostile)('%s is text like any other', async (text) => {
    const { owner, path } = await newTenant();
    const kept = (await owner.post(`${path}/projects`, { name: 'kept' })).json;
    const before = (await rowsOf('projects')).length;
    const created = await owner.post(`${path}/projects`, { name: text, description: text });
    expect(created.json).toMatchObject({ name: text, description: text });
    await owner.patch(`${path}/projects/${created.json.id}`, { name: `${text}!` });
    for (const place of [
      `${path}/projects/${encodeURIComponent(text)}`,
      `${path}/projects?cursor=${encodeURIComponent(text)}`,
    ]) {
      expect([400, 404]).toContain((await owner.get(place)).status);
    }
    expect((await owner.delete(`${path}/projects/${encodeURIComponent(text)}`)).status).toBe(404);
    const rows = await rowsOf('projects');
    expect(rows).toHaveLength(before + 1);
    expect(rows.find((row) => row['id'] === kept.id)).toMatchObject({ name: 'kept' });
  });
});

describe('DB-3 what the database says in an error never reaches a client', () => {
  it('a constraint is a conflict, a fault of D1 is unavailability, a wrong statement is ours', async () => {
    const { addMember, owner, path } = await newTenant();
    await addMember('member');
    for (const [message, status] of [
      ['D1_ERROR: UNIQUE constraint failed: users.email: SQLITE_CONSTRAINT', 409],
      ['D1_ERROR: FOREIGN KEY constraint failed: SQLITE_CONSTRAINT', 409],
      ['D1_ERROR: no such table: projects: SQLITE_ERROR', 500],
      ['D1_ERROR: near "SELEC": syntax error at offset 0: SQLITE_ERROR', 500],
      ['D1_ERROR: Network connection lost.', 503],
      ['D1_ERROR: D1 DB is overloaded. Requests queued for too long.', 503],
      ['D1_ERROR: internal error; reference = 0123456789', 503],
    ] as const) {
      const browser = new Browser();
      browser.cookies.set('__Host-sid', owner.cookies.get('__Host-sid') ?? '');
      browser.env = {
        ...env,
        DB: interceptD1((sql) => {
          if (sql.includes('FROM projects')) throw new Error(message);
        }),
      };
      const answer = await browser.get(`${path}/projects`);
      expect([message, answer.status]).toEqual([message, status]);
      expect(answer.text).not.toMatch(/D1_|SQLITE|users|projects|constraint|reference/i);
    }
  });

  it('D1 itself, refusing a real write, is mapped the same way', async () => {
    const { tenantId, addMember } = await newTenant();
    await addMember('member');
    const across = acrossTenants(Database.open(env), 'my tenants');
    const refused = across.change(insertFirstOwner, tenantId, 'nobody', Date.now());
    await expect(refused).rejects.toThrow(DatabaseError);
    await expect(refused).rejects.toMatchObject({
      kind: 'conflict',
      message: 'conflict in tenants.insertFirstOwner',
    });
  });
});

async function tables(): Promise<{ name: string; sql: string }[]> {
  const { results } = await env.DB.prepare(
    `SELECT name, sql FROM sqlite_master WHERE type = 'table'
       AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%' AND name <> 'd1_migrations'`,
  ).all<{ name: string; sql: string }>();
  return results;
}

async function columnsOf(table: string) {
  const { results } = await env.DB.prepare(
    `SELECT name, type, "notnull", pk FROM pragma_table_info('${table}')`,
  ).all();
  return results;
}

/** The plan of a statement with every parameter NULL: how D1 would find the rows. */
async function planOf({ sql }: Statement): Promise<string[]> {
  const count = Math.max(0, ...[...sql.matchAll(/\?(\d+)/g)].map(([, number]) => Number(number)));
  const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...Array<null>(count).fill(null))
    .all<{ detail: string }>();
  return results.map(({ detail }) => detail);
}

/** The tables that hold tenants' data; `tenants` itself is looked up by its id. */
async function tenantTables(): Promise<string[]> {
  const names = (await tables()).map(({ name }) => name);
  return names.filter((name) => name !== 'tenants' && !globalTables.includes(name));
}

/** Each tenant table a statement reads or changes, and whether the text ties it to ?1. */
async function tenantTablesIn({ sql }: Statement) {
  const used = ['tenants', ...(await tenantTables())].filter((name) =>
    new RegExp(`(FROM|JOIN|UPDATE|INTO)\\s+${name}\\b`, 'i').test(sql),
  );
  return used
    .filter((name) => !new RegExp(`^INSERT INTO ${name}\\b`, 'i').test(sql))
    .map((table) => {
      const column = table === 'tenants' ? 'id' : 'tenant_id';
      const tie = new RegExp(`(?<![.\\w])(${table}\\.)?${column} = \\?1(?!\\d)`, 'i');
      return { table, tied: tie.test(sql) && !/\bOR\b/i.test(sql) };
    });
}
