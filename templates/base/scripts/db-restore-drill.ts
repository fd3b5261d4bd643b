import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import {
  askAt,
  backups,
  DumpRefusedError,
  fileTime,
  hashOfFile,
  manifestFor,
  takeBackup,
  withRestored,
} from './database/backup.ts';
import { drill, linesOf, refusedDump } from './database/drill.ts';
import { tombstonesOf } from './database/tombstones.ts';
import { type Place, placeOf, report } from './database/wrangler.ts';
import { givenWords } from './given-words.ts';

const usage = `Usage: npm run db:restore-drill [-- [staging|production] [--dump FILE]]

Rehearses a restore: takes a backup (or the given dump), imports it into a scratch database on this
machine, compares the rows and the hashes of every table with those of the database, and ends again
who and what has ended since. It leaves a record of counts, hashes and ids of tenants in backups/drills/,
to be committed; and in backups/ the backup it took, which holds everybody's data.
Without a manifest beside it, a dump is compared with the database as it is now.`;

report(() => run(givenWords()));

/** Answers the exit code: 0 everything came back, 1 not, 2 wrong usage. @throws {Error} where wrangler fails */
async function run(words: string[]): Promise<number> {
  if (words.includes('--help')) {
    console.log(usage);
    return 0;
  }
  const asked = readArguments(words);
  if (asked === null) {
    console.error(usage);
    return 2;
  }
  return rehearse(asked.place, asked.dump ?? (await takeBackup(asked.place)));
}

function readArguments(args: string[]) {
  try {
    const options = { dump: { type: 'string' } } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const place = placeOf(positionals[0]);
    if (place === null || positionals.length > 1) return null;
    return { place, dump: values.dump === undefined ? null : resolve(values.dump) };
  } catch {
    return null;
  }
}

async function rehearse(place: Place, dump: string): Promise<number> {
  const began = Date.now();
  const sha256 = await hashOfFile(dump);
  const manifest = await manifestFor(dump, place);
  // The record is evidence for one place, and what has ended is asked of it.
  if (manifest.place !== place)
    throw new Error(`${basename(dump)} is a backup of ${manifest.place}, not of ${place}.`);
  const tombstones = await tombstonesOf(askAt(place));
  const outcome = await withRestored(dump, (copy) => drill(copy, manifest, tombstones)).catch(
    (thrown: unknown) => {
      if (!(thrown instanceof DumpRefusedError)) throw thrown;
      console.error(`D1 does not take the dump: ${thrown.message}`);
      return refusedDump(createInterface(createReadStream(dump)), manifest.before);
    },
  );
  const date = new Date(began).toISOString();
  const record = {
    date,
    place,
    dump: { file: basename(dump), takenAt: manifest.takenAt, sha256 },
    seconds: Math.round((Date.now() - began) / 1_000),
    ...outcome,
  };
  const folder = join(backups, 'drills');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${fileTime(date)}-${place}.json`);
  writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
  console.log([...linesOf(outcome), `Wrote ${file}`].join('\n'));
  return outcome.isRestored ? 0 : 1;
}
