import { takeBackup } from './database/backup.ts';
import { placeOf, report } from './database/wrangler.ts';
import { givenWords } from './given-words.ts';

const usage = `Usage: npm run db:backup [-- staging|production]

Exports the local database, or that of an environment, into backups/: a dump, and beside it a manifest
with the number of rows and the hashes of every table, and with the tombstones. While it exports, D1
answers nobody else. See docs/backup-and-restore.md.`;

report(() => run(givenWords()));

/** Answers the exit code: 0 done, 2 wrong usage. @throws {Error} where wrangler fails */
async function run(words: readonly string[]): Promise<number> {
  if (words.includes('--help')) {
    console.log(usage);
    return 0;
  }
  const place = placeOf(words[0]);
  if (place === null || words.length > 1) {
    console.error(usage);
    return 2;
  }
  console.log(`Wrote ${await takeBackup(place)}`);
  return 0;
}
