import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { build as bundle, type BuildOptions, type Plugin } from 'esbuild';
import { root } from './host-node.ts';
import { embeddedCatalog, packedCatalog, readTemplates } from './templates.ts';

const dist = join(root, 'dist');
const packName = 'templates.pack';

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

// The prompts stay in a file of their own, so that a run which asks nothing never loads them.
const separatePrompts: Plugin = {
  name: 'separate-prompts',
  setup(build) {
    build.onResolve({ filter: /\/prompts\.ts$/ }, (from) =>
      from.kind === 'entry-point' ? undefined : { path: './prompts.cjs', external: true },
    );
  },
};

/** Builds `dist/`: the command line, its pack of static files, the prompts and the library. */
export async function buildPackage({ declarations }: { declarations: boolean }): Promise<void> {
  const sources = readTemplates(join(root, 'templates'));
  const { code, pack } = packedCatalog(sources, packName);
  const shared: BuildOptions = {
    absWorkingDir: root,
    bundle: true,
    minify: true,
    logLevel: 'error',
    legalComments: 'none',
    target: 'node20.12',
  };
  const node: BuildOptions = { ...shared, platform: 'node', format: 'cjs' };
  mkdirSync(dist, { recursive: true });
  writeFileSync(join(dist, packName), pack);
  const [, prompts] = await Promise.all([
    bundle({
      ...node,
      entryPoints: ['generator/bin.ts'],
      outfile: join(dist, 'cli.cjs'),
      banner: { js: '#!/usr/bin/env node' },
      plugins: [builtCatalog(code), separatePrompts],
    }),
    bundle({
      ...node,
      entryPoints: ['generator/prompts.ts'],
      outfile: join(dist, 'prompts.cjs'),
      metafile: true,
    }),
    bundle({
      ...shared,
      platform: 'neutral',
      format: 'esm',
      target: 'es2022',
      entryPoints: ['generator/index.ts'],
      outfile: join(dist, 'index.js'),
      plugins: [builtCatalog(embeddedCatalog(sources))],
    }),
  ]);
  chmodSync(join(dist, 'cli.cjs'), 0o755);
  writeFileSync(
    join(dist, 'THIRD-PARTY-LICENSES.txt'),
    licences(Object.keys(prompts.metafile.inputs)),
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
}

if (import.meta.main) {
  rmSync(dist, { recursive: true, force: true });
  await buildPackage({ declarations: true });
}
