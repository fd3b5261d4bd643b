import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  compatibilityDate,
  generatorVersion,
  nodeMinimum,
  versions,
} from '../../generator/versions.ts';
import { root } from '../../scripts/host-node.ts';

interface Package {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly engines?: Readonly<Record<string, string>>;
}

const ours: Package = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const lock: { packages: Readonly<Record<string, Package>> } = JSON.parse(
  readFileSync(join(root, 'package-lock.json'), 'utf8'),
);

describe('pinned versions', () => {
  test.each(Object.entries(versions))(
    '%s %s is exact, and what is tested here',
    (name, version) => {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(ours.devDependencies?.[name]).toBe(version);
      expect(lock.packages[`node_modules/${name}`]?.version).toBe(version);
    },
  );

  test('the compatibility date is a day that the pinned runtime knows', () => {
    // workerd 1.20261023.1 is the runtime of 2026-10-23.
    const runtime = lock.packages['node_modules/workerd']?.version.split('.')[1] ?? '';
    expect(runtime).toMatch(/^\d{8}$/);
    expect(compatibilityDate).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(Number(compatibilityDate.replaceAll('-', ''))).toBeLessThanOrEqual(Number(runtime));
  });

  test('the tests run in one runtime, the one that wrangler brings', () => {
    expect(lock.packages['node_modules/@cloudflare/vitest-plugin']?.dependencies?.wrangler).toBe(
      versions.wrangler,
    );
    const runtimes = Object.keys(lock.packages).filter((path) => path.endsWith('/workerd'));
    expect(runtimes).toEqual(['node_modules/workerd']);
  });

  test('the lowest Node release suits every pinned tool', () => {
    const minimum = nodeMinimum.split('.').map(Number);
    const demanded = Object.keys(versions).flatMap((name) => {
      const range = lock.packages[`node_modules/${name}`]?.engines?.node;
      return range === undefined ? [] : [[name, range] as const];
    });
    expect(demanded.length).toBeGreaterThan(5);
    for (const [name, range] of demanded) {
      const allowed = range.split('||').some((part) => {
        const [read, caret, numbers = ''] = /^\s*(\^|>=)?\s*([\d.]+)\s*$/.exec(part) ?? [];
        expect(read, `how to read ${range}`).toBeDefined();
        const wanted = numbers.split('.').map(Number);
        if (caret === '^' && wanted[0] !== minimum[0]) return false;
        for (const index of [0, 1, 2]) {
          const difference = (minimum[index] ?? 0) - (wanted[index] ?? 0);
          if (difference !== 0) return difference > 0;
        }
        return true;
      });
      expect(allowed, `${name} needs Node ${range}`).toBe(true);
    }
  });

  test("the version written into projects is the package's", () => {
    expect(generatorVersion).toBe(ours.version);
  });
});
