import { deflateRawSync } from 'node:zlib';

/** How far back gzip looks for what repeats. */
const reachOfGzip = 32 * 1024;

/** What is found late in it costs more to say, and is soon out of reach of what comes next. */
const within = 24 * 1024;

/** Between counting what is saved, which favours long texts, and its share, which favours short ones. */
const exponent = 0.65;

/** Of so many that share the most words with what lies before, the one that gzip saves most of comes next. */
const candidates = 10;

interface Placeable<Item> {
  readonly item: Item;
  readonly text: string;
  /** Numbers of every two words that follow each other: single words do not tell what repeats at length. */
  readonly pairs: readonly number[];
  readonly size: number;
  /** Bytes that it takes when nothing lies before it. */
  readonly alone: number;
}

/** Bytes that a text takes after another. */
const deflated = (text: string, before: Buffer) =>
  deflateRawSync(text, { level: 9, dictionary: before }).length;

/** The end of what was placed, so many characters of it at least. */
function lastOf<Item>(
  placed: readonly Placeable<Item>[],
  characters: number,
): readonly Placeable<Item>[] {
  let reach = 0;
  let at = placed.length;
  while (at > 0 && reach < characters) {
    at -= 1;
    reach += placed[at]?.text.length ?? 0;
  }
  return placed.slice(at);
}

/**
 * Orders texts so that each follows those which make it smallest: by path, what is alike lies too far apart
 * for gzip to notice. The same texts always come in the same order.
 */
export function alikeTogether<Item>(
  items: readonly Item[],
  textOf: (item: Item) => string,
): readonly Item[] {
  const numbers = new Map<string, number>();
  const lengths: number[] = [];
  const numberOf = (pair: string): number => {
    const number = numbers.get(pair) ?? lengths.push(pair.length) - 1;
    numbers.set(pair, number);
    return number;
  };
  const rest = new Set(
    items.map((item): Placeable<Item> => {
      const text = textOf(item);
      const words = text.split(/[^\w'-]+/).filter((word) => word !== '');
      const pairs = [...new Set(words.map((word, at) => numberOf(`${word} ${words[at + 1]}`)))];
      const length = pairs.reduce((sum, pair) => sum + (lengths[pair] ?? 0), 0);
      const alone = deflateRawSync(text, { level: 9 }).length;
      return { item, text, pairs, size: length ** exponent + 1, alone };
    }),
  );
  const placed: Placeable<Item>[] = [];
  for (let [next] = rest; next;) {
    rest.delete(next);
    placed.push(next);
    const before = new Uint8Array(lengths.length);
    for (const { pairs } of lastOf(placed, within)) for (const pair of pairs) before[pair] = 1;
    const likeness = ({ pairs, size }: Placeable<Item>) =>
      pairs.reduce((sum, pair) => sum + (before[pair] ? (lengths[pair] ?? 0) : 0), 0) / size;
    const likeliest = [...rest]
      .map((one) => [likeness(one), one] as const)
      .toSorted(([one], [other]) => other - one)
      .slice(0, candidates);
    const last = lastOf(placed, reachOfGzip).map(({ text }) => text);
    const window = Buffer.from(last.join('')).subarray(-reachOfGzip);
    const saving = (one: Placeable<Item>) =>
      (one.alone - deflated(one.text, window)) / one.alone ** exponent;
    [, next] = likeliest
      .map(([, one]) => [saving(one), one] as const)
      .reduce<readonly [number, Placeable<Item> | undefined]>(
        (best, one) => (one[0] > best[0] ? one : best),
        [Number.NEGATIVE_INFINITY, undefined],
      );
  }
  return placed.map(({ item }) => item);
}
