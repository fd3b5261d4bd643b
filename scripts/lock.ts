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

/** What only an application with a feature installs, with what that brings along. */
const chosen: Readonly<Record<string, readonly string[]>> = {
  billing: ['stripe'],
  google: ['jose'],
  oauth: ['oauth4webapi'],
  pages: ['axe-core', 'jsqr', 'playwright-core', 'uqr'],
};

/** Leaves a package to a feature: the line that asks for it, where there is one, and its entry. */
function only(feature: string, packageName: string, text: string): string {
  const asked = new RegExp(`^ {8}"${packageName}": ".*",\\n`, 'm');
  const entry = new RegExp(
    `^ {4}"node_modules/${packageName}": \\{\\n(?: {5,}.*\\n)* {4}\\},\\n`,
    'm',
  );
  if (!entry.test(text)) throw new Error(`The lock file does not hold ${packageName}`);
  const where = (lines: string) => `{{#if ${feature}}}\n${lines}{{/if}}\n`;
  return text.replace(entry, where).replace(asked, where);
}

const directory = mkdtempSync(join(tmpdir(), 'stackbilder-lock-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }));
endOnSignals();

await renderInto(directory, { name });
const file = join(directory, 'package-lock.json');
// The template is where it starts: what is locked stays, unless what is asked for changed.
await runInApp(directory, 'npm', [
  'install',
  '--package-lock-only',
  '--ignore-scripts',
  '--no-audit',
]);
// A lock file that misses another platform's packages passes here and fails there.
await runInApp(directory, 'npm', ['ci', '--dry-run', '--ignore-scripts', '--no-audit']);
const resolved = readFileSync(file, 'utf8')
  .replaceAll(`"name": "${name}"`, '"name": "{{name}}"')
  .replace(/^\s*"resolved": .*\n/gm, '');
const template = Object.entries(chosen).reduce(
  (text, [feature, packages]) =>
    packages.reduce((partial, one) => only(feature, one, partial), text),
  resolved,
);
writeFileSync(join(root, 'templates', 'features', 'npm', 'package-lock.json.hbs'), template);
