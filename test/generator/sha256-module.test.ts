import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { roundConstants } from '../../generator/sha256.ts';
import { layout, sha256Module } from '../../scripts/sha256-module.ts';

vi.mock('built:sha256', () => ({
  moduleBase64: Buffer.from(sha256Module()).toString('base64'),
  layout,
  constants: [...roundConstants],
}));

const { quickHash } = await import('../../generator/hashing.ts');
const nodes = (text: string) => createHash('sha256').update(text).digest('hex');

test('the WebAssembly module hashes as Node does, at every length around a block and beyond its first page', async () => {
  const hash = await quickHash();
  for (let length = 0; length < 200; length += 1)
    expect(hash('a'.repeat(length))).toBe(nodes('a'.repeat(length)));
  for (const length of [64_991, 65_000, 120_000, 300_000, 10])
    expect(hash('é'.repeat(length))).toBe(nodes('é'.repeat(length)));
  const property = fc.property(
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    (text) => hash(text) === nodes(text),
  );
  expect(fc.check(property, { numRuns: 500 })).toMatchObject({ failed: false });
});

test("where WebAssembly is off, Node's own hash is used", async () => {
  vi.stubGlobal('WebAssembly', undefined);
  try {
    const hash = await quickHash();
    expect(hash('text')).toBe(nodes('text'));
  } finally {
    vi.unstubAllGlobals();
  }
});
