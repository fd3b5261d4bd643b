import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { build as bundle, type BuildOptions, type Plugin } from 'esbuild';
import { roundConstants } from '../generator/sha256.ts';
import { root } from './host-node.ts';
import { layout, sha256Module } from './sha256-module.ts';
import { embeddedCatalog, packedCatalog, readTemplates } from './templates.ts';

const dist = join(root, 'dist');
const packName = 'templates.pack';

function builtModules(catalog: string): Plugin {
  const hash = [
    `export const moduleBase64 = '${Buffer.from(sha256Module()).toString('base64')}';`,
    `export const layout = ${JSON.stringify(layout)};`,
    `export const constants = [${roundConstants.join(', ')}];`,
  ].join('\n');
  return {
    name: 'built-modules',
    setup(build) {
      build.onResolve({ filter: /^built:/ }, ({ path }) => ({ path, namespace: 'built' }));
      build.onLoad({ filter: /.*/, namespace: 'built' }, ({ path }) => ({
        contents: path === 'built:catalog' ? catalog : hash,
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
  await Promise.all([
    bundle({
      ...node,
      entryPoints: ['generator/bin.ts'],
      outfile: join(dist, 'cli.cjs'),
      banner: { js: '#!/usr/bin/env node' },
      plugins: [builtModules(code), separatePrompts],
    }),
    bundle({ ...node, entryPoints: ['generator/prompts.ts'], outfile: join(dist, 'prompts.cjs') }),
    bundle({
      ...shared,
      platform: 'neutral',
      format: 'esm',
      target: 'es2022',
      entryPoints: ['generator/index.ts'],
      outfile: join(dist, 'index.js'),
      plugins: [builtModules(embeddedCatalog(sources))],
    }),
  ]);
  chmodSync(join(dist, 'cli.cjs'), 0o755);
  if (declarations) emitDeclarations();
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
