import { applyD1Migrations, reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { newTenant, rowsOf } from './arrange.ts';
import { newFurnishedTeam, tenantTables } from './tenant-routes.ts';

const schema = async () => {
  const { results } = await env.DB.prepare(
    `SELECT type, name, sql FROM sqlite_master
     WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%' AND name <> 'd1_migrations'
     ORDER BY type, name`,
  ).all<{ type: string; name: string; sql: string }>();
  return results;
};

const run = async (statements: readonly string[]) => {
  for (const statement of statements) await env.DB.prepare(statement).run();
};

/** The rollback of `0001_name.sql` is `rollback/0001_name.down.sql`. */
const rollbackOf = (migration: string) =>
  env.TEST_ROLLBACKS.find(({ name }) => name === migration.replace(/\.sql$/, '.down.sql'));

type Rows = Record<string, unknown>[];

/** Every row of every table. */
const contents = async () => {
  const tables = (await schema()).filter(({ type }) => type === 'table');
  const held: Record<string, Rows> = {};
  for (const { name } of tables) held[name] = await rowsOf(name);
  return held;
};

/** The columns of every table, as they are now. */
const columnsNow = async () => {
  const columns: Record<string, string[]> = {};
  for (const table of Object.keys(await contents())) {
    const { results } = await env.DB.prepare(`SELECT name FROM pragma_table_info('${table}')`).all<{
      name: string;
    }>();
    columns[table] = results.map(({ name }) => name);
  }
  return columns;
};

/** What rows hold in some columns, in any order. */
const within = (held: Record<string, Rows>, columns: Record<string, readonly string[]>) =>
  Object.entries(columns).map(([table, names]) => {
    const rows = held[table]?.map((row) => JSON.stringify(names.map((name) => row[name])));
    return [table, rows?.toSorted()];
  });

/** Those that can be undone, newest first; which others there may be, test/repo/migrations.test.ts says. */
const lastIrreversible = env.TEST_MIGRATIONS.findLastIndex(({ name }) => !rollbackOf(name));
const reversible = env.TEST_MIGRATIONS.slice(lastIrreversible + 1).toReversed();

describe('DB-4 each migration can be undone', () => {
  beforeEach(async () => {
    await reset();
  });

  it('each rollback has its migration', () => {
    const migrations = env.TEST_MIGRATIONS.map(({ name }) => name.replace(/\.sql$/, ''));
    const rollbacks = env.TEST_ROLLBACKS.map(({ name }) => name.replace(/\.down\.sql$/, ''));
    expect(rollbacks.length).toBeGreaterThan(0);
    expect(migrations).toEqual(expect.arrayContaining(rollbacks));
  });

  it.each(env.TEST_MIGRATIONS.map(({ name }, index) => [name, index] as const))(
    '%s goes up, down to the schema before, and up again',
    async (name, index) => {
      await applyD1Migrations(env.DB, env.TEST_MIGRATIONS.slice(0, index));
      const before = await schema();
      const migration = env.TEST_MIGRATIONS[index]?.queries ?? [];
      await run(migration);
      const after = await schema();
      const rollback = rollbackOf(name)?.queries;
      if (rollback === undefined) return;
      await run(rollback);
      expect(await schema()).toEqual(before);
      await run(migration);
      expect(await schema()).toEqual(after);
    },
  );

  it('with rows everywhere, one after the other leads back, takes only its own, and up again', async () => {
    const schemas = [await schema()];
    for (const { queries } of env.TEST_MIGRATIONS) {
      await run(queries);
      schemas.push(await schema());
    }
    const { owner } = await newFurnishedTeam();
    await owner.browser.post('/api/auth/password/forgot', { email: owner.email });
    const seeded = await contents();
    for (const table of ['users', 'sessions', 'tenants', ...(await tenantTables())]) {
      expect([table, seeded[table]]).toEqual([table, expect.toSatisfy(({ length }) => length > 0)]);
    }
    const newest = schemas.at(-1);
    for (const { name, queries } of reversible) {
      schemas.pop();
      const down = rollbackOf(name)?.queries ?? [];
      await run(down);
      const columns = await columnsNow();
      const kept = within(seeded, columns);
      expect([name, within(await contents(), columns)]).toEqual([name, kept]);
      // Up again over the rows that are left, and down: neither takes any, nor changes one.
      for (const step of [queries, down]) {
        await run(step);
        expect([name, within(await contents(), columns)]).toEqual([name, kept]);
      }
      expect([name, await schema()]).toEqual([name, schemas.at(-1)]);
      const { results } = await env.DB.prepare('PRAGMA foreign_key_check').all();
      expect([name, results]).toEqual([name, []]);
    }
    for (const { queries } of reversible.toReversed()) await run(queries);
    expect(await schema()).toEqual(newest);
  });

  it('the newest schema serves the app', async () => {
    await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
    const { owner, path } = await newTenant();
    await owner.post(`${path}/projects`, { name: 'Apollo' });
    expect(await rowsOf('projects')).toHaveLength(1);
  });
});
