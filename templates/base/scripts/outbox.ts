import { parseArgs } from 'node:util';
import { askD1, readPlace, type Place } from './d1.ts';
import { givenWords } from './given-words.ts';

const usage = `Usage: npm run outbox -- list [--env local|staging|production]
       npm run outbox -- requeue ID|all [--env local|staging|production]

Shows the mail that waits or was given up, by id; what is in it is sealed. "requeue" has mail that was given up
tried again within a minute. Its age stays, so that the alert "mail waits" may come once.`;

process.exitCode = run(givenWords());

/** Answers the exit code: 0 done, 1 failed or nothing to do, 2 wrong usage. */
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
  try {
    if (asked.verb === 'list') return list(asked.place);
    return requeue(asked.place, asked.id);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

function readArguments(args: string[]) {
  try {
    const options = { env: { type: 'string' } } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const [verb, id = '', ...others] = positionals;
    const place = readPlace(values.env);
    if (place === null || others.length > 0) return null;
    if (verb === 'list') return id === '' ? { verb, id, place } : null;
    return verb === 'requeue' && /^(?:all|[0-9a-f-]{36})$/.test(id) ? { verb, id, place } : null;
  } catch {
    return null;
  }
}

function list(place: Place): number {
  const rows = askD1(
    place,
    `SELECT id, request_id, attempts, created_at, dead_at FROM outbox
     ORDER BY dead_at IS NULL, created_at LIMIT 200`,
  );
  for (const { id, request_id, attempts, created_at, dead_at } of rows) {
    const age = Math.round((Date.now() - Number(created_at)) / 60_000);
    const state = dead_at === null ? 'waits' : 'given up';
    console.log(
      `${String(id)}  ${state.padEnd(8)}  ${String(attempts)} attempts, ${age} minutes old, request ${String(request_id)}`,
    );
  }
  if (rows.length === 0) console.log(`No mail waits in ${place}, and none was given up.`);
  return 0;
}

function requeue(place: Place, id: string): number {
  const which = id === 'all' ? '' : ` AND id = '${id}'`;
  const rows = askD1(
    place,
    `UPDATE outbox SET dead_at = NULL, attempts = 0, next_attempt_at = ${Date.now()}
     WHERE dead_at IS NOT NULL${which} RETURNING id`,
  );
  console.log(`${rows.length} of the mails that were given up in ${place} are tried again.`);
  return rows.length > 0 ? 0 : 1;
}
