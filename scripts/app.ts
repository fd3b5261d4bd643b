/**
 * The inner loop of work on the templates: `npm run app` renders the default application into a
 * folder that keeps its dependencies, and runs its tests there. `npm run app -- login sessions`
 * runs the test files whose names contain one of the words; `npm run app -- prove --only DB-1`
 * another of its scripts.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { endOnSignals, startProgram, success } from './child-process.ts';
import { appEnvironment, installDependencies, renderInto } from './rendered-app.ts';

endOnSignals();

// Outside this repository, whose ignore rules the application's linter would follow.
const directory = join(tmpdir(), 'create-stackbilder-app', 'my-app');
const words = process.argv.slice(2);

await renderInto(directory, { name: 'my-app' });
await installDependencies(directory);
console.log(`Rendered into ${directory}`);

const { scripts }: { scripts: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(join(directory, 'package.json'), 'utf8'),
);
const [first = 'test'] = words;
const [script, rest] = Object.hasOwn(scripts, first) ? [first, words.slice(1)] : ['test', words];
// Vitest leaves a core to others; on two cores that doubles the wait.
const hurry = script === 'test' ? [`--maxWorkers=${availableParallelism()}`] : [];
try {
  const started = startProgram('npm', ['run', '--silent', script, '--', ...hurry, ...rest], {
    cwd: directory,
    env: appEnvironment(),
    // Vitest reads keys while it watches.
    stdio: 'inherit',
    ownGroup: false,
  });
  await success(started, `npm run ${script}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
