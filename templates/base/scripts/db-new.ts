import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readMigrations, rollbackFile } from './database/migrations.ts';
import { givenWords } from './given-words.ts';

const usage = `Usage: npm run db:new -- NAME

Writes the next migration and its rollback file, each with a header to fill in.`;

/** What a new table of tenants looks like stands in 0001_initial.sql. */
const migrationHeader = `-- What this adds, and what for.
--
-- It only adds: the release before serves on this schema until the deployment is through. What cannot
-- be undone has no rollback file, and says why: "-- irreversible:" and the reason. What deletes or
-- overwrites rows says so as well: "-- loses:" and the reason.
`;
const rollbackHeader = (number: string) =>
  `-- Undoes ${number}. What is lost by it, and what to do before.\n`;

const folder = join(import.meta.dirname, '..', 'migrations');
process.exitCode = run(givenWords());

/** Answers the exit code: 0 done, 2 wrong usage. */
function run(words: readonly string[]): number {
  if (words.includes('--help')) {
    console.log(usage);
    return 0;
  }
  const title = words.join('_').toLowerCase().replaceAll(/[ -]/g, '_');
  if (!/^[a-z][a-z0-9_]*$/.test(title)) {
    console.error(`${usage}\n\nA name has letters, digits and "_": add_due_dates`);
    return 2;
  }
  const newest = readMigrations(folder).at(-1)?.name ?? '0000';
  const number = String(Number(newest.slice(0, 4)) + 1).padStart(4, '0');
  const name = `${number}_${title}`;
  const files = [join(folder, `${name}.sql`), rollbackFile(folder, name)];
  const [way = '', back = ''] = files;
  mkdirSync(join(folder, 'rollback'), { recursive: true });
  writeFileSync(way, migrationHeader, { flag: 'wx' });
  writeFileSync(back, rollbackHeader(number), { flag: 'wx' });
  console.log(files.map((file) => `Wrote ${file}`).join('\n'));
  return 0;
}
