import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const usage = `Usage: npm run deploy -- staging|production [--dry-run]

Applies the migrations that the environment lacks, then deploys the Worker under the tag of the
current commit. Nothing is deployed without naming the environment.`;

process.exitCode = run(process.argv.slice(2));

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
  const git = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' });
  if (git.status !== 0) {
    console.error('There is no commit to name the deployment by: commit what you deploy first.');
    return 1;
  }
  return deploy(asked.environment, git.stdout.trim(), asked.isDryRun);
}

function readArguments(args: string[]) {
  try {
    const options = { 'dry-run': { type: 'boolean', default: false } } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const [environment, ...others] = positionals;
    if (others.length > 0) return null;
    if (environment !== 'staging' && environment !== 'production') return null;
    return { environment, isDryRun: values['dry-run'] };
  } catch {
    return null;
  }
}

/** Runs the steps in order and stops at the first that fails. Answers its exit code. */
function deploy(name: string, tag: string, isDryRun: boolean): number {
  const migrate = ['d1', 'migrations', 'apply', 'DB', '--remote', '--env', name];
  const ship = ['deploy', '--env', name, '--tag', tag, ...(isDryRun ? ['--dry-run'] : [])];
  for (const step of isDryRun ? [ship] : [migrate, ship]) {
    const { status } = spawnSync('npx', ['wrangler', ...step], { stdio: 'inherit' });
    if (status !== 0) return status ?? 1;
  }
  return 0;
}
