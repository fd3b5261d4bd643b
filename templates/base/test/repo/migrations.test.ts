import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { expandAndContract, lintMigrations, lossesIn } from '../../scripts/database/lint.ts';
import {
  gapsIn,
  readMigrations,
  rollbackFile,
  undoingOf,
} from '../../scripts/database/migrations.ts';
import { statementsOf } from '../../scripts/database/statements.ts';

const root = join(import.meta.dirname, '../..');
const migrations = readMigrations(join(root, 'migrations'));

const old = {
  name: '0001_old',
  sql: `CREATE TABLE notes (id TEXT PRIMARY KEY, body TEXT) STRICT;
    CREATE UNIQUE INDEX notes_by_body ON notes (body);
    CREATE VIEW short_notes AS SELECT id FROM notes;
    CREATE TRIGGER notes_stay AFTER DELETE ON notes BEGIN SELECT 1; SELECT 2; END;`,
};
const lint = (sql: string) => lintMigrations([old, { name: '0002_new', sql }]);

describe('DEP-5 a migration does not break the code that still serves', () => {
  it('those of this app do not', () => {
    expect(migrations.length).toBeGreaterThan(1);
    expect(lintMigrations(migrations)).toEqual([]);
  });

  it.each([
    ['DROP TABLE notes', 'drops the table notes'],
    ['drop table if exists "main"."notes"', 'drops the table notes'],
    ['DROP INDEX notes_by_body', 'drops the index notes_by_body'],
    ['DROP VIEW short_notes', 'drops the view short_notes'],
    ['DROP TRIGGER notes_stay', 'drops the trigger notes_stay'],
    ['ALTER TABLE notes DROP COLUMN body', 'drops the column notes.body'],
    ['ALTER TABLE notes DROP body', 'drops the column notes.body'],
    ['ALTER TABLE notes RENAME TO remarks', 'renames notes: to remarks'],
    ['ALTER TABLE notes RENAME COLUMN body TO text', 'renames notes: column body to text'],
    ['ALTER TABLE /* x */ `notes`\n RENAME [body] TO text', 'renames notes: body to text'],
    ['ALTER TABLE notes ADD COLUMN age INTEGER NOT NULL', 'adds notes.age as NOT NULL'],
    ['ALTER TABLE notes ADD age INTEGER NOT NULL DEFAULT NULL', 'adds notes.age as NOT NULL'],
    ['ALTER TABLE notes ADD age INTEGER UNIQUE', 'adds a constraint to the table notes'],
    ['ALTER TABLE notes ADD age INTEGER CHECK (age > length(body))', 'adds a constraint'],
    ['CREATE UNIQUE INDEX one ON notes (id, body)', 'adds a constraint to the table notes'],
    ['CREATE UNIQUE INDEX IF NOT EXISTS one ON notes (id)', 'adds a constraint'],
    [
      "CREATE TRIGGER no BEFORE INSERT ON notes BEGIN SELECT RAISE(ABORT, 'no'); END",
      'refuses writes to the table notes',
    ],
    [
      'CREATE TRIGGER no BEFORE INSERT ON notes BEGIN SELECT RAISE(IGNORE); END',
      'refuses writes to the table notes',
    ],
    ...['FAIL', 'ROLLBACK'].map((how) => [
      `CREATE TRIGGER no BEFORE INSERT ON notes BEGIN SELECT RAISE(${how}, 'no'); END`,
      'refuses writes to the table notes',
    ]),
    [
      "CREATE TRIGGER no BEFORE INSERT ON notes BEGIN SELECT CASE 1 WHEN 1 THEN 2 END; SELECT RAISE(ABORT, 'no'); END",
      'refuses writes to the table notes',
    ],
    ['PRAGMA writable_schema = 1', 'rewrites the schema by hand'],
    ['CREATE TABLE IF NOT EXISTS notes (id TEXT);\nDROP TABLE notes', 'drops the table notes'],
    ["INSERT INTO notes VALUES ('a;--', 'b');\nDROP TABLE notes", 'drops the table notes'],
  ])('%s is refused', (sql, harm) => {
    const found = lint(sql);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`0002_new.sql ${harm}`);
  });

  it('a table that is made anew in place of the old is refused, whichever way round', () => {
    const rebuild = `CREATE TABLE new_notes (id TEXT);
      INSERT INTO new_notes SELECT id FROM notes;
      DROP TABLE notes;
      ALTER TABLE new_notes RENAME TO notes;`;
    expect(lint(rebuild)).toEqual(['0002_new.sql drops the table notes']);
  });

  it.each([
    'CREATE TABLE tags (id TEXT UNIQUE, CHECK (id > 1)); CREATE UNIQUE INDEX a ON tags (id);',
    'CREATE TABLE tags (id TEXT); DROP TABLE tags;',
    'CREATE TABLE tags (id TEXT); ALTER TABLE tags RENAME TO labels;',
    'ALTER TABLE notes ADD COLUMN age INTEGER',
    'ALTER TABLE notes ADD COLUMN age INTEGER NOT NULL DEFAULT 0',
    "ALTER TABLE notes ADD COLUMN kind TEXT CHECK (kind IN ('a', 'b') OR kind IS NULL)",
    'CREATE INDEX notes_by_id ON notes (id, body)',
    "INSERT INTO notes VALUES ('DROP TABLE notes', '') -- DROP TABLE notes",
    'UPDATE notes SET body = id WHERE body IS NULL',
  ])('%s only adds', (sql) => {
    expect(lint(sql)).toEqual([]);
  });

  it('what no code uses any more is removed by a migration that says since when', () => {
    const drop = 'ALTER TABLE notes DROP COLUMN body;';
    expect(lint(`-- contract: 1.4.0 (nothing reads notes.body)\n${drop}`)).toEqual([]);
    expect(lint(`-- contract:\n${drop}`)).toHaveLength(1);
    expect(lint(`-- contract: soon\n${drop}`)).toHaveLength(1);
    expect(lint(`SELECT '-- contract: 1.4.0';\n${drop}`)).toHaveLength(1);
  });

  it('the refusal says how it is done', () => {
    for (const step of ['expand', 'backfill', 'contract', '-- contract: 1.4.0']) {
      expect(expandAndContract).toContain(step);
    }
  });

  it('a statement is found whatever stands around it', () => {
    expect(statementsOf('-- a;\nSELECT \';\' /* ; */, "B c" ; ;select 2')).toEqual([
      "select '' , b_c",
      'select 2',
    ]);
  });
});

