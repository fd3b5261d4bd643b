import { parseArgs } from 'node:util';
import { buildOf, smokeTest } from './deployment/smoke.ts';
import { newestWayBack } from './deployment/way-back.ts';
import { configurationOf, environmentOf, wrangler } from './deployment/wrangler.ts';
import { givenWords } from './given-words.ts';

const usage = `Usage: npm run rollback -- staging|production [--to VERSION] [--address ADDRESS]

Lets the version before serve again, at once and to everybody: the one that releases/ names, which each
deployment writes down before it begins, or VERSION ("npx wrangler versions list --env …" lists them). Without
--to it refuses unless the build that serves is the one that was deployed by that paper.
Data and schema stay as they are: docs/runbooks/rollback.md says what to do about them.`;

process.exitCode = await run(givenWords());

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
  const { environment } = asked;
  const way = asked.version === undefined ? newestWayBack(environment) : null;
  const version = asked.version ?? way?.version;
  if (version === undefined || version === null) {
    console.error(`No way back from ${environment} is written here: name the version with --to.`);
    return 1;
  }
  try {
    const serving = way === null ? null : await buildOf({ address: asked.address });
    if (way !== null && serving !== way.commit)
      throw new Error(
        `The newest way back here is from ${way.commit}, and /health names ${serving ?? 'no build'}: somebody may have deployed since. To go there all the same: --to ${version}`,
      );
    const message = `rollback to ${version}`;
    wrangler('rollback', version, '--env', environment, '--yes', '--message', message);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
  const wrong = await smokeTest({ address: asked.address });
  console.log(wrong.length === 0 ? `${version} serves ${environment}.` : wrong.join('\n'));
  return wrong.length === 0 ? 0 : 1;
}

function readArguments(args: string[]) {
  try {
    const options = { to: { type: 'string' }, address: { type: 'string' } } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const environment = environmentOf(positionals[0]);
    if (environment === null || positionals.length > 1) return null;
    const address = values.address ?? configurationOf(environment).address;
    return { environment, version: values.to, address };
  } catch {
    return null;
  }
}
