/**
 * The inner loop of work on the templates: `npm run app` renders the default application into a
 * folder that keeps its dependencies, and runs its tests there. `npm run app -- prove --only DB-1`
 * runs another of its scripts.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installDependencies, renderInto, runInApp } from './rendered-app.ts';

// Outside this repository, whose ignore rules the application's linter would follow.
const directory = join(tmpdir(), 'create-stackbilder-app', 'my-app');
const [script = 'test', ...words] = process.argv.slice(2);

await renderInto(directory, { name: 'my-app' });
installDependencies(directory);
console.log(`Rendered into ${directory}`);
try {
  runInApp(directory, 'npm', ['run', '--silent', script, '--', ...words]);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
