/**
 * `npm run lock`: resolves what the default application depends on and keeps the result as the
 * template of its package-lock.json. Needs the registry. Run it after a version changed.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endOnSignals } from './child-process.ts';
import { root } from './host-node.ts';
import { renderInto, runInApp } from './rendered-app.ts';

const name = 'my-app';
const directory = mkdtempSync(join(tmpdir(), 'stackbilder-lock-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }));
endOnSignals();

await renderInto(directory, { name });
const file = join(directory, 'package-lock.json');
rmSync(file, { force: true });
await runInApp(directory, 'npm', [
  'install',
  '--package-lock-only',
  '--ignore-scripts',
  '--no-audit',
]);
// A lock file that misses another platform's packages passes here and fails there.
await runInApp(directory, 'npm', ['ci', '--dry-run', '--ignore-scripts', '--no-audit']);
const template = readFileSync(file, 'utf8')
  .replaceAll(`"name": "${name}"`, '"name": "{{name}}"')
  .replace(/^\s*"resolved": .*\n/gm, '');
writeFileSync(join(root, 'templates', 'features', 'npm', 'package-lock.json.hbs'), template);
