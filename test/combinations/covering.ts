import type { Value } from '../../generator/options.ts';

type Row = Readonly<Record<string, Value>>;

/** Every pair of values that a row has, one text each. */
export function pairsOf(row: Row): readonly string[] {
  const entries = Object.entries(row);
  return entries.flatMap((one, index) =>
    entries.slice(index + 1).map((other) => JSON.stringify([one, other])),
  );
}

/**
 * A few rows in which each pair of values that stands together in some row still stands together.
 * Most mistakes need no more than two choices to meet. Greedy: not the fewest, but few.
 */
export function pairwise<R extends Row>(rows: readonly R[]): readonly R[] {
  const candidates = rows.map((row) => ({ row, pairs: pairsOf(row) }));
  const uncovered = new Set(candidates.flatMap(({ pairs }) => pairs));
  const chosen: R[] = [];
  while (uncovered.size > 0) {
    let best: { row: R; pairs: readonly string[]; gain: number } | undefined;
    for (const { row, pairs } of candidates) {
      const gain = pairs.filter((pair) => uncovered.has(pair)).length;
      if (best === undefined || gain > best.gain) best = { row, pairs, gain };
    }
    if (best === undefined) break;
    chosen.push(best.row);
    for (const pair of best.pairs) uncovered.delete(pair);
  }
  return chosen;
}
