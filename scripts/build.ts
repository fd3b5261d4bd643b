import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

import { build as bundle, type BuildOptions, type Plugin } from 'esbuild';
import { compiledAtOnce } from './compile-at-once.ts';
import { withDocuments } from './documents.ts';
import { root } from './host-node.ts';
import { packTemplates, readTemplates } from './templates.ts';

const dist = join(root, 'dist');
const cli = join(dist, 'cli.cjs');
const packName = 'templates.js';
const main = 'generator/bin.ts';

function builtCatalog(code: string): Plugin {
  return {
    name: 'built-catalog',
    setup(build) {
      build.onResolve({ filter: /^built:catalog$/ }, ({ path }) => ({ path, namespace: 'built' }));
      build.onLoad({ filter: /.*/, namespace: 'built' }, () => ({
        contents: code,
        resolveDir: root,
      }));
    },
  };
}

// What most runs never need; the code imports it when it is needed.
const laterParts = ['asking', 'commands/governance', 'config-file', 'failing', 'furnish', 'inform'];

const separateLaterParts: Plugin = {
  name: 'separate-later-parts',
  setup(build) {
    build.onResolve({ filter: /\.ts$/ }, ({ kind, path }) => {
      if (kind !== 'dynamic-import') return undefined;
      const name = basename(path, '.ts');
      if (!laterParts.some((part) => basename(part) === name))
        throw new Error(`${path} is imported later, but is no part`);
      return { path: `./${name}.cjs`, external: true };
    });
  },
};

/** What later parts have in common with the command line they take from it: it is loaded already. */
const takeFromCommandLine = (modules: ReadonlySet<string>): Plugin => ({
  name: 'take-from-command-line',
  setup(build) {
    build.onResolve({ filter: /\.ts$/ }, ({ kind, path, resolveDir }) =>
      kind === 'import-statement' && modules.has(relative(root, join(resolveDir, path)))
        ? { path: `./${basename(cli)}`, external: true }
        : undefined,
    );
  },
});

/** The modules of the command line that later parts import as well. */
async function modulesInCommon(options: BuildOptions): Promise<ReadonlySet<string>> {
  const { metafile } = await bundle({
    ...options,
    entryPoints: [main, ...laterParts.map((part) => `generator/${part}.ts`)],
    outdir: dist,
    metafile: true,
    write: false,
  });
  const parts = Object.values(metafile.outputs);
  const inputsOf = (isMain: boolean) =>
    parts
      .filter(({ entryPoint }) => (entryPoint === main) === isMain)
      .flatMap(({ inputs }) => Object.keys(inputs));
  const later = new Set(inputsOf(false));
  return new Set(inputsOf(true).filter((path) => later.has(path)));
}

/** Builds `dist/`: the templates, the command line with its later parts, and the library. */
export async function buildPackage({ declarations }: { declarations: boolean }): Promise<void> {
  const { module: pack, layout } = packTemplates(
    withDocuments(readTemplates(join(root, 'templates'))),
  );
  const readIt = `import { readPack } from './generator/pack-file.ts';
    export const catalog = readPack(__dirname + '/${packName}', ${JSON.stringify(layout)});`;
  const importIt = `import pack from './${packName}';
    import { catalogIn } from './generator/pack.ts';
    export const catalog =
      catalogIn(new TextEncoder().encode(pack), ${JSON.stringify(layout)});`;
  const shared: BuildOptions = {
    absWorkingDir: root,
    bundle: true,
    minifyIdentifiers: true,
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'error',
    legalComments: 'none',
    target: 'node20.12',
  };
  const node: BuildOptions = {
    ...shared,
    platform: 'node',
    format: 'cjs',
    // Later parts are required: importing them would start the loader of modules, which takes some milliseconds.
    supported: { 'dynamic-import': false },
  };
  mkdirSync(dist, { recursive: true });
  writeFileSync(join(dist, packName), pack);
  const plugins = [builtCatalog(readIt), separateLaterParts];
  const common = await modulesInCommon({ ...node, plugins });
  const [bundled, later] = await Promise.all([
    bundle({
      ...node,
      stdin: {
        contents: [...common]
          .map((path) => `export * from './${path}';`)
          .concat(`import './${main}';`)
          .join('\n'),
        resolveDir: root,
      },
      outfile: cli,
      write: false,
      // For `compiledAtOnce`.
      minifyWhitespace: false,
      banner: { js: '#!/usr/bin/env node' },
      plugins,
    }),
    bundle({
      ...node,
      plugins: [takeFromCommandLine(common)],
      entryPoints: laterParts.map((part) => ({ in: `generator/${part}.ts`, out: basename(part) })),
      outdir: dist,
      outExtension: { '.js': '.cjs' },
      metafile: true,
    }),
    bundle({
      ...shared,
      platform: 'neutral',
      format: 'esm',
      target: 'es2022',
      entryPoints: ['generator/index.ts'],
      outfile: join(dist, 'index.js'),
      external: [`./${packName}`],
      plugins: [builtCatalog(importIt)],
    }),
  ]);
  const code = bundled.outputFiles.map(({ text }) => text).join('');
  writeFileSync(cli, compiledAtOnce(code, { name: packName, content: pack }));
  chmodSync(cli, 0o755);
  writeFileSync(
    join(dist, 'THIRD-PARTY-LICENSES.txt'),
    licences(Object.keys(later.metafile.inputs)),
  );
  if (declarations) emitDeclarations();
}

/** The licences of bundled packages, which ask to go along with every copy. */
function licences(inputs: readonly string[]): string {
  const packages = inputs.flatMap((input) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? []);
  const texts = [...new Set(packages)].sort().map((folder) => {
    const file = readdirSync(join(root, folder)).find((name) => /^licen[cs]e/i.test(name));
    if (file === undefined) throw new Error(`${folder} is bundled but carries no licence`);
    return `${folder.slice('node_modules/'.length)}\n\n${readFileSync(join(root, folder, file), 'utf8').trim()}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

function emitDeclarations(): void {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const result = spawnSync(process.execPath, [compiler, '--project', 'scripts/declarations.json'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(`Declarations cannot be emitted:\n${result.stdout}`);
  const reached = declarationsReachedFrom('index.d.ts');
  for (const name of readdirSync(dist))
    if (name.endsWith('.d.ts') && !reached.has(name)) rmSync(join(dist, name));
}

/** The library's types, and those that they name: the compiler emits those of every module. */
function declarationsReachedFrom(name: string, reached = new Set<string>()): ReadonlySet<string> {
  if (reached.has(name)) return reached;
  reached.add(name);
  const text = readFileSync(join(dist, name), 'utf8');
  for (const [, module = ''] of text.matchAll(/ from '\.\/([\w-]+)\.ts'/g))
    declarationsReachedFrom(`${module}.d.ts`, reached);
  return reached;
}

if (import.meta.main) {
  rmSync(dist, { recursive: true, force: true });
  await buildPackage({ declarations: true });
}
