import { parseArgs } from 'node:util';
import { setTimeout as wait } from 'node:timers/promises';
import { committed } from './deployment/git.ts';
import { smokeTest, type Target } from './deployment/smoke.ts';
import { refusalsOf } from './deployment/refusals.ts';
import { describeWayBack, writeWayBack, type WayBack } from './deployment/way-back.ts';
import {
  configurationOf,
  environmentOf,
  wrangler,
  type DeployedEnvironment,
} from './deployment/wrangler.ts';
import { givenWords } from './given-words.ts';

const usage = `Usage: npm run deploy -- staging|production [--dry-run] [--first] [--hold SECONDS] [--patience SECONDS]
       [--address ADDRESS]

Deploys the commit that is checked out, in this order, and stops at the first step that fails:
  1. refuses what is not committed or not told by CHANGELOG.md, migrations that would break the version before,
     and, for production, migrations that staging does not have, or that were changed since it ran them
  2. writes the way back into releases/: the version that serves, and the bookmark of the database
  3. applies the migrations
  4. uploads the new version and gives it a tenth of the traffic
  5. asks that version whether it is well, again and again for --hold seconds (60 unless told otherwise)
  6. gives it all the traffic, and asks once more
When it is not well, the version before gets all the traffic back.
--dry-run refuses as always, then builds, and changes nothing.
--first is for an environment that has no version yet: there is no way back, and it gets all traffic at once.
A new deployment is not everywhere at once, and a question may be lost: one that goes wrong is asked again for
--patience seconds (30) before the version counts as ill. --address is where the app answers, when that is not APP_ORIGIN of wrangler.toml.`;

/** Large enough to meet what is wrong, small enough to harm few. */
const firstShare = 10;

process.exitCode = await run(givenWords());

interface Release {
  readonly environment: DeployedEnvironment;
  readonly address: string;
  readonly isFirst: boolean;
  readonly holdMs: number;
  readonly patienceMs: number;
  readonly commit: string;
}

/** Answers the exit code: 0 done, 1 failed, 2 wrong usage. */
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
  try {
    const commit = committed();
    const refusals = refusalsOf(asked.environment);
    if (refusals.length > 0) throw new Error(refusals.join('\n'));
    if (asked.isDryRun) wrangler('deploy', '--env', asked.environment, '--dry-run');
    else await deploy({ ...asked, commit });
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

function readArguments(args: string[]) {
  try {
    const options = {
      'dry-run': { type: 'boolean', default: false },
      first: { type: 'boolean', default: false },
      hold: { type: 'string', default: '60' },
      patience: { type: 'string', default: '30' },
      address: { type: 'string' },
    } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const environment = environmentOf(positionals[0]);
    const holdMs = Number(values.hold) * 1_000;
    const patienceMs = Number(values.patience) * 1_000;
    if (environment === null || positionals.length > 1 || !(holdMs + patienceMs >= 0)) return null;
    const address = values.address ?? configurationOf(environment).address;
    const [isDryRun, isFirst] = [values['dry-run'], values.first];
    return { environment, address, isDryRun, isFirst, holdMs, patienceMs };
  } catch {
    return null;
  }
}

/** @throws {Error} at the first step that fails, after going back where the new version served */
async function deploy(release: Release): Promise<void> {
  const { environment, commit, address, isFirst, patienceMs } = release;
  const way = writeWayBack(environment, commit, { isFirst });
  const to = ['--env', environment];
  wrangler('d1', 'migrations', 'apply', 'DB', '--remote', ...to);
  const named = ['--tag', commit, '--message', `${commit}, after ${way.version ?? 'none'}`];
  if (way.version === null) {
    wrangler('deploy', ...to, ...named);
    return arrive({ address, build: commit }, way, patienceMs);
  }
  const id = uploaded(wrangler('versions', 'upload', ...to, ...named));
  const version = { worker: configurationOf(environment).worker, id };
  try {
    share([`${id}@${firstShare}%`, `${way.version}@${100 - firstShare}%`], to);
    const target = { address, build: commit, version };
    await arrive(target, way, patienceMs);
    await hold(target, way, release);
    share([`${id}@100%`], to);
    wrangler('triggers', 'deploy', ...to);
    await arrive({ address, build: commit }, way, patienceMs);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    wrangler('rollback', way.version, ...to, '--yes', '--message', `${commit} is not well`);
    throw new Error(`${way.version} serves ${environment} again, as before.`, { cause: error });
  }
  console.log(`${commit} serves ${environment}.\n${describeWayBack(way)}`);
}

function uploaded(printed: string): string {
  const id = /Worker Version ID: ([0-9a-f-]{36})/.exec(printed)?.[1];
  if (id === undefined) throw new Error('wrangler named no version that it uploaded.');
  return id;
}

function share(versions: readonly string[], to: readonly string[]): void {
  wrangler('versions', 'deploy', ...versions, ...to, '--yes');
}

/** Waits until the version answers and is well. @throws {Error} with what is wrong */
async function arrive(target: Target, way: WayBack, patienceMs: number): Promise<void> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const wrong = await smokeTest(target);
    if (wrong.length === 0) return;
    if (Date.now() >= until) {
      const said = wrong.join('\n');
      throw new Error(`The new version is not well:\n${said}\n${describeWayBack(way)}`);
    }
    await wait(2_000);
  }
}

/** Asks on, with the same patience: one question that is lost on the way is no illness. */
async function hold(
  target: Target,
  way: WayBack,
  { holdMs, patienceMs }: Pick<Release, 'holdMs' | 'patienceMs'>,
): Promise<void> {
  for (const until = Date.now() + holdMs; Date.now() < until; await wait(Math.min(5_000, holdMs))) {
    await arrive(target, way, patienceMs);
  }
}
