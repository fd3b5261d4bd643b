import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import '../../src/index.ts';
import { registeredStatements, type Parameter } from '../../src/db/statement.ts';

/** How many tenants there are at first, and in the end. */
const few = 10;
const many = 100;
const page = 20;
const end = Number.MAX_SAFE_INTEGER;

type Questions = Readonly<Record<string, readonly Parameter[]>>;

/**
 * What is asked most, as tenant t5 and its only owner u5 would ask. Repeated it finds what it
 * found before: what is deleted is absent, or there are enough of it.
 */
const hot: Questions = {
  'accounts.byEmail': ['u5@example.com'],
  'accounts.leaveTenants': ['u5'],
  'audit.export': ['t5', '', page],
  'audit.list': ['t5', -1, '', page],
  'audit.purge': ['t6', page],
  'invitations.export': ['t5', '', page],
  'invitations.insert': ['t5', 'new', 'new@example.com', 'member', 'new', end, 1, 'u5', 'owner'],
  'invitations.list': ['t5', -1, '', page, 1],
  'invitations.read': ['t5', 'i1'],
  'invitations.remove': ['t5', 'absent'],
  'members.changeRole': ['t5', 'u5', 'member', 'owner', 'u5', 'owner'],
  'members.export': ['t5', '', page],
  'members.list': ['t5', -1, '', page],
  'members.read': ['t5', 'u5'],
  'members.remove': ['t5', 'u5', 'owner', 'u5', 'owner'],
  'projects.delete': ['t5', 'absent'],
  'projects.export': ['t5', '', page],
  'projects.list': ['t5', -1, '', page, ''],
  'projects.listByName': ['t5', '', '', page, ''],
  'projects.listNewest': ['t5', end, '', page, ''],
  'projects.purge': ['t6', page],
  'projects.read': ['t5', 'p1'],
  'retention.invitations': [1, page],
  'sessions.authorize': ['s5', 1, 't5'],
  'sessions.liveOfUser': ['u5', 1],
  'tenants.dueToPurge': [1],
  'tenants.ofUser': ['u5', -1, '', page],
  'tenants.read': ['t5'],
  'tenants.rename': ['t5', 'n'],
};

/** A search reads the tenant's own projects until the page is full: all of them where none is found. */
const search: Questions = { 'projects.list': ['t5', -1, '', page, 'found nowhere'] };

/** What a plan limits is counted as it is asked: the tenant's own rows, of which the plan has so many at most. */
const counted: Questions = {
  'invitations.find': ['t5 i2'],
  'projects.update': ['t5', 'p1', 'n', null, end],
};

describe('DB-1 what D1 reads for a statement does not grow', () => {
  it('with the number of tenants, nor with the size of one beyond the page asked for', async () => {
    await fill(0, few, 100);
    await run(`UPDATE tenants SET deletes_at = 2 WHERE id = 't6'`);
    await rowsReadBy(hot);
    const first = await rowsReadBy(hot);
    const firstSearch = await rowsReadBy(search);
    const firstCounted = await rowsReadBy(counted);
    await fill(few, many, 100);
    const amongMany = await rowsReadBy(hot);
    const searchAmongMany = await rowsReadBy(search);
    const countedAmongMany = await rowsReadBy(counted);
    await grow('t5', 100, 3_000);
    const inALargeOne = await rowsReadBy(hot);
    const searchInALargeOne = await rowsReadBy(search);
    const countedInALargeOne = await rowsReadBy(counted);
    show('rows read', { [`${few} tenants`]: first, [`${many} tenants`]: amongMany, inALargeOne });
    show('a search for nothing', { firstSearch, searchAmongMany, searchInALargeOne });
    show('limits of a plan', { firstCounted, countedAmongMany, countedInALargeOne });
    expect(amongMany).toEqual(first);
    expect(inALargeOne).toEqual(first);
    expect(searchAmongMany).toEqual(firstSearch);
    expect(countedAmongMany).toEqual(firstCounted);
    expect(Math.max(...Object.values(countedInALargeOne))).toBeLessThan(3_000 + page);
    expect(Math.max(...Object.values(first))).toBeLessThan(6 * page);
  });
});

async function rowsReadBy(questions: Questions): Promise<Record<string, number>> {
  const read: Record<string, number> = {};
  for (const [name, parameters] of Object.entries(questions)) {
    const statement = registeredStatements().find((known) => known.name === name);
    expect([name, statement?.name]).toEqual([name, name]);
    const { meta } = await env.DB.prepare(statement?.sql ?? '')
      .bind(...parameters)
      .run();
    read[name] = meta.rows_read;
  }
  return read;
}

/** Tenants `from` to `to`, each with its owner and so many of everything else. */
async function fill(from: number, to: number, size: number): Promise<void> {
  const numbers = `WITH RECURSIVE n(v) AS (SELECT ${from} UNION ALL SELECT v + 1 FROM n WHERE v < ${to - 1})`;
  await run(
    `${numbers} INSERT INTO tenants (id, name, created_at) SELECT 't' || v, 'n', v FROM n`,
    `${numbers} INSERT INTO users (id, email, name, created_at)
     SELECT 'u' || v, 'u' || v || '@example.com', '', 1 FROM n`,
    `${numbers} INSERT INTO sessions
     SELECT 's' || v, 's' || v, 'u' || v, 0, 1, ${end}, ${end}, 1, NULL FROM n`,
    `${numbers} INSERT INTO memberships (tenant_id, user_id, role, created_at) SELECT 't' || v, 'u' || v, 'owner', 1 FROM n`,
  );
  await grow(`t%`, 0, size, `created_at BETWEEN ${from} AND ${to - 1}`);
}

/** Gives tenants members, projects, invitations and rows of the audit log. */
async function grow(like: string, from: number, to: number, which = '1'): Promise<void> {
  const each = `WITH RECURSIVE
    n(v) AS (SELECT ${from} UNION ALL SELECT v + 1 FROM n WHERE v < ${to - 1}),
    t(id) AS (SELECT id FROM tenants WHERE id LIKE '${like}' AND ${which})`;
  const member = `'u' || substr(t.id, 2) || ' ' || v`;
  await run(
    `${each} INSERT INTO users (id, email, name, created_at)
     SELECT ${member}, ${member} || '@example.com', '', 1 FROM t, n`,
    `${each} INSERT INTO memberships (tenant_id, user_id, role, created_at) SELECT t.id, ${member}, 'member', 2 + v FROM t, n`,
    `${each} INSERT INTO projects (tenant_id, id, name, description, created_at) SELECT t.id, 'p' || v, 'n' || v, '', v FROM t, n`,
    `${each} INSERT INTO invitations
     SELECT t.id, 'i' || v, 'g' || v, 'member', t.id || ' i' || v, 'u' || substr(t.id, 2), ${end}, v
     FROM t, n`,
    `${each} INSERT INTO audit_log (tenant_id, id, actor_id, action, target, result, request_id, created_at) SELECT t.id, 'a' || v, '', '', '', '', '', v FROM t, n`,
  );
}

async function run(...statements: string[]): Promise<void> {
  await env.DB.batch(statements.map((sql) => env.DB.prepare(sql)));
}

/** Appears with `vitest run scale --silent=false`. */
function show(title: string, figures: Record<string, Record<string, number>>): void {
  // oxlint-disable-next-line no-console -- figures are what this test is read for
  console.log(`${title}\n${JSON.stringify(figures, null, 1)}`);
}
