import { parseArgs } from 'node:util';
import { flags, type Flag } from '../src/ops/flags.ts';
import { askD1, readPlace, type Place } from './d1.ts';
import { givenWords } from './given-words.ts';

const usage = `Usage: npm run flags -- list [--env local|staging|production]
       npm run flags -- open|close NAME [--env local|staging|production]

Opens and closes paths without a deployment; it works with the next request. A closed path answers 503.
The flags: ${Object.keys(flags).join(', ')}`;

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
  try {
    if (asked.verb === 'list') list(asked.place);
    else set(asked.place, asked.name, asked.verb === 'open' ? 'open' : 'closed');
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

function readArguments(args: string[]) {
  try {
    const options = { env: { type: 'string' } } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const [verb, name = '', ...others] = positionals;
    const place = readPlace(values.env);
    if (place === null || others.length > 0) return null;
    if (verb === 'list') return name === '' ? { verb, name, place } : null;
    const isKnown = Object.hasOwn(flags, name);
    return isKnown && (verb === 'open' || verb === 'close') ? { verb, name, place } : null;
  } catch {
    return null;
  }
}

function list(place: Place): void {
  const rows = askD1(place, 'SELECT name, state FROM feature_flags');
  const all: readonly (readonly [string, Flag])[] = Object.entries(flags);
  for (const [name, { closes, owner, expires, unset }] of all) {
    const set = rows.find((row) => row['name'] === name)?.['state'];
    const state = typeof set === 'string' ? set : unset;
    const end = expires === 'never' ? '' : `, expires ${expires}`;
    console.log(`${name.padEnd(16)} ${state.padEnd(6)}  closes ${closes} (${owner}${end})`);
  }
}

function set(place: Place, name: string, state: 'open' | 'closed'): void {
  askD1(
    place,
    `INSERT INTO feature_flags (name, state, changed_at) VALUES ('${name}', '${state}', ${Date.now()})
     ON CONFLICT (name) DO UPDATE SET state = excluded.state, changed_at = excluded.changed_at`,
  );
  console.log(`${name} is ${state} in ${place}`);
}
