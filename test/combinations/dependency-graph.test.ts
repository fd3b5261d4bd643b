import { describe, expect, test } from 'vitest';
import { undeclaredDependencies, unusedDependencies } from './dependency-graph.ts';
import { defaultApp, edited, findingsEverywhere, withFile } from './rendered.ts';

const { files } = defaultApp;

describe('with every combination of options', () => {
  test('every package that is imported or run is declared, and what src runs is a dependency', () => {
    expect(findingsEverywhere(undeclaredDependencies)).toEqual([]);
  });

  test('every declared package is used', () => {
    expect(findingsEverywhere(unusedDependencies)).toEqual([]);
  });
});

const declaring = (name: string) =>
  edited(
    files,
    'package.json',
    '"devDependencies": {',
    `"devDependencies": {\n    "${name}": "1",`,
  );

describe('the check of imports notices', () => {
  test.each(['esbuild', '@clack/prompts', 'fs'])('the undeclared package %s', (name) => {
    const harmed = withFile(files, 'scripts/x.ts', `import '${name}/deeper';\n`);
    expect(undeclaredDependencies(harmed)).toEqual([
      `scripts/x.ts imports ${name}, which package.json does not declare`,
    ]);
  });

  test('a development dependency that src needs at run time, and not one it takes types from', () => {
    const text = (words: string) => `${words} { parse } from 'smol-toml';\n`;
    expect(undeclaredDependencies(withFile(files, 'src/x.ts', text('import')))).toEqual([
      'src/x.ts imports smol-toml, which is only a development dependency',
    ]);
    expect(undeclaredDependencies(withFile(files, 'src/x.ts', text('import type')))).toEqual([]);
  });

  test('a script whose program no dependency brings', () => {
    const harmed = edited(files, 'package.json', '"typecheck": "tsc"', '"typecheck": "eslint"');
    expect(undeclaredDependencies(harmed)).toEqual([
      'the script typecheck runs a program that no dependency brings',
    ]);
  });
});

describe('the check of declarations notices', () => {
  test.each(['@clack/prompts', 'handlebars'])('%s, which nothing uses', (name) => {
    expect(unusedDependencies(declaring(name))).toEqual([`nothing uses ${name}`]);
  });

  test('a dependency that src does not import', () => {
    const [find, name] = ['"dependencies": {', 'wrangler'];
    const harmed = edited(files, 'package.json', find, `${find}\n    "${name}": "1",`);
    expect(unusedDependencies(harmed)).toEqual([
      'wrangler is a dependency, and src does not import it',
    ]);
  });

  test.each([
    ['oxlint-tsgolint', 'package.json', ' --type-aware', ''],
    ['@vitest/coverage-v8', 'package.json', ' --coverage', ''],
    ['@vitest/coverage-v8', 'vitest.config.ts', "provider: 'v8'", "provider: 'istanbul'"],
    ['@types/node', 'tsconfig.json', '"node"', '"vitest"'],
    ['oxlint', 'package.json', '"lint": "oxlint', '"lint": "tsc'],
    ['@cloudflare/workers-types', 'tsconfig.json', '"@cloudflare/workers-types", ', ''],
  ])('%s, once nothing loads it any more', (name, path, find, replacement) => {
    expect(unusedDependencies(edited(files, path, find, replacement))).toEqual([
      `nothing uses ${name}`,
    ]);
  });
});
