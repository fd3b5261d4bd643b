import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readMigrations, undoingOf } from './database/migrations.ts';
import { ask, change, placeOf, report, wordsOf } from './database/wrangler.ts';
import { givenWords } from './given-words.ts';

const usage = `Usage: npm run db:rollback [-- staging|production --yes]

Undoes the newest migration that a database has: of the local one, or of an environment. There it
only says what it would do, unless told --yes. Roll the code back first, and take a backup: what the
migration added is lost. (Time Travel would lose every later write as well.)`;

report(() => run(givenWords()));

/** Answers the exit code: 0 done, 1 refused, 2 wrong usage. @throws {Error} where wrangler fails */
function run(words: string[]): number {
  if (words.includes('--help')) {
    console.log(usage);
    return 0;
  }
  const asked = readArguments(words);
  if (asked === null) {
    console.error(usage);
    return 2;
  }
  const sql = 'SELECT name FROM d1_migrations ORDER BY id DESC LIMIT 1';
  const file = ask(wordsOf(asked.place), [sql])[0]?.[0]?.['name'];
  if (typeof file !== 'string') return refuse('There is no migration to undo.');
  const migrations = readMigrations(join(import.meta.dirname, '..', 'migrations'));
  const migration = migrations.find(({ name }) => `${name}.sql` === file);
  if (migration === undefined) return refuse(`This code has no ${file}: use the code that has.`);
  const undoing = undoingOf(migration);
  if (undoing === null) {
    const reason = migration.irreversible ?? 'it has no rollback file';
    return refuse(`${file} cannot be undone: ${reason}`);
  }
  if (asked.place !== 'local' && !asked.isMeant) {
    console.log(`${undoing};\nThis is what --yes would run in ${asked.place}.`);
    return 0;
  }
  // The row of the migration goes in the same file as what it added: both, or neither.
  change(wordsOf(asked.place), [undoing]);
  console.log(`Undid ${file}.`);
  return 0;
}

function refuse(reason: string): number {
  console.error(reason);
  return 1;
}

function readArguments(args: string[]) {
  try {
    const options = { yes: { type: 'boolean', default: false } } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const place = placeOf(positionals[0]);
    return place === null || positionals.length > 1 ? null : { place, isMeant: values.yes };
  } catch {
    return null;
  }
}