describe('DB-4 a migration loses no rows without a reason, nor does its way back', () => {
  const losses = (sql: string, rollback = '') => lossesIn([{ name: '0002_new', sql, rollback }]);

  it('those of this app lose none', () => {
    expect(lossesIn(migrations)).toEqual([]);
  });

  it.each([
    'DELETE FROM notes;',
    'delete /* all */ from "notes" where id = 1',
    "UPDATE notes SET body = ''",
    "UPDATE OR IGNORE notes SET body = '' WHERE id IS NULL",
    "UPDATE notes SET body = '', id = 1 WHERE body IS NULL",
    'WITH old AS (SELECT 1) DELETE FROM notes WHERE id IN old',
    "REPLACE INTO notes VALUES ('a', 'b')",
    "INSERT OR REPLACE INTO notes VALUES ('a', 'b')",
    "INSERT INTO notes VALUES ('a', 'b') ON CONFLICT (id) DO UPDATE SET body = excluded.body",
    "INSERT OR ABORT INTO notes VALUES ('a', 'b') ON CONFLICT DO UPDATE SET body = 'b'",
    'CREATE TABLE tags (id TEXT); DELETE FROM notes;',
    'CREATE TABLE IF NOT EXISTS notes (id TEXT); DELETE FROM notes;',
    `ALTER TABLE notes ADD tags INTEGER; UPDATE notes SET tags = 1, body = ''`,
    `ALTER TABLE notes ADD tags INTEGER; UPDATE notes SET tags = (SELECT 1 WHERE 1), body = ''`,
    `ALTER TABLE tags ADD body TEXT; UPDATE notes SET body = ''`,
    `ALTER TABLE notes ADD tags INTEGER; CREATE TRIGGER counting AFTER INSERT ON tags BEGIN
       UPDATE notes SET tags = tags + 1 WHERE id = new.note; DELETE FROM notes; END`,
    `CREATE TRIGGER losing AFTER INSERT ON tags BEGIN UPDATE notes SET body = '' WHERE id = new.note; END`,
  ])('%s is found, in either direction', (sql) => {
    const what = 'deletes or overwrites rows of the table notes: say "-- loses: reason"';
    expect(losses(sql)).toEqual([`0002_new.sql ${what}`]);
    expect(losses('', sql)).toEqual([`rollback/0002_new.down.sql ${what}`]);
    expect(losses(`-- loses: the notes are derived\n${sql}`)).toEqual([]);
    expect(losses(`-- loses:\n${sql}`)).toHaveLength(1);
  });

  it.each([
    'UPDATE notes SET body = id WHERE body IS NULL',
    'ALTER TABLE notes ADD COLUMN tags INTEGER; UPDATE notes SET tags = id + 1',
    `ALTER TABLE notes ADD tags INTEGER; CREATE TRIGGER counting AFTER INSERT ON labels BEGIN
       UPDATE notes SET tags = tags + 1 WHERE id = new.note; END`,
    "CREATE TABLE tags (id TEXT); INSERT INTO tags VALUES ('a'); DELETE FROM tags;",
    'CREATE TABLE tags (id TEXT REFERENCES notes ON DELETE CASCADE ON UPDATE SET NULL)',
    "CREATE TRIGGER no BEFORE UPDATE ON notes BEGIN SELECT RAISE(ABORT, 'no'); END",
    "CREATE TRIGGER no BEFORE UPDATE OF body ON notes BEGIN SELECT RAISE(ABORT, 'no'); END",
    "INSERT INTO notes VALUES ('DELETE FROM notes', '')",
    "INSERT INTO notes VALUES ('a', 'b') ON CONFLICT (id) DO NOTHING",
  ])('%s loses nothing', (sql) => {
    expect(losses(sql, sql)).toEqual([]);
  });
});

