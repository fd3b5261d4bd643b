import { createExecutionContext, createScheduledController } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { acrossTenants } from '../../src/db/across-tenants.ts';
import { Database } from '../../src/db/database.ts';
import { buryTenant } from '../../src/db/statements/tenant-end.ts';
import { exportedTables } from '../../src/db/statements/tenant-export.ts';
import worker from '../../src/index.ts';
import { createLogger } from '../../src/ops/logger.ts';
import { removeOldRows } from '../../src/ops/retention.ts';
import { purgeTenants, type PurgeStep } from '../../src/tenancy/purge.ts';
import { rowsOf } from './arrange.ts';
import { askApp } from './ask-app.ts';
import { origin } from './browser.ts';
import { beforeBatchWith, interceptD1 } from './doubles.ts';
import { auditOf, newPerson, newTeam } from './team.ts';
import { everythingOf, freeze, newFurnishedTeam, tenantTables } from './tenant-routes.ts';
import { post } from './post.ts';

const day = 24 * 60 * 60 * 1_000;
/** Columns that an export leaves out, each with its reason. */
const leftOut = [
  'invitations.token_hash: it is a secret',
  'tenants.purged_at: there is no export after it',
  'tenants.member_count: it counts what is exported',
  'tenants.project_count: it counts what is exported',
  'tenants.file_count: it counts what is exported',
  'tenants.file_bytes: it counts what is exported',
];

const columnsOf = async (table: string): Promise<string[]> => {
  const { results } = await env.DB.prepare(`SELECT name FROM pragma_table_info('${table}')`).all<{
    name: string;
  }>();
  return results.map(({ name }) => name);
};
const letTimeCome = (tenantId: string) =>
  env.DB.prepare('UPDATE tenants SET deletes_at = ?2 WHERE id = ?1')
    .bind(tenantId, Date.now() - 1_000)
    .run();
const work = (DB = env.DB) => ({
  database: Database.open({ DB }),
  logger: createLogger('purge'),
});
const purge = () => purgeTenants(work(), Date.now());
const dueAt = async (time: number) => {
  const team = await newTeam();
  await freeze(team.owner, team.path);
  await env.DB.prepare('UPDATE tenants SET deletes_at = ?2 WHERE id = ?1')
    .bind(team.tenantId, time)
    .run();
  return team;
};

describe('DB-1 a tenant is exported whole, and nothing else with it', () => {
  it('every table and column of the schema is in it', async () => {
    const { owner, path } = await newFurnishedTeam();
    const { json } = await owner.browser.get(`${path}/export`);
    const tables = ['tenants', ...(await tenantTables())];
    expect(Object.keys(json).toSorted()).toEqual(tables.toSorted());
    const secret = new Set(leftOut.map((line) => line.split(':')[0]));
    for (const table of tables) {
      const columns = (await columnsOf(table)).filter(
        (column) => column !== 'tenant_id' && !secret.has(`${table}.${column}`),
      );
      expect(Object.keys(json[table][0])).toEqual(expect.arrayContaining(columns));
      expect(Object.keys(json[table][0]).filter((name) => secret.has(`${table}.${name}`))).toEqual(
        [],
      );
    }
  });

  it('every row is in it once, over as many pages as it takes, as it is in D1', async () => {
    const { owner, member, path, tenantId } = await newFurnishedTeam();
    await newFurnishedTeam();
    const { browser } = owner;
    const read = vi.fn<(sql: string) => void>();
    browser.env = { ...browser.env, DB: interceptD1(read) };
    await env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1')
      .bind(member.userId)
      .run();
    await env.DB.prepare(
      `WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 4001)
       INSERT INTO projects (tenant_id, id, name, description, created_at) SELECT ?1, 'p' || value, 'n', 'd', value FROM n`,
    )
      .bind(tenantId)
      .run();
    const answer = await browser.get(`${path}/export`);
    expect(answer.headers.get('Content-Disposition')).toContain('attachment');
    // Of a thousand that D1 answers, whatever a tenant has.
    const pages = read.mock.calls.filter(([sql]) => /FROM projects\s.* > \?2/.test(sql));
    expect(pages).toHaveLength(3);
    const stored = await everythingOf(tenantId);
    for (const { table, key } of exportedTables) {
      const exported: Record<string, unknown>[] = answer.json[table];
      const keys = (rows: Record<string, unknown>[] = []) =>
        rows.map((row) => String(row[key])).toSorted();
      expect(keys(exported)).toEqual(keys(stored[table]));
      const byKey = new Map(stored[table]?.map((row) => [row[key], row]));
      for (const [index, row] of exported.entries()) {
        const same = byKey.get(row[key]);
        expect([index, { ...row, ...same }]).toEqual([index, expect.objectContaining(row)]);
      }
    }
  });

  it('every table is read in the order of its key, from where the page before ended', () => {
    for (const { table, key, statement } of exportedTables) {
      const column = `(${table}\\.)?${key}`;
      expect(statement.sql).toMatch(
        new RegExp(`AND ${column} > \\?2\\s+(ORDER BY ${column} )?LIMIT \\?3$`),
      );
      expect(table === 'tenants' || statement.sql.includes('ORDER BY')).toBe(true);
    }
  });

  it('members are named, so that the file is of use', async () => {
    const { owner, path } = await newTeam();
    const { json } = await owner.browser.get(`${path}/export`);
    expect(json.memberships).toMatchObject([{ user_id: owner.userId, email: owner.email }]);
  });
});

