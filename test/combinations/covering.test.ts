import { describe, expect, test } from 'vitest';
import { definitionOf, optionKeys, type Value } from '../../generator/options.ts';
import { combinations } from '../generator/templates.ts';
import { pairsOf, pairwise } from './covering.ts';
import { representatives } from './selection.ts';

/** All rows of some switches. */
const switches = (count: number) =>
  Array.from({ length: 2 ** count }, (_none, number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_also, bit) => [`s${bit}`, (number >> bit) % 2 === 1]),
    ),
  );
const covered = (rows: readonly Readonly<Record<string, Value>>[]) =>
  new Set(rows.flatMap(pairsOf));

describe('a pairwise set', () => {
  test.each([2, 3, 6, 10])('holds every pair of %i switches, in a few rows', (count) => {
    const chosen = pairwise(switches(count));
    // Of each two switches, all four pairs of values.
    expect(covered(chosen).size).toBe(((count * (count - 1)) / 2) * 4);
    expect(chosen.length).toBeGreaterThanOrEqual(4);
    expect(chosen.length).toBeLessThanOrEqual(2 * count);
  });

  test('is no longer one once any of its rows is taken away', () => {
    const chosen = pairwise(switches(3));
    for (const row of chosen)
      expect(covered(chosen.filter((other) => other !== row)).size).toBeLessThan(12);
  });

  test('asks for no pair that cannot be', () => {
    expect(pairwise([{ a: true, b: 'x' }])).toEqual([{ a: true, b: 'x' }]);
    expect(pairwise([])).toEqual([]);
  });
});

describe('the representatives of all combinations', () => {
  const chosen = representatives().map(({ options }) => options);
  const shaping = optionKeys.filter((key) => definitionOf(key).shapesFiles);

  test('hold every pair of option values', () => {
    const rows = (all: typeof combinations) => covered(all.map((options) => ({ ...options })));
    const held = rows(chosen);
    expect([...rows(combinations)].filter((pair) => !held.has(pair))).toEqual([]);
  });

  test('hold the default with each single option changed to each of its values', () => {
    const [standard] = chosen;
    if (standard === undefined) throw new Error('no representatives');
    for (const key of shaping) {
      const values = new Set(combinations.map((options) => String(options[key])));
      const alone = chosen.filter((options) =>
        shaping.every(
          (other) => other === key || String(options[other]) === String(standard[other]),
        ),
      );
      expect(new Set(alone.map((options) => String(options[key]))), key).toEqual(
        new Set([...values, String(standard[key])]),
      );
    }
  });

  test('hold one with everything that can be off on, and one with everything off', () => {
    const optional = shaping.filter(
      (key) =>
        definitionOf(key).kind === 'switch' ||
        combinations.some((options) => String(options[key]) === ''),
    );
    expect(optional.length).toBeGreaterThan(0);
    for (const wanted of [true, false])
      expect(
        chosen.filter((options) =>
          optional.every((key) => !['', 'false'].includes(String(options[key])) === wanted),
        ).length,
      ).toBeGreaterThan(0);
  });
});
