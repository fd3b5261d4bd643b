import { describe, expect, test } from 'vitest';
import { defaultApp, edited, findingsEverywhere, withFile } from './rendered.ts';
import { brokenImports, unusedFiles } from './source-graph.ts';

const { files } = defaultApp;

describe('with every combination of options', () => {
  test('every relative import names a file that is there', () => {
    expect(findingsEverywhere(brokenImports)).toEqual([]);
  });

  test('every file is used: src from the Worker, the rest from a script, a test or a tool', () => {
    expect(findingsEverywhere(unusedFiles)).toEqual([]);
  });
});

describe('the check of imports notices', () => {
  test('an import of a file that is not there', () => {
    const harmed = withFile(files, 'src/ops/lost.ts', "export * from './nowhere.ts';\n");
    expect(brokenImports(harmed)).toEqual([
      'src/ops/lost.ts imports ./nowhere.ts, which is not there',
    ]);
  });

  test('another spelling, which only some file systems forgive', () => {
    expect(brokenImports(edited(files, 'src/index.ts', './app.ts', './App.ts'))).toEqual([
      'src/index.ts imports ./App.ts, which is not there',
    ]);
  });

  test.each([
    ['of types', "import type { A } from './nowhere.ts';\n"],
    ['within a type', "export type A = import('./nowhere.ts').A;\n"],
    ['at run time', "await import('./nowhere.ts');\n"],
    ['for its effects', "import './nowhere.ts';\n"],
  ])('a missing file in an import %s', (_kind, text) => {
    expect(brokenImports(withFile(files, 'dev/lost.ts', text))).toHaveLength(1);
  });
});

describe('the check of files notices', () => {
  test.each([
    'src/ops/forgotten.ts',
    'test/worker/forgotten.ts',
    'test/forgotten.test.ts',
    'test/sabotages/forgotten.ts',
    'scripts/forgotten.ts',
    'dev/forgotten.ts',
    'forgotten.json',
    'docs/forgotten.txt',
    'migrations/notes.txt',
    'migrations/rollback/0099_gone.down.sql',
  ])('%s, which nothing uses', (path) => {
    expect(unusedFiles(withFile(files, path, ''))).toEqual([`nothing uses ${path}`]);
  });

  test('a file of src that only a test imports', () => {
    const path = 'src/ops/forgotten.ts';
    const harmed = edited(
      withFile(files, path, 'export const a = 1;\n'),
      'test/worker/setup.ts',
      'import ',
      "import '../../src/ops/forgotten.ts';\nimport ",
    );
    expect(unusedFiles(harmed)).toEqual([`nothing uses ${path}`]);
  });

  test('a program whose script is gone', () => {
    expect(unusedFiles(edited(files, 'package.json', 'scripts/secrets-rotate.ts', 'x.ts'))).toEqual(
      ['nothing uses scripts/secrets-rotate.ts', 'nothing uses scripts/secrets/sealed.ts'],
    );
  });

  test('a file that only a program which is not started names', () => {
    expect(unusedFiles(edited(files, 'package.json', 'dev/seed.ts', 'x.ts'))).toEqual([
      'nothing uses dev/seed-worker.ts',
      'nothing uses dev/seed.ts',
    ]);
  });

  test('tests that no project of the test configuration includes', () => {
    const harmed = edited(files, 'vitest.config.ts', 'test/repo/**/', 'test/other/**/');
    expect(unusedFiles(harmed)).toContain('nothing uses test/repo/secrets.test.ts');
  });

  test('a setup file that the test configuration does not name', () => {
    const harmed = edited(files, 'vitest.config.ts', "'./test/worker/setup.ts'", '');
    expect(unusedFiles(harmed)).toEqual(['nothing uses test/worker/setup.ts']);
  });

  test('declarations that are not compiled', () => {
    expect(unusedFiles(withFile(files, 'types/lost.d.ts', ''))).toEqual([
      'nothing uses types/lost.d.ts',
    ]);
  });

  test("another package manager's file", () => {
    expect(unusedFiles(withFile(files, '.yarnrc.yml', ''))).toContain('nothing uses .yarnrc.yml');
  });
});
