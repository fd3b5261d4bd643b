import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appEnvironment, installDependencies, renderInto } from '../../scripts/rendered-app.ts';

/**
 * One change of the schema in three releases, as the application's linter demands it: a project gets a
 * summary in place of its description. Each step must serve the code of the release before.
 */
const expand = `-- Summaries of projects: first beside the description.
ALTER TABLE projects ADD COLUMN summary TEXT;
CREATE INDEX projects_by_summary ON projects (tenant_id, summary, id);
`;
const backfill = `-- What old code wrote before it was gone.
UPDATE projects SET summary = description WHERE summary IS NULL;
`;
const contract = 'ALTER TABLE projects DROP COLUMN description;\n';

/** Tests that compare the schema with lists are of the release that knows the new column. */
const ofOldCode = ['tenancy', 'members', 'invitations', 'audit', 'sessions', 'signup', 'mail'];

const parent = realpathSync(mkdtempSync(join(tmpdir(), 'stackbilder-expand-')));
const app = join(parent, 'my-app');
const script = (name: string, ...words: string[]) =>
  spawnSync('npm', ['run', '--silent', name, '--', ...words], {
    cwd: app,
    env: appEnvironment(),
    encoding: 'utf8',
    maxBuffer: 1e8,
  });

/** Makes a migration, as a developer does. Answers its file. */
function newMigration(name: string, up: string, down: string): string {
  const { stdout, stderr, status } = script('db:new', name);
  expect([status, stderr]).toEqual([0, '']);
  const [way = '', back = ''] = stdout.trim().split('\n');
  const file = (line: string) => line.replace(/^Wrote /, '');
  writeFileSync(file(way), up);
  writeFileSync(file(back), down);
  return file(way);
}

beforeAll(async () => {
  await renderInto(app, { name: 'my-app' });
  await installDependencies(app);
});

afterAll(() => rmSync(parent, { recursive: true, force: true }));

describe('DEP-5 a schema that expands serves the code of the release before', () => {
  it("old code's tests pass on the new schema, filled or not", () => {
    newMigration(
      'summaries',
      expand,
      'DROP INDEX projects_by_summary;\nALTER TABLE projects DROP COLUMN summary;\n',
    );
    newMigration(
      'fill_summaries',
      backfill,
      '-- loses: nothing that the description does not have\nUPDATE projects SET summary = NULL;\n',
    );
    expect(script('db:migrate').status).toBe(0);
    const { status, stdout, stderr } = script('test', ...ofOldCode);
    expect([status, status === 0 ? '' : stdout + stderr]).toEqual([0, '']);
  });

  it('the way back is gone step by step, and each can be gone again', () => {
    expect(script('db:rollback').stdout).toContain('_fill_summaries.sql');
    expect(script('db:rollback').stdout).toContain('_summaries.sql');
    expect(script('db:migrate').status).toBe(0);
  });

  it('contracting in the same release is refused, and not when it says since when nothing reads it', () => {
    const file = newMigration('drop_descriptions', contract, '-- Undone by a backup.\n');
    const refused = script('db:migrate');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('drops the column projects.description');
    writeFileSync(
      file,
      `-- contract: 1.4.0 (nothing reads it)\n-- irreversible: texts are gone\n${contract}`,
    );
    rmSync(file.replace('migrations', join('migrations', 'rollback')).replace('.sql', '.down.sql'));
    expect(script('db:migrate')).toMatchObject({ status: 0 });
    const stuck = script('db:rollback');
    expect(stuck.status).toBe(1);
    expect(stuck.stderr).toContain('cannot be undone: texts are gone');
    expect(readFileSync(file, 'utf8')).toContain('DROP COLUMN');
  });
});
