import { createScheduledController } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { drill, linesOf, measure, refusedDump } from '../../scripts/database/drill.ts';
import { compare, fingerprintOf, type Ask } from '../../scripts/database/fingerprint.ts';
import { endingAgain, keptSince, tombstonesOf } from '../../scripts/database/tombstones.ts';
import { Database } from '../../src/db/database.ts';
import worker from '../../src/index.ts';
import { createLogger } from '../../src/ops/logger.ts';
import { purgeTenants } from '../../src/tenancy/purge.ts';
import { newUser, rowsOf } from './arrange.ts';
import { interceptD1 } from './doubles.ts';
import { newTeam, rolesIn } from './team.ts';
import { everythingOf, freeze, newFurnishedTeam } from './tenant-routes.ts';

const ask: Ask = async (sql) =>
  (await env.DB.batch(sql.map((text) => env.DB.prepare(text)))).map(({ results }) =>
    results.map((row) => z.record(z.string(), z.unknown()).parse(row)),
  );
const run = (sql: string, ...values: unknown[]) =>
  env.DB.prepare(sql)
    .bind(...values)
    .run();
const copy = { ask, change: ask };
const nothing = { tenants: [], users: [] };

/** The tables that differ from a fingerprint, as a drill finds them. */
async function differingFrom(before: Awaited<ReturnType<typeof fingerprintOf>>) {
  const outcome = await drill(copy, { before, after: before }, nothing);
  const differing = outcome.tables.filter(({ isEqual }) => !isEqual).map(({ table }) => table);
  expect(outcome.isRestored).toBe(differing.length === 0);
  return { differing, lines: linesOf(outcome).join('\n') };
}

describe('DB-6 a restored backup is compared with what was there', () => {
  it('every table of the schema is, and the schema itself', async () => {
    const { results } = await env.DB.prepare(
      `SELECT name FROM sqlite_master
       WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'`,
    ).all<{ name: string }>();
    const tables = [...results.map(({ name }) => name), 'sqlite_master'];
    expect(Object.keys(await fingerprintOf(ask)).toSorted()).toEqual(tables.toSorted());
  });

  it('what came back whole is equal', async () => {
    await newFurnishedTeam();
    const before = await fingerprintOf(ask);
    const { differing, lines } = await differingFrom(before);
    expect(differing).toEqual([]);
    expect(lines).toContain('Everything came back.');
    expect(before['projects']?.rows).toBe((await rowsOf('projects')).length);
  });

  it('a lost row is noticed, and its table named', async () => {
    const { ids } = await newFurnishedTeam();
    const before = await fingerprintOf(ask);
    await run('DELETE FROM invitations WHERE id = ?1', ids.invitationId);
    const { differing, lines } = await differingFrom(before);
    expect(differing).toEqual(['invitations']);
    expect(lines).toContain('The backup does not restore: invitations');
  });

  it('a changed value is noticed though no row is lost, and so is a row too many', async () => {
    const { ids, tenantId } = await newFurnishedTeam();
    const before = await fingerprintOf(ask);
    await run(`UPDATE projects SET description = 'other' WHERE id = ?1`, ids.projectId);
    expect((await differingFrom(before)).differing).toEqual(['projects']);
    await run(`UPDATE projects SET description = '' WHERE id = ?1`, ids.projectId);
    expect((await differingFrom(before)).differing).toEqual([]);
    await run(
      `INSERT INTO projects (tenant_id, id, name, description, created_at) VALUES (?1, 'more', '', '', 1)`,
      tenantId,
    );
    // And the tenant counts one more.
    expect((await differingFrom(before)).differing).toEqual(['projects', 'tenants']);
  });

  it('a lost trigger, index or table is noticed', async () => {
    const before = await fingerprintOf(ask);
    const trigger = 'memberships_stay_in_their_tenant';
    const { results } = await env.DB.prepare('SELECT sql FROM sqlite_master WHERE name = ?1')
      .bind(trigger)
      .all<{ sql: string }>();
    await run(`DROP TRIGGER ${trigger}`);
    expect((await differingFrom(before)).differing).toEqual(['sqlite_master']);
    const sql = results[0]?.sql ?? '';
    await run(sql.replace('<>', '='));
    expect((await differingFrom(before)).differing).toEqual(['sqlite_master']);
    await run(`DROP TRIGGER ${trigger}`);
    await run(sql);
    expect((await differingFrom(before)).differing).toEqual([]);
    const { outbox: _, ...rest } = before;
    expect(compare(before, before, rest).filter(({ isEqual }) => !isEqual)).toMatchObject([
      { table: 'outbox' },
    ]);
  });

  it('how many rows are read at a time does not matter', async () => {
    await newFurnishedTeam();
    await run(`INSERT INTO deleted_users VALUES ('it''s'';--', 1), ('', 2), ('ü', 3)`);
    const whole = await fingerprintOf(ask);
    expect(await fingerprintOf(ask, 1)).toEqual(whole);
    expect(await fingerprintOf(ask, 3)).toEqual(whole);
  });

  it('where D1 refuses the dump, the tables are named of which rows are missing', async () => {
    const table = (rows: number) => ({ rows, parts: [] });
    const lines = [
      'CREATE TABLE users (id TEXT);',
      `INSERT INTO "users" ("id") VALUES('a');`,
      `INSERT INTO "projects" ("id") VALUES('INSERT INTO "users"');`,
    ];
    const expected = { users: table(2), projects: table(1), sqlite_master: table(9) };
    const outcome = await refusedDump(lines, expected);
    expect(outcome.isRestored).toBe(false);
    expect(outcome.tables).toMatchObject([{ table: 'users', rows: 2, restoredRows: 1 }]);
    expect(linesOf(outcome).at(-1)).toBe('The backup does not restore: users');
  });

  it('what changes while the backup is taken spoils its own part alone', async () => {
    const { ids } = await newFurnishedTeam();
    const { before, after } = await measure(ask, async () => {
      await run(`UPDATE projects SET name = 'moved' WHERE id = ?1`, ids.projectId);
    });
    const projectsIn = (restored: typeof before) =>
      compare(before, after, restored).find(({ table }) => table === 'projects');
    for (const either of [before, after]) {
      expect(projectsIn(either)).toMatchObject({ unsettledParts: 1, isEqual: true });
    }
    expect(linesOf(await drill(copy, { before, after }, nothing))).toContain(
      'projects was written to while the backup was taken: 1 of 64 parts of it are not compared',
    );
    const { tenantId } = await newFurnishedTeam();
    const rows = Array.from({ length: 200 }, (_, index) => [`p${index}`]);
    for (const [id] of rows) {
      await run(
        `INSERT INTO projects (tenant_id, id, name, description, created_at) VALUES (?1, ?2, '', '', 1)`,
        tenantId,
        id,
      );
    }
    expect(projectsIn(await fingerprintOf(ask))).toMatchObject({ isEqual: false });
  });
});

