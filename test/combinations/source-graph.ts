import { posix } from 'node:path';
import { parse } from 'smol-toml';
import * as z from 'zod';
import { packageOf } from './package-file.ts';
import { textOf, type Files } from './rendered.ts';
import { syntaxOf } from './syntax.ts';

const isTypeScript = (path: string) => /\.tsx?$/.test(path);
const isTest = (path: string) => path.startsWith('test/') && path.endsWith('.test.ts');

/** Relative imports that name no file of the application, or name it with another spelling. */
export function brokenImports(files: Files): string[] {
  return [...files]
    .filter(([path]) => isTypeScript(path))
    .flatMap(([path, text]) =>
      syntaxOf(text)
        .imports.filter(({ specifier }) => specifier.startsWith('.'))
        .filter(({ specifier }) => !files.has(resolved(path, specifier)))
        .map(({ specifier }) => `${path} imports ${specifier}, which is not there`),
    );
}

/**
 * Files that nothing leads to. What is deployed must be reached by imports from the Worker alone;
 * the rest by imports, or by being named in a script of package.json, in vitest.config.ts, in a
 * program under dev/ or scripts/, or where the browser tests start a server; and what is not TypeScript, by the tool that reads it.
 */
export function unusedFiles(files: Files): string[] {
  const { main } = z.object({ main: z.string() }).parse(parse(textOf(files, 'wrangler.toml')));
  const deployed = reachable(files, [main], () => []);
  const started = Object.values(packageOf(files).scripts).flatMap(wordsOf);
  const entries = ['vitest.config.ts', ...started.filter((word) => files.has(word))];
  // A test configuration beside its tests runs them, and is named by a script.
  const beside = entries.filter((path) => /^test\/.+\/vitest\.config\.ts$/.test(path));
  const run = [...files.keys()].filter((path) =>
    beside.some((entry) => {
      const folder = posix.dirname(entry);
      const isNamed = textOf(files, entry).includes(`'${path}'`);
      return path.startsWith(`${folder}/`) && (isTest(path) || isNamed);
    }),
  );
  const developed = reachable(files, [...entries, ...run, ...deployed], (path) => {
    if (!/^(?:dev|scripts)\/|^vitest\.config\.ts$|^test\/browser\/server\.ts$/.test(path))
      return [];
    return [...syntaxOf(textOf(files, path)).strings].flatMap((text) =>
      namedFiles(files, path, text),
    );
  });
  return [...files.keys()]
    .filter((path) => {
      if (path.endsWith('.d.ts')) return !isCompiled(files, path);
      if (path.startsWith('src/')) return !deployed.has(path);
      return !(developed.has(path) || (!isTypeScript(path) && readByTool(files, path)));
    })
    .map((path) => `nothing uses ${path}`);
}

/** Ambient declarations take effect by being compiled; nothing imports them. */
function isCompiled(files: Files, path: string): boolean {
  const { include } = z
    .object({ include: z.array(z.string()) })
    .parse(JSON.parse(textOf(files, 'tsconfig.json')));
  return include.some((folder) => path.startsWith(`${folder}/`));
}

function resolved(importer: string, specifier: string): string {
  // `?raw` asks Vite for the text of a file.
  return posix.join(posix.dirname(importer), specifier.replace(/\?raw$/, ''));
}

function wordsOf(command: string): string[] {
  return command.split(/\s+/);
}

function reachable(
  files: Files,
  entries: readonly string[],
  alsoNamed: (path: string) => readonly string[],
): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [...entries];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const text = files.get(path);
    if (text === undefined || reached.has(path)) continue;
    reached.add(path);
    if (!isTypeScript(path)) continue;
    for (const { specifier } of syntaxOf(text).imports)
      if (specifier.startsWith('.')) open.push(resolved(path, specifier));
    open.push(...alsoNamed(path));
  }
  return reached;
}

/** Files that a string in a program names: a path, or the one kind of pattern that the test configuration uses. */
function namedFiles(files: Files, program: string, text: string): string[] {
  const path = posix.normalize(text);
  const found = [path, resolved(program, text)].filter((candidate) => files.has(candidate));
  if (found.length > 0) return found;
  const [, folder, isTests] = /^(.+)\/\*\*(\/\*\.test\.ts)?$/.exec(path) ?? [];
  // `src/**` is what coverage measures, not what is run.
  if (folder === undefined || isTests === undefined) return [];
  return [...files.keys()].filter((file) => file.startsWith(`${folder}/`) && isTest(file));
}

/** Whether some tool of the application reads the file; which one, and what shows that it is there. */
function readByTool(files: Files, path: string): boolean {
  const { scripts, devDependencies } = packageOf(files);
  const runs = (program: string) =>
    Object.values(scripts).some((command) => wordsOf(command)[0] === program);
  const configuration = textOf(files, 'wrangler.toml');
  const tests = textOf(files, 'vitest.config.ts');
  if (/^migrations\/[^/]+\.sql$/.test(path)) return configuration.includes('[[d1_databases]]');
  if (/^migrations\/rollback\/[^/]+\.down\.sql$/.test(path)) {
    const forward = path.replace('rollback/', '').replace('.down.sql', '.sql');
    return tests.includes('./migrations/rollback') && files.has(forward);
  }
  if (/^docs\/(?:runbooks\/)?[^/]+\.md$/.test(path)) return true; // people
  if (/^\.github\/.+\.yml$/.test(path)) return true; // GitHub
  // People, and the app's own test/repo/documents.test.ts.
  if (/^\.ai\/(?:adr-\d{3}|threat-model|test-plan)\.md$/.test(path)) return true;
  const readers: Readonly<Record<string, boolean>> = {
    '.ai/constraints.schema.json': files.has('.ai/constraints.yaml'), // editors
    '.ai/constraints.yaml': files.has('test/repo/constraint-rules.test.ts'),
    '.githooks/pre-commit': textOf(files, 'README.md').includes('core.hooksPath .githooks'), // git
    '.dev.vars': runs('wrangler') && configuration.includes('[secrets]'),
    '.gitignore': true, // git
    '.oxlintrc.json': runs('oxlint'),
    '.prettierignore': runs('prettier'),
    '.prettierrc.json': runs('prettier'),
    '.stackbilder.json': true, // this generator
    '.yarnrc.yml': !files.has('package-lock.json') && !files.has('pnpm-workspace.yaml'),
    'AGENTS.md': true, // people
    'README.md': true, // people
    'SECURITY.md': textOf(files, 'README.md').includes('(SECURITY.md)'), // people
    'backups/.gitignore': true, // git
    'openapi.json': files.has('test/worker/openapi.test.ts'),
    'package-lock.json': !files.has('pnpm-workspace.yaml') && !files.has('.yarnrc.yml'),
    'package.json': true, // the package manager
    'pnpm-workspace.yaml': !files.has('package-lock.json') && !files.has('.yarnrc.yml'),
    'tsconfig.json': runs('tsc'),
    'wrangler.toml': devDependencies['wrangler'] !== undefined,
  };
  return readers[path] === true;
}
