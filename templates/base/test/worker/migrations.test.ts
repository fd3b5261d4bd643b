import { applyD1Migrations, reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { newTenant, rowsOf } from './arrange.ts';

const schema = async () => {
  const { results } = await env.DB.prepare(
    `SELECT type, name, sql FROM sqlite_master
     WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%' AND name <> 'd1_migrations'
     ORDER BY type, name`,
  ).all();
  return results;
};

const run = async (statements: readonly string[]) => {
  for (const statement of statements) await env.DB.prepare(statement).run();
};

/** The rollback of `0001_name.sql` is `rollback/0001_name.down.sql`. */
const rollbackOf = (migration: string) =>
  env.TEST_ROLLBACKS.find(({ name }) => name === migration.replace(/\.sql$/, '.down.sql'));

describe('DB-4 each migration can be undone', () => {
  beforeEach(async () => {
    await reset();
  });

  it('each has its rollback, and each rollback its migration', () => {
    const migrations = env.TEST_MIGRATIONS.map(({ name }) => name.replace(/\.sql$/, ''));
    const rollbacks = env.TEST_ROLLBACKS.map(({ name }) => name.replace(/\.down\.sql$/, ''));
    expect(migrations.length).toBeGreaterThan(0);
    expect(rollbacks).toEqual(migrations);
  });

  it.each(env.TEST_MIGRATIONS.map(({ name }, index) => [name, index] as const))(
    '%s goes up, down to the schema before, and up again, with rows in it',
    async (name, index) => {
      const earlier = env.TEST_MIGRATIONS.slice(0, index);
      await applyD1Migrations(env.DB, earlier);
      const before = await schema();
      const migration = env.TEST_MIGRATIONS[index]?.queries ?? [];
      await run(migration);
      const after = await schema();
      expect(after).not.toEqual(before);

      const isNewest = index === env.TEST_MIGRATIONS.length - 1;
      if (isNewest) {
        const { owner, path } = await newTenant();
        await owner.post(`${path}/projects`, { name: 'a row that is in the way' });
      }
      await expect(run(rollbackOf(name)?.queries ?? [])).resolves.toBeUndefined();
      expect(await schema()).toEqual(before);
      await run(migration);
      expect(await schema()).toEqual(after);
    },
  );

  it('the newest schema serves the app', async () => {
    await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
    const { owner, path } = await newTenant();
    await owner.post(`${path}/projects`, { name: 'Apollo' });
    expect(await rowsOf('projects')).toHaveLength(1);
  });
});
