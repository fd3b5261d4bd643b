import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { askAt, Manifest, newestManifest } from './database/backup.ts';
import { endedSince, endingAgain, keptSince, tenantsWithoutOwner } from './database/tombstones.ts';
import { ask, change, type Place, placeOf, report, wordsOf } from './database/wrangler.ts';
import { givenWords } from './given-words.ts';

const usage = `Usage: npm run db:tombstones -- [staging|production] --from backups/FILE.json [--of PLACE] [--yes]

After a restore: ends again the tenants and users that had ended when the backup FILE was taken, which
is the one from right before the restore. Says what it would do, and does it when told --yes. Refuses where
the database knows of an end that is later than FILE, which it would undo.
FILE is a backup of the same place; of another one, which is then named, where its data was restored here.`;

report(() => run(givenWords()));

/** Answers the exit code: 0 done, 1 refused, 2 wrong usage. @throws {Error} where wrangler fails */
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
  const { place, takenAt, tombstones } = Manifest.parse(
    JSON.parse(readFileSync(asked.from, 'utf8')),
  );
  // A tenant that has not ended in that place is thawed in this one.
  if (place !== asked.of) {
    console.error(
      `${asked.from} is a backup of ${place}. Where data of ${place} was restored into ${asked.place}, say --of ${place}.`,
    );
    return 1;
  }
  const since = await endedSince(askAt(asked.place), tombstones, Date.parse(takenAt));
  if (since.length > 0) {
    console.error(
      `${asked.from} was taken before these ended in ${asked.place}: ${since.join(', ')}. Use the manifest from right before the restore; the newest of ${place} here is ${newestManifest(place) ?? 'none'}.`,
    );
    return 1;
  }
  const kept = await keptSince(askAt(asked.place), tombstones);
  for (const id of kept) console.log(`Tenant ${id} is left in use: its owner thought again.`);
  const tenants = tombstones.tenants.filter(([id]) => !kept.includes(id));
  const { users } = tombstones;
  const what = `${tenants.length} tenants and ${users.length} users in ${asked.place}`;
  if (!asked.isMeant) {
    console.log(`--yes would end again ${what}.`);
    return 0;
  }
  const where = wordsOf(asked.place);
  change(where, endingAgain({ tenants, users }));
  const [without = []] = ask(where, [tenantsWithoutOwner]);
  console.log(`Ended again: ${what}.`);
  for (const { id } of without) console.log(`Tenant ${String(id)} has no owner: give it one.`);
  return 0;
}

interface Asked {
  readonly place: Place;
  readonly from: string;
  /** The place that the backup is of. */
  readonly of: Place;
  readonly isMeant: boolean;
}

function readArguments(args: string[]): Asked | null {
  try {
    const options = {
      from: { type: 'string' },
      of: { type: 'string' },
      yes: { type: 'boolean', default: false },
    } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const place = placeOf(positionals[0]);
    const of = values.of === undefined ? place : placeOf(values.of);
    if (place === null || of === null || positionals.length > 1 || values.from === undefined)
      return null;
    return { place, from: values.from, of, isMeant: values.yes };
  } catch {
    return null;
  }
}