describe('DB-3 what the database says while an export runs stays inside', () => {
  it('a failure breaks it off: neither a reason nor a half file that passes for a whole one', async () => {
    const { owner, path } = await newFurnishedTeam();
    const { browser } = owner;
    browser.env = {
      ...browser.env,
      DB: interceptD1((sql) => {
        if (sql.includes('FROM audit_log')) throw new Error('D1_ERROR: gone');
      }),
    };
    const request = new Request(`${origin}${path}/export`, {
      headers: { Cookie: browser.cookieHeader() },
    });
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const response = await askApp(browser.app, request, browser.env, createExecutionContext());
    const { sent, isWhole } = await readAll(response);
    expect(sent).toContain('"projects":[');
    expect(sent).not.toMatch(/error|gone|unavailable/i);
    expect(isWhole).toBe(false);
    expect(String(logged.mock.lastCall)).toMatch(/"export broken off".*DatabaseError(?!.*gone)/);
  });
});

describe('DB-1 a tenant is deleted in two steps', () => {
  it('first it is frozen for seven days, and its invitations are revoked', async () => {
    const { owner, path, invite, tenantId } = await newTeam();
    const guest = await newPerson();
    await invite(guest.email, 'member');
    const token = post.tokenFor(guest.email);
    const answer = await owner.browser.delete(path);
    expect(answer.status).toBe(202);
    const wait = Date.parse(answer.json.deletesAt) - Date.now();
    expect(wait).toBeGreaterThan(7 * day - 60_000);
    expect(wait).toBeLessThanOrEqual(7 * day);
    const { items } = (await owner.browser.get('/api/tenants')).json;
    expect(items).toEqual([answer.json]);
    expect((await everythingOf(tenantId))['invitations']).toEqual([]);
    const accepting = await guest.browser.post('/api/invitations/accept', { token });
    expect(accepting.status).toBe(404);
    await expect(purge()).resolves.toBeUndefined();
    expect((await owner.browser.get(`${path}/export`)).json.memberships).toHaveLength(1);
  });

  it('of two owners who delete it at the same moment one does, and the date is theirs', async () => {
    const { owner, enter, path, tenantId } = await newTeam();
    const second = await enter('owner');
    const dates: unknown[] = [];
    const { browser } = owner;
    browser.env = {
      ...browser.env,
      DB: beforeBatchWith('UPDATE tenants', async () => {
        dates.push((await second.browser.delete(path)).json.deletesAt);
      }),
    };
    expect((await browser.delete(path)).status).toBe(409);
    const { tenants = [] } = await everythingOf(tenantId);
    expect(dates).toEqual([new Date(Number(tenants[0]?.['deletes_at'])).toISOString()]);
    const asked = (await auditOf(tenantId)).filter(({ action }) => action !== 'tenant.created');
    expect(asked.map((row) => row['actor_id'])).toEqual([second.userId]);
  });

  it('an invitation that slipped in opens nothing while it is frozen', async () => {
    const { owner, path, invite, tenantId } = await newTeam();
    const guest = await newPerson();
    await invite(guest.email, 'member');
    await env.DB.prepare('UPDATE tenants SET deletes_at = 9e15 WHERE id = ?1').bind(tenantId).run();
    const token = post.tokenFor(guest.email);
    expect((await guest.browser.post('/api/invitations/accept', { token })).status).toBe(404);
    expect((await owner.browser.get(path)).status).toBe(409);
  });

  it('an owner thinks again, and everything is as before', async () => {
    const { owner, path, ids } = await newFurnishedTeam();
    const cancel = () => owner.browser.post(`${path}/deletion/cancel`);
    expect((await cancel()).status).toBe(409);
    await owner.browser.delete(path);
    const cancelled = await cancel();
    expect([cancelled.status, cancelled.json.deletesAt]).toEqual([200, null]);
    expect((await owner.browser.get(`${path}/projects/${ids['projectId']}`)).status).toBe(200);
  });

  it('when the time has come it is too late, and every row goes but one without a name', async () => {
    const team = await newFurnishedTeam();
    const other = await newFurnishedTeam();
    const before = await everythingOf(other.tenantId);
    await freeze(team.owner, team.path);
    await freeze(other.owner, other.path);
    const frozen = await everythingOf(other.tenantId);
    expect(frozen).not.toEqual(before);
    await letTimeCome(team.tenantId);
    expect((await team.owner.browser.post(`${team.path}/deletion/cancel`)).status).toBe(409);
    expect((await team.owner.browser.delete('/api/me')).status).toBe(409);
    const environment = { ...env, EMAIL: post };
    await worker.scheduled(createScheduledController({ cron: '* * * * *' }), environment);
    const { tenants = [], ...rest } = await everythingOf(team.tenantId);
    expect(Object.values(rest).flat()).toEqual([]);
    expect(tenants).toEqual([
      {
        id: team.tenantId,
        name: '',
        tier: expect.any(String),
        created_at: expect.any(Number),
        deletes_at: expect.any(Number),
        purged_at: expect.any(Number),
        // What else is there counts what is gone.
        ...Object.fromEntries(
          Object.keys(tenants[0] ?? {})
            .filter((name) => /_(?:count|bytes)$/.test(name))
            .map((name) => [name, 0]),
        ),
      },
    ]);
    expect((await team.owner.browser.get(team.path)).status).toBe(404);
    expect((await team.owner.browser.get('/api/tenants')).json.items).toEqual([]);
    expect(await everythingOf(other.tenantId)).toEqual(frozen);
    expect((await team.owner.browser.delete('/api/me')).status).toBe(204);
  });

  it('of several whose time has come each is purged whole, whatever their ids', async () => {
    const teams = [await newFurnishedTeam(), await newFurnishedTeam(), await newFurnishedTeam()];
    const [first, second, third] = teams.toSorted((a, b) => (a.tenantId < b.tenantId ? -1 : 1));
    // The one between the others goes first, where a comparison that is too wide meets them as well.
    for (const team of [second, first, third]) {
      if (team === undefined) continue;
      await freeze(team.owner, team.path);
      await letTimeCome(team.tenantId);
    }
    for (let runs = 0; runs < 3; runs += 1) await purge();
    for (const { tenantId } of teams) {
      const { tenants = [], ...rest } = await everythingOf(tenantId);
      expect(Object.values(rest).flat()).toEqual([]);
      expect(tenants).toMatchObject([{ name: '', purged_at: expect.any(Number) }]);
    }
  });

  it('who is in another tenant as well stays there', async () => {
    const [team, other] = [await newFurnishedTeam(), await newFurnishedTeam()];
    await env.DB.prepare(
      `INSERT INTO memberships (tenant_id, user_id, role, created_at) VALUES (?1, ?2, 'admin', 1)`,
    )
      .bind(other.tenantId, team.member.userId)
      .run();
    const before = await everythingOf(other.tenantId);
    await freeze(team.owner, team.path);
    await letTimeCome(team.tenantId);
    await purge();
    await purge();
    expect((await everythingOf(team.tenantId))['memberships']).toEqual([]);
    expect(await everythingOf(other.tenantId)).toEqual(before);
  });

  it('one that cannot be purged holds up no other, and the log says which it is', async () => {
    const [one, another] = [await newFurnishedTeam(), await newFurnishedTeam()];
    // Due at the same moment, the one that is stuck comes first.
    const [stuck, other] = one.tenantId < another.tenantId ? [one, another] : [another, one];
    for (const team of [stuck, other]) {
      await freeze(team.owner, team.path);
      await env.DB.prepare('UPDATE tenants SET deletes_at = 1 WHERE id = ?1')
        .bind(team.tenantId)
        .run();
    }
    const lines = vi.spyOn(console, 'error').mockImplementation(() => {});
    const outside: PurgeStep = async (tenantId) => {
      if (tenantId === stuck.tenantId) throw new Error('gone');
      return 0;
    };
    for (let runs = 0; runs < 2; runs += 1) {
      await purgeTenants(work(), Date.now(), [outside]);
    }
    expect((await everythingOf(stuck.tenantId))['projects']).not.toEqual([]);
    expect((await everythingOf(other.tenantId))['memberships']).toEqual([]);
    expect(lines.mock.calls.join('\n')).toMatch(
      new RegExp(`"tenantId":"${stuck.tenantId}","fault":"Error at `),
    );
    await purge();
    await purge();
    expect((await everythingOf(stuck.tenantId))['memberships']).toEqual([]);
  });

  it('a run that dies is continued by the next', async () => {
    const team = await newFurnishedTeam();
    await freeze(team.owner, team.path);
    await letTimeCome(team.tenantId);
    const dying = interceptD1((sql) => {
      if (sql.includes('DELETE FROM audit_log')) throw new Error('gone');
    });
    await purgeTenants(work(dying), Date.now());
    expect((await everythingOf(team.tenantId))['memberships']).not.toEqual([]);
    await purge();
    expect((await everythingOf(team.tenantId))['memberships']).toEqual([]);
    const [tombstone] = (await rowsOf('tenants')).filter(({ id }) => id === team.tenantId);
    expect(tombstone?.['purged_at']).toEqual(expect.any(Number));
  });

  it('none is buried with a row in it: what came beside the purge goes with the next', async () => {
    const { tenantId } = await dueAt(1);
    const across = acrossTenants(work().database, 'end of tenants');
    expect(await across.change(buryTenant, tenantId, Date.now())).toBe(0);
    await purge();
    const [tombstone] = (await rowsOf('tenants')).filter(({ id }) => id === tenantId);
    expect(tombstone?.['purged_at']).toEqual(expect.any(Number));
  });

  it('not an hour before its time', async () => {
    const { owner, path, tenantId } = await newFurnishedTeam();
    await freeze(owner, path);
    const before = await everythingOf(tenantId);
    await purgeTenants(work(), Date.now() + 7 * day - 60 * 60 * 1_000);
    expect(await everythingOf(tenantId)).toEqual(before);
  });

  it('a run does a bounded amount of work, and the next goes on', async () => {
    const { owner, path, tenantId } = await newTeam();
    await env.DB.prepare(
      `WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 10001)
       INSERT INTO projects (tenant_id, id, name, description, created_at) SELECT ?1, 'p' || value, 'n', 'd', value FROM n`,
    )
      .bind(tenantId)
      .run();
    await freeze(owner, path);
    await letTimeCome(tenantId);
    await purge();
    const left = (await rowsOf('projects')).filter((row) => row['tenant_id'] === tenantId);
    expect(left.length).toBeGreaterThan(0);
    expect(left.length).toBeLessThan(10_001);
    await purge();
    expect((await rowsOf('projects')).filter((row) => row['tenant_id'] === tenantId)).toEqual([]);
    const [tombstone] = (await rowsOf('tenants')).filter(({ id }) => id === tenantId);
    expect(tombstone).toMatchObject({ name: '', purged_at: expect.any(Number) });
  });

  it('a large one that is due first lets others through, and a run ends all the same', async () => {
    const large: string[] = [];
    for (let teams = 0; teams < 4; teams += 1) large.push((await dueAt(teams + 1)).tenantId);
    const small = await dueAt(2);
    const asked = new Map<string, number>();
    const outside: PurgeStep = (tenantId, limit) => {
      asked.set(tenantId, (asked.get(tenantId) ?? 0) + 1);
      return Promise.resolve(large.includes(tenantId) ? limit : 0);
    };
    await purgeTenants(work(), Date.now(), [outside]);
    expect((await everythingOf(small.tenantId))['memberships']).toEqual([]);
    expect(asked.get(large[0] ?? '')).toBe(20);
    const steps = [...asked.values()].reduce((sum, count) => sum + count, 0);
    expect(steps).toBeLessThanOrEqual(60);
    expect(asked.has(large[3] ?? '')).toBe(false);
    for (let runs = 0; runs < 2; runs += 1) await purge();
  });

  it('invitations that expired a day ago go, those that work stay', async () => {
    const { invite, tenantId } = await newTeam();
    const now = Date.now();
    const inviteUntil = async (email: string, expiresAt: number): Promise<string> => {
      const { id } = (await invite(email, 'member')).json;
      await env.DB.prepare('UPDATE invitations SET expires_at = ?2 WHERE id = ?1')
        .bind(id, expiresAt)
        .run();
      return id;
    };
    const kept = [
      await inviteUntil('kept@example.com', now + 60_000),
      await inviteUntil('lately@example.com', now - day + 60_000),
    ];
    await inviteUntil('expired@example.com', now - day - 60_000);
    await removeOldRows({ database: Database.open(env), logger: createLogger('') }, now);
    const { invitations = [] } = await everythingOf(tenantId);
    expect(new Set(invitations.map(({ id }) => id))).toEqual(new Set(kept));
  });
});

/** What arrives of a body, and whether it comes to its end. */
async function readAll(response: Response): Promise<{ sent: string; isWhole: boolean }> {
  const decoder = new TextDecoder();
  let sent = '';
  try {
    for await (const chunk of response.body ?? []) sent += decoder.decode(chunk, { stream: true });
    return { sent, isWhole: true };
  } catch {
    return { sent, isWhole: false };
  }
}
