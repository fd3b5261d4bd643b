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
import { extremes, matrix, representatives, type Selected } from '../combinations/selection.ts';

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

// `npm run test:matrix` leaves out none.
const isMatrix = process.env.npm_lifecycle_event === 'test:matrix';
const selected = isMatrix ? matrix() : representatives();

/** What is put at the end of a file, and what the script has to say of it. */
interface Mistake {
  readonly path: string;
  readonly text: string;
  readonly complaint: string;
}

/** One of the application's own scripts, and what of the application it looks at. */
interface Command {
  readonly script: string;
  /** What its command line is given beyond what the application gives it. */
  readonly words: readonly string[];
  readonly selected: readonly Selected[];
  readonly reads: (path: string, text: string) => string | undefined;
  readonly mistakes: readonly Mistake[];
}

const isCode = (path: string) => /\.tsx?$/.test(path) || path === 'tsconfig.json';
const wrongType = { text: 'export const wrong: string = 1;\n', complaint: 'TS2322' };
const commands: readonly Command[] = [
  {
    script: 'typecheck',
    words: [],
    // The linter, which has to know their types anyway, says what the compiler does of the others.
    selected: isMatrix ? selected : extremes(),
    reads: (path, text) => (isCode(path) ? text : undefined),
    mistakes: [
      { path: 'src/index.ts', ...wrongType },
      { path: 'test/worker/setup.ts', ...wrongType },
    ],
  },
  {
    script: 'lint',
    words: ['--type-check'],
    selected,
    reads: (path, text) => (isCode(path) || path === '.oxlintrc.json' ? text : undefined),
    mistakes: [
      // What the compiler would say.
      { path: 'scripts/prove.ts', ...wrongType },
      { path: 'test/worker/setup.ts', ...wrongType },
      {
        path: 'src/pages/parts/layout.tsx',
        text: "import { absent } from './absent.ts';\nexport const Odd = () => <Absent of={absent} />;\n",
        complaint: 'TS2307',
      },
      {
        path: 'src/app.ts',
        text: '// @ts-expect-error nothing is wrong\nexport const right = 1;\n',
        complaint: 'TS2578',
      },
      {
        path: 'src/index.ts',
        text: 'export const f = () => void (1 == 2);\n',
        complaint: 'eqeqeq',
      },
      {
        path: 'src/index.ts',
        text: 'const later = async () => 1;\nexport const g = () => {\n  later();\n};\n',
        complaint: 'no-floating-promises',
      },
    ],
  },
  {
    script: 'format:check',
    words: [],
    selected,
    // Each distinct text is checked in test/combinations/texts.test.ts; here, that the script finds them.
    reads: (path, text) => (/^\.(?:prettier|gitignore)/.test(path) ? text : undefined),
    mistakes: [
      {
        path: 'src/index.ts',
        text: 'export const  spaced = 1;\n',
        complaint: 'src/index.ts',
      },
      { path: 'README.md', text: '* item\n', complaint: 'README.md' },
    ],
  },
];

/** Runs a script of the application. Answers what it prints when it fails, else nothing. */
function complaintsOf({ script, words }: Command, files: Files): string {
  const command = packageOf(files).scripts[script];
  if (command === undefined) throw new Error(`the application has no script ${script}`);
  const [program = '', ...given] = command.split(' ');
  const { status, stdout, stderr } = spawnSync(
    join(modules, '.bin', program),
    [...given, ...words],
    {
      cwd: written(files),
      env: appEnvironment(),
      encoding: 'utf8',
      shell: process.platform === 'win32',
    },
  );
  return status === 0 ? '' : `${script} ended with ${status}\n${stdout}${stderr}`;
}

interface Distinct extends Selected {
  readonly files: Files;
}

/** Those whose renderings differ in what a command looks at; package managers share their sources. */
function distinct({ selected, reads }: Command): Distinct[] {
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

describe.each(commands)('$script', (command) => {
  test.each(distinct(command))('passes where $because', ({ files }) => {
    expect(complaintsOf(command, files)).toBe('');
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

  test.each(commands)('$script does not pass a mistake', (command) => {
    let { files } = defaultApp;
    for (const { path, text } of command.mistakes) {
      const before = textOf(files, path);
      files = edited(files, path, before, `${before}${text}`);
    }
    const complaints = complaintsOf(command, files);
    for (const { path, complaint } of command.mistakes) {
      expect(complaints).toContain(path);
      expect(complaints).toContain(complaint);
    }
  });
});
