import { execFileSync, spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const usage = `Usage: npm run deploy -- staging|production [--dry-run]

Applies the migrations that the environment lacks, then deploys the Worker under the tag of the
current commit. Nothing is deployed without naming the environment.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'dry-run': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [environment] = positionals;

if (values.help) {
  console.log(usage);
} else if (
  positionals.length !== 1 ||
  (environment !== 'staging' && environment !== 'production')
) {
  console.error(usage);
  process.exitCode = 2;
} else {
  process.exitCode = deploy(environment, values['dry-run']);
}

/** Runs the steps in order and stops at the first that fails. Answers its exit code. */
function deploy(name: 'staging' | 'production', isDryRun: boolean): number {
  const tag = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const migrate = ['d1', 'migrations', 'apply', 'DB', '--remote', '--env', name];
  const ship = ['deploy', '--env', name, '--tag', tag, ...(isDryRun ? ['--dry-run'] : [])];
  for (const step of isDryRun ? [ship] : [migrate, ship]) {
    const { status } = spawnSync('npx', ['wrangler', ...step], { stdio: 'inherit' });
    if (status !== 0) return status ?? 1;
  }
  return 0;
}