describe('DB-4 each migration is numbered, and undone by a file or for a reason not', () => {
  it('those of this app are', () => {
    expect(gapsIn(migrations)).toEqual([]);
  });

  it('D1 forgets what was undone, or it would never be applied again', () => {
    for (const migration of migrations) {
      const statements = statementsOf(undoingOf(migration) ?? '');
      expect(statements.at(-1)).toBe("delete from d1_migrations where name = ''");
      expect(undoingOf(migration)).toContain(`'${migration.name}.sql'`);
      expect(statements.slice(0, -1)).toEqual(statementsOf(migration.rollback ?? ''));
    }
  });

  it('what has no way back is not undone by forgetting it', () => {
    const irreversible = {
      name: '0001_a',
      sql: '',
      rollback: null,
      irreversible: 'rows are merged',
    };
    expect(undoingOf(irreversible)).toBeNull();
  });

  it('a missing way back, two ways, and a number that is taken are found', () => {
    const undone = { sql: '', rollback: 'DROP TABLE a;', irreversible: null };
    const lost = { ...undone, rollback: null };
    expect(gapsIn([{ name: '0001_a', ...lost }])).toEqual([
      expect.stringContaining('0001_a needs its rollback file'),
    ]);
    expect(gapsIn([{ name: '0001_a', ...undone, irreversible: 'why' }])).toHaveLength(1);
    expect(gapsIn([{ name: '0001_a', ...lost, irreversible: 'rows are merged' }])).toEqual([]);
    expect(gapsIn(['0001_a', '0001_b'].map((name) => ({ name, ...undone })))).toEqual([
      '0001_b has the number of another',
    ]);
    expect(gapsIn([{ name: 'first', ...undone }])).toHaveLength(1);
  });
});

