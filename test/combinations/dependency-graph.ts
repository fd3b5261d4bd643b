import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { root } from '../../scripts/host-node.ts';
import { packageOf } from './package-file.ts';
import { textOf, type Files } from './rendered.ts';
import { syntaxOf } from './syntax.ts';

interface Use {
  readonly path: string;
  readonly packageName: string;
  readonly typesOnly: boolean;
}

/** Imports of packages; the runtimes' own modules (`node:`, `cloudflare:`) are none. */
function packageImports(files: Files): Use[] {
  return [...files]
    .filter(([path]) => /\.tsx?$/.test(path))
    .flatMap(([path, text]) =>
      syntaxOf(text)
        .imports.filter(({ specifier }) => !/^(?:\.|node:|cloudflare:)/.test(specifier))
        .map(({ specifier, typesOnly }) => ({
          path,
          packageName: /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier,
          typesOnly,
        })),
    );
}

/** Packages that are imported, or run by a script, and not declared as what that needs. */
export function undeclaredDependencies(files: Files): string[] {
  const { dependencies, devDependencies, scripts } = packageOf(files);
  const declared = { ...devDependencies, ...dependencies };
  const imported = packageImports(files).flatMap(({ path, packageName, typesOnly }) => {
    if (!Object.hasOwn(declared, packageName))
      return [`${path} imports ${packageName}, which package.json does not declare`];
    if (path.startsWith('src/') && !typesOnly && !Object.hasOwn(dependencies, packageName))
      return [`${path} imports ${packageName}, which is only a development dependency`];
    return [];
  });
  const programs = new Set([
    'node',
    'npm',
    'pnpm',
    'yarn',
    'bun',
    ...Object.keys(declared).flatMap(programsOf),
  ]);
  const run = Object.entries(scripts)
    .filter(([, command]) => !programs.has(command.split(' ')[0] ?? ''))
    .map(([name]) => `the script ${name} runs a program that no dependency brings`);
  return [...imported, ...run];
}

/** Declared packages that nothing imports, runs or configures, or that are declared for more than they serve. */
export function unusedDependencies(files: Files): string[] {
  const { dependencies, devDependencies } = packageOf(files);
  const uses = packageImports(files);
  const unused = Object.keys({ ...dependencies, ...devDependencies })
    .filter((name) => !uses.some(({ packageName }) => packageName === name))
    .filter((name) => !isRun(files, name) && !isConfigured(files, name))
    .map((name) => `nothing uses ${name}`);
  const inSource = (name: string) =>
    uses.some(({ path, packageName }) => path.startsWith('src/') && packageName === name);
  const misplaced = Object.keys(dependencies)
    .filter((name) => !inSource(name))
    .map((name) => `${name} is a dependency, and src does not import it`);
  return [...unused, ...misplaced];
}

function isRun(files: Files, name: string): boolean {
  const programs = programsOf(name);
  return Object.values(packageOf(files).scripts).some((command) =>
    programs.includes(command.split(' ')[0] ?? ''),
  );
}

/** Packages that a tool loads by itself, each with what makes the tool load it. */
function isConfigured(files: Files, name: string): boolean {
  const { types } = z
    .object({ compilerOptions: z.object({ types: z.array(z.string()) }) })
    .parse(JSON.parse(textOf(files, 'tsconfig.json'))).compilerOptions;
  const loaded = types.some((entry) => [entry, `@types/${entry}`].includes(name));
  const scripts = Object.values(packageOf(files).scripts);
  const passes = (flag: string) => scripts.some((command) => command.split(' ').includes(flag));
  const byFlag: Readonly<Record<string, boolean>> = {
    'oxlint-tsgolint': passes('--type-aware'),
    '@vitest/coverage-v8':
      passes('--coverage') && textOf(files, 'vitest.config.ts').includes("provider: 'v8'"),
  };
  return loaded || byFlag[name] === true;
}

const known = new Map<string, readonly string[]>();

/** Commands that a package brings, as the very version installed here declares them. */
function programsOf(name: string): readonly string[] {
  const found = known.get(name) ?? readPrograms(name);
  known.set(name, found);
  return found;
}

function readPrograms(name: string): string[] {
  const file = join(root, 'node_modules', name, 'package.json');
  const { bin } = z
    .object({ bin: z.union([z.string(), z.record(z.string(), z.string())]).default({}) })
    .parse(JSON.parse(readFileSync(file, 'utf8')));
  return typeof bin === 'string' ? [name.replace(/^@[^/]+\//, '')] : Object.keys(bin);
}
