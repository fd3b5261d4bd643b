import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { evidenceOf } from '../../generator/governance/evidence.ts';
import { readTree } from '../../generator/governance/keeping/tree.ts';

describe('what a sabotage strikes', () => {
  const source = `/** Counts. */
export function count(): number {
  return 1;
}

start();

export const last = 2;
`;
  const strikes = (find: string) => {
    const sabotages = `sabotage('EX-1', 'harm', 'src/a.ts', ${JSON.stringify(find)}, '')`;
    const files = new Map([
      ['src/a.ts', source],
      ['test/sabotages/a.ts', sabotages],
    ]);
    return evidenceOf(files)('EX-1').code;
  };

  test('is a declaration where that holds all of it', () => {
    expect(strikes('return 1;')).toEqual(['src/a.ts#count']);
    expect(strikes('\nexport const last')).toEqual(['src/a.ts#last']);
  });

  test('is the file where it lies between declarations, or in two', () => {
    expect(strikes('start();')).toEqual(['src/a.ts']);
    expect(strikes('/** Counts. */')).toEqual(['src/a.ts']);
    expect(strikes('}\n\nstart();')).toEqual(['src/a.ts']);
  });

  test('is a trigger to its end, and nothing behind it', () => {
    const sql = `CREATE TABLE a (
  id TEXT
) STRICT;

CREATE TRIGGER a_stays
BEFORE UPDATE ON a
BEGIN
  SELECT 1;
END;
`;
    const files = new Map([
      ['migrations/1.sql', sql],
      ['test/sabotages/a.ts', "sabotage('EX-1', 'harm', 'migrations/1.sql', 'SELECT 1', '')"],
    ]);
    expect(evidenceOf(files)('EX-1').code).toEqual(['migrations/1.sql#a_stays']);
  });
});

describe('the files of an application', () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'tree-')));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('are all that people write, however they are named', () => {
    const written = ['src/auth/lockout.ts', 'src/coverage/a.ts', 'src/dist/b.ts', 'docs/.env.md'];
    const made = [
      'package-lock.json',
      'coverage/a.ts',
      'dist/b.js',
      '.env.local',
      '.dev.vars',
      'node_modules/a/index.js',
      'scripts/node_modules/a/index.js',
    ];
    for (const path of [...written, ...made]) {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      writeFileSync(join(root, path), path);
    }
    expect([...readTree(root).keys()].toSorted()).toEqual(written.toSorted());
  });
});
