import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { root } from '../../scripts/host-node.ts';
import { appEnvironment } from '../../scripts/rendered-app.ts';
import { packageOf } from '../combinations/package-file.ts';
import { defaultApp, edited, renderedApp, textOf, type Files } from '../combinations/rendered.ts';
import { matrix, representatives, type Selected } from '../combinations/selection.ts';

const modules = join(root, 'node_modules');
const parent = realpathSync(mkdtempSync(join(tmpdir(), 'stackbilder-combinations-')));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

/** Writes an application, with this repository's dependencies in place of its own. */
function written(files: Files): string {
  const directory = mkdtempSync(join(parent, 'app-'));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  symlinkSync(modules, join(directory, 'node_modules'));
  return directory;
}

/** One of the application's own scripts, and what of the application it looks at. */
interface Command {
  readonly script: string;
  readonly reads: (path: string, text: string) => string | undefined;
}

const isCode = (path: string) => /\.tsx?$/.test(path) || path === 'tsconfig.json';
const commands: readonly Command[] = [
  { script: 'typecheck', reads: (path, text) => (isCode(path) ? text : undefined) },
  {
    script: 'lint',
    reads: (path, text) => (isCode(path) || path === '.oxlintrc.json' ? text : undefined),
  },
  {
    script: 'format:check',
    // Each distinct text is checked in test/combinations/texts.test.ts; here, that the script finds them.
    reads: (path, text) => (/^\.(?:prettier|gitignore)/.test(path) ? text : undefined),
  },
];

/** Runs a script of the application. Answers what it prints when it fails, else nothing. */
function complaintsOf(script: string, files: Files): string {
  const command = packageOf(files).scripts[script];
  if (command === undefined) throw new Error(`the application has no script ${script}`);
  const [program = '', ...words] = command.split(' ');
  const { status, stdout, stderr } = spawnSync(join(modules, '.bin', program), words, {
    cwd: written(files),
    env: appEnvironment(),
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  return status === 0 ? '' : `${script} ended with ${status}\n${stdout}${stderr}`;
}

interface Distinct extends Selected {
  readonly files: Files;
}

/** Those whose renderings differ in what a command looks at; package managers share their sources. */
function distinct(selected: readonly Selected[], { reads }: Command): Distinct[] {
  const seen = new Map<string, Distinct>();
  for (const one of selected) {
    const { files } = renderedApp(one.options);
    const key = JSON.stringify(
      [...files]
        .map(([path, text]) => [path, reads(path, text)])
        .filter(([, read]) => read !== undefined),
    );
    if (!seen.has(key)) seen.set(key, { ...one, files });
  }
  return [...seen.values()];
}

// `npm run test:matrix` leaves out none.
const selected = process.env.npm_lifecycle_event === 'test:matrix' ? matrix() : representatives();

describe.each(commands)('$script', (command) => {
  test.each(distinct(selected, command))('passes where $because', ({ files }) => {
    expect(complaintsOf(command.script, files)).toBe('');
  });
});

describe('what these tests rest on', () => {
  test('the dependencies at hand are those that the application pins', () => {
    for (const { options } of selected) {
      const { dependencies, devDependencies } = packageOf(renderedApp(options).files);
      for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
        const file = readFileSync(join(modules, name, 'package.json'), 'utf8');
        expect(z.object({ version: z.string() }).parse(JSON.parse(file))).toEqual({ version });
      }
    }
  });

  test.each([
    ['typecheck', 'src/index.ts', 'export const wrong: string = 1;\n', 'TS2322'],
    ['typecheck', 'test/worker/setup.ts', 'export const wrong: string = 1;\n', 'TS2322'],
    ['lint', 'src/index.ts', 'export const f = () => void (1 == 2);\n', 'eqeqeq'],
    [
      'lint',
      'src/index.ts',
      'const later = async () => 1;\nexport const f = () => {\n  later();\n};\n',
      'no-floating-promises',
    ],
    ['format:check', 'src/index.ts', 'export const  spaced = 1;\n', 'src/index.ts'],
    ['format:check', 'README.md', '* item\n', 'README.md'],
  ])('%s does not pass a mistake in %s', (script, path, mistake, complaint) => {
    const text = textOf(defaultApp.files, path);
    const harmed = edited(defaultApp.files, path, text, `${text}${mistake}`);
    expect(complaintsOf(script, harmed)).toContain(complaint);
  });
});
