import { join } from 'node:path';
import { expandAndContract, lintMigrations, lossesIn } from './database/lint.ts';
import { gapsIn, readMigrations } from './database/migrations.ts';
import { placeOf, report, showWrangler, wordsOf } from './database/wrangler.ts';
import { committed } from './deployment/git.ts';
import { untriedInStaging } from './deployment/refusals.ts';
import { givenWords } from './given-words.ts';

const usage = `Usage: npm run db:migrate [-- staging|production]

Applies the migrations that a database lacks: the local one, or that of an environment. In an
environment that is the first half of a deployment (npm run deploy): the schema comes before the
code that needs it, and so must not break the code that is there. Migrations that would are refused; and
for production what is not committed, and migrations that staging does not have, or has in other words.`;

report(() => run(givenWords()));

/** Answers the exit code: 0 done, 1 refused or failed, 2 wrong usage. @throws {Error} where staging, or git, does not tell */
function run(words: readonly string[]): number {
  if (words.includes('--help')) {
    console.log(usage);
    return 0;
  }
  const place = placeOf(words[0]);
  if (place === null || words.length > 1) {
    console.error(usage);
    return 2;
  }
  const migrations = readMigrations(join(import.meta.dirname, '..', 'migrations'));
  const harms = lintMigrations(migrations);
  const refusals = [...harms, ...lossesIn(migrations), ...gapsIn(migrations)];
  if (refusals.length === 0 && place === 'production') {
    committed();
    refusals.push(...untriedInStaging(migrations));
  }
  if (refusals.length === 0)
    return showWrangler('d1', 'migrations', 'apply', 'DB', ...wordsOf(place));
  console.error(refusals.join('\n'));
  if (harms.length > 0) console.error(`\n${expandAndContract}`);
  return 1;
}