describe('DB-6 what had ended ends again in a restored database', () => {
  it('until then a stopped clock does nothing, and says so', async () => {
    const asked = vi.fn<() => void>();
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const stopped = { ...env, CLOCK_STOPPED: '1', DB: interceptD1(asked) };
    await worker.scheduled(createScheduledController(), stopped);
    expect(asked).not.toHaveBeenCalled();
    expect(String(warned.mock.lastCall)).toContain('"the clock is stopped"');
  });

  it('a deleted user leaves an id and a time, and nothing else', async () => {
    const { browser, userId } = await newUser();
    await browser.delete('/api/me');
    expect((await rowsOf('deleted_users')).filter(({ id }) => id === userId)).toEqual([
      { id: userId, deleted_at: expect.any(Number) },
    ]);
    expect((await tombstonesOf(ask)).users).toContain(userId);
  });

  it('who ends while the backup is taken has ended', async () => {
    const { browser, userId } = await newUser();
    const { tombstones } = await measure(ask, async () => {
      await browser.delete('/api/me');
    });
    expect(tombstones).toEqual(await tombstonesOf(ask));
    expect(tombstones.users).toContain(userId);
  });

  it('who could not be deleted has not ended', async () => {
    const { owner } = await newTeam();
    expect((await owner.browser.delete('/api/me')).status).toBe(409);
    expect((await tombstonesOf(ask)).users).not.toContain(owner.userId);
  });

  it('a purged tenant is due again, a frozen one frozen, one that was kept is in use', async () => {
    const [purged, frozen, kept, untouched] = [
      await newFurnishedTeam(),
      await newFurnishedTeam(),
      await newFurnishedTeam(),
      await newFurnishedTeam(),
    ];
    await freeze(purged.owner, purged.path);
    await freeze(frozen.owner, frozen.path);
    const now = Date.now();
    await run('UPDATE tenants SET deletes_at = ?2 WHERE id = ?1', purged.tenantId, now - 5_000);
    const tombstones = await tombstonesOf(ask);
    // As they are in a backup from before all that, but for the one that was kept: it was frozen then.
    await run('UPDATE tenants SET deletes_at = NULL WHERE deletes_at IS NOT NULL');
    await run('UPDATE tenants SET deletes_at = 9e12 WHERE id = ?1', kept.tenantId);
    const others = await everythingOf(untouched.tenantId);
    await ask(endingAgain(tombstones));
    expect((await tombstonesOf(ask)).tenants).toEqual(tombstones.tenants);
    expect((await kept.owner.browser.get(kept.path)).status).toBe(200);
    expect((await frozen.owner.browser.get(frozen.path)).status).toBe(409);
    const work = { database: Database.open(env), logger: createLogger('purge') };
    await purgeTenants(work, Date.now());
    expect((await everythingOf(purged.tenantId))['projects']).toEqual([]);
    expect((await everythingOf(frozen.tenantId))['projects']).not.toEqual([]);
    expect(await everythingOf(untouched.tenantId)).toEqual(others);
    // What is gone has ended as well, and a database that knows it is left as it is.
    const ended = await tombstonesOf(ask);
    expect(ended.tenants.map(([id]) => id)).toContain(purged.tenantId);
    await ask(endingAgain(ended));
    expect(await tombstonesOf(ask)).toEqual(ended);
  });

  it('a tenant is kept whose owner has thought again since, and not for good', async () => {
    const { owner, path, tenantId } = await newTeam();
    await freeze(owner, path);
    const tombstones = await tombstonesOf(ask);
    expect(await keptSince(ask, tombstones)).toEqual([]);
    await owner.browser.post(`${path}/deletion/cancel`);
    expect(await keptSince(ask, tombstones)).toEqual([tenantId]);
    await freeze(owner, path);
    expect(await keptSince(ask, await tombstonesOf(ask))).toEqual([]);
  });

  it('as many as there may be: no statement is longer than D1 takes', async () => {
    const [one, other] = [await newFurnishedTeam(), await newFurnishedTeam()];
    const { userId } = await newUser();
    const ids = Array.from({ length: 1_499 }, (_, index) => `${crypto.randomUUID()}'${index}`);
    const due = Date.now() + 9e8;
    const statements = endingAgain({
      tenants: [one.tenantId, ...ids, other.tenantId].map((id) => [id, due]),
      users: [...ids, userId],
    });
    expect(Math.max(...statements.map(({ length }) => length))).toBeLessThan(50_000);
    await expect(ask(statements)).resolves.toHaveLength(statements.length);
    const frozen = (await tombstonesOf(ask)).tenants.map(([id]) => id);
    expect(frozen).toEqual(expect.arrayContaining([one.tenantId, other.tenantId]));
    expect((await rowsOf('users')).filter(({ id }) => id === userId)).toEqual([]);
    expect((await tombstonesOf(ask)).users).toEqual(expect.arrayContaining([...ids, userId]));
  });

  it('a user goes again, the others stay, and a tenant that lacks an owner is named', async () => {
    const { tenantId, owner, enter } = await newTeam();
    const admin = await enter('admin');
    const before = await fingerprintOf(ask);
    const tombstones = { ...(await tombstonesOf(ask)), users: [owner.userId] };
    const outcome = await drill(copy, { before, after: before }, tombstones);
    expect(outcome.isRestored).toBe(true);
    // One that has ended has nobody either, and needs nobody.
    expect(outcome.tenantsWithoutOwner).toEqual([tenantId]);
    expect(linesOf(outcome)).toContain(`Tenant ${tenantId} has no owner: give it one`);
    expect(await rolesIn(tenantId)).toEqual({ [admin.userId]: 'admin' });
    expect((await rowsOf('users')).filter(({ id }) => id === owner.userId)).toEqual([]);
    expect((await owner.browser.get('/api/me')).status).toBe(401);
    expect((await tombstonesOf(ask)).users).toContain(owner.userId);
    // As long as any other: the next restore needs it as well.
    const again = (await rowsOf('deleted_users')).find(({ id }) => id === owner.userId);
    expect(Date.now() - Number(again?.['deleted_at'])).toBeLessThan(60_000);
  });

  it('a tenant that stays frozen though it was kept is noticed, and so is who has not ended', async () => {
    const { owner, path, tenantId } = await newTeam();
    const tombstones = await tombstonesOf(ask);
    const before = await fingerprintOf(ask);
    const stuck = { ask, change: () => Promise.resolve([]) };
    const isRestored = async (ended: typeof tombstones, expected: typeof before) =>
      (await drill(stuck, { before: expected, after: expected }, ended)).isRestored;
    expect(await isRestored(tombstones, before)).toBe(true);
    const users = [...tombstones.users, owner.userId];
    expect(await isRestored({ ...tombstones, users }, before)).toBe(false);
    const tenants = [...tombstones.tenants, [tenantId, 1] satisfies [string, number]];
    expect(await isRestored({ ...tombstones, tenants }, before)).toBe(false);
    await freeze(owner, path);
    expect(await isRestored(tombstones, await fingerprintOf(ask))).toBe(false);
  });
});
