import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { givenWords } from './given-words.ts';

const usage = `Usage: npm run stripe:replay [-- evt_…|cus_…] [--env staging|production]

Without an id, lists the last 50 events of the ledger. With one, has what the event, or the customer, is about
asked of Stripe again: within a minute the app makes it what it is there. That is safe at any time and as
often as you like, since an event only says where to look. Without --env, the local database is meant; there
the clock does not run by itself: curl "http://localhost:8787/cdn-cgi/handler/scheduled?cron=*+*+*+*+*"`;

const Answer = z.tuple([
  z.object({ results: z.array(z.object({ tenant_id: z.string(), customer_id: z.string() })) }),
]);

process.exitCode = run(givenWords());

/** Answers the exit code: 0 done, 1 failed, 2 wrong usage. */
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
  return asked.id === undefined ? list(asked.place) : replay(asked.place, asked.id);
}

function list(place: readonly string[]): number {
  const words = wordsFor(
    place,
    `SELECT id, type, customer_id, outcome, datetime(received_at / 1000, 'unixepoch') AS received
     FROM stripe_events ORDER BY received_at DESC LIMIT 50`,
  );
  return spawnSync('npx', words, { stdio: 'inherit' }).status ?? 1;
}

function replay(place: readonly string[], id: string): number {
  // The shape of the id was checked: nothing but letters, digits and _ comes here.
  const words = wordsFor(
    place,
    `UPDATE billing_accounts SET sync_due_at = 0
     WHERE customer_id = coalesce((SELECT customer_id FROM stripe_events WHERE id = '${id}'), '${id}')
     RETURNING tenant_id, customer_id`,
  );
  const { status, stdout } = spawnSync('npx', [...words, '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) {
    console.error(stdout);
    return 1;
  }
  const [{ results }] = Answer.parse(JSON.parse(stdout));
  for (const { tenant_id: tenant, customer_id: customer } of results) {
    console.log(`${customer} of the tenant ${tenant} will be asked about`);
  }
  if (results.length > 0) return 0;
  console.error(
    `Nothing was done: ${id} leads to no customer of ours. An event may be older than 90 days, never have been applied, or be about nobody: take its customer from Stripe's dashboard, and name that, cus_….`,
  );
  return 1;
}

function readArguments(args: string[]) {
  try {
    const options = { env: { type: 'string' } } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const [id, ...others] = positionals;
    const { env } = values;
    if (others.length > 0 || (id !== undefined && !/^(evt|cus)_\w+$/.test(id))) return null;
    if (env !== undefined && env !== 'staging' && env !== 'production') return null;
    return { id, place: env === undefined ? ['--local'] : ['--remote', '--env', env] };
  } catch {
    return null;
  }
}

function wordsFor(place: readonly string[], sql: string): string[] {
  return ['wrangler', 'd1', 'execute', 'DB', ...place, '--command', sql];
}