describe('DB-4 db:new, in a copy', () => {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), 'migrations-')));
  for (const part of ['migrations', 'scripts', 'package.json']) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
  afterAll(() => rmSync(copy, { recursive: true }));
  const run = (script: string, ...words: string[]) =>
    spawnSync(process.execPath, ['--experimental-strip-types', `scripts/${script}.ts`, ...words], {
      cwd: copy,
      encoding: 'utf8',
    });

  it('writes the next two files, which say what is expected of them', () => {
    const next = Number(migrations.at(-1)?.name.slice(0, 4)) + 1;
    const name = `${String(next).padStart(4, '0')}_add_due_dates`;
    expect(run('db-new', 'Add due-dates').status).toBe(0);
    const made = readMigrations(join(copy, 'migrations')).at(-1);
    expect(made?.name).toBe(name);
    expect(made?.sql).toContain('It only adds');
    expect(made?.rollback).toContain(`Undoes ${name.slice(0, 4)}`);
    expect(gapsIn(readMigrations(join(copy, 'migrations')))).toEqual([]);
    const { sql = '', rollback } = made ?? {};
    const emptying = 'DELETE FROM projects;';
    const harm = { name, sql: `${sql}${emptying}`, rollback: `${rollback}${emptying}` };
    expect(lossesIn([harm])).toHaveLength(2);
    expect(lintMigrations([{ name, sql: `${sql}DROP TABLE projects;` }])).toHaveLength(1);
  });

  it.each([[], ['../../etc'], ['1st'], ["x'; --"]])('refuses the name %s', (...words) => {
    expect(run('db-new', ...words.filter((word) => word !== undefined)).status).toBe(2);
  });

  it('db:migrate refuses what would break the code that serves, and says how it is done', () => {
    const { name = '' } = readMigrations(join(copy, 'migrations')).at(-1) ?? {};
    cpSync(
      join(root, 'migrations', 'rollback', '0001_initial.down.sql'),
      join(copy, 'migrations', `${name}.sql`),
    );
    const { status, stderr } = run('db-migrate');
    expect(status).toBe(1);
    expect(stderr).toContain(`${name}.sql drops the table projects`);
    expect(stderr).toContain('expand');
    expect(readFileSync(join(copy, 'migrations', `${name}.sql`), 'utf8')).toContain('DROP');
  });

  it('db:migrate refuses what would lose rows without a reason', () => {
    const { name = '' } = readMigrations(join(copy, 'migrations')).at(-1) ?? {};
    writeFileSync(join(copy, 'migrations', `${name}.sql`), 'DELETE FROM projects;');
    const { status, stderr } = run('db-migrate');
    expect(status).toBe(1);
    expect(stderr).toContain(`${name}.sql deletes or overwrites rows of the table projects`);
  });

  it('db:migrate refuses what has no way back', () => {
    const { name = '' } = readMigrations(join(copy, 'migrations')).at(-1) ?? {};
    writeFileSync(join(copy, 'migrations', `${name}.sql`), 'CREATE TABLE tags (id TEXT) STRICT;');
    rmSync(rollbackFile(join(copy, 'migrations'), name));
    const { status, stderr } = run('db-migrate');
    expect(stderr).toContain(`${name} needs its rollback file`);
    expect(status).toBe(1);
  });

  it.each(['db-migrate', 'db-rollback'])('%s knows its places', (script) => {
    expect(run(script, 'prod').status).toBe(2);
    expect(run(script, 'staging', 'production').status).toBe(2);
    expect(run(script, '--help').stdout).toContain('Usage');
  });
});
