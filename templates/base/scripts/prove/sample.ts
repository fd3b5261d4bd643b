import type { Sabotage } from '../../test/sabotages/sabotage.ts';

/**
 * So many neighbours among the sabotages of each control, from a place that the tree decides: the same ones
 * for the same tree, so that what was red once stays red until something changes, and others after that.
 *
 * @param tree hash of the app, in hexadecimal digits
 */
export function sampleOf(sabotages: readonly Sabotage[], size: number, tree: string): Sabotage[] {
  const start = Number.parseInt(tree.slice(0, 8), 16);
  return [...Map.groupBy(sabotages, ({ control }) => control).values()].flatMap((its) =>
    [...its, ...its].slice(start % its.length).slice(0, Math.min(size, its.length)),
  );
}
