import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const src = join(import.meta.dirname, '../../src');

/** Each import in src/ as `file -> file`, seen from src/. */
const imports = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .flatMap((file) => {
    const text = readFileSync(join(src, file), 'utf8');
    return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"](\.[^'"]*)['"]/g)].map(
      ([, path = '']) => ({
        file,
        imported: relative(src, resolve(dirname(join(src, file)), path)),
      }),
    );
  });

describe('SEC-6 what is deployed stands in src', () => {
  it('nothing in src imports from outside it: no mailbox of development, no test', () => {
    expect(imports.length).toBeGreaterThan(50);
    expect(imports.filter(({ imported }) => imported.startsWith('..'))).toEqual([]);
  });
});
