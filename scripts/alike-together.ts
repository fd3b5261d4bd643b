/** How far back gzip looks for what repeats is 32 KB; what is found late in them costs more to say. */
const within = 25 * 1024;

/** Between counting what is shared, which favours long texts, and its share, which favours short ones. */
const exponent = 0.75;

/** Every two words that follow each other: gzip finds what repeats at length, which single words do not tell. */
const pairsOf = (text: string) => {
  const words = text.split(/[^\w'-]+/).filter((word) => word !== '');
  return [...new Set(words.map((word, at) => `${word} ${words[at + 1]}`))];
};

const lengthOf = (pairs: readonly string[]) => pairs.reduce((sum, pair) => sum + pair.length, 0);

/**
 * Orders texts so that each follows those with which it shares the most pairs of words, which makes them smaller
 * together: by path, what is alike lies too far apart for gzip to notice. The same texts always come in the same order.
 */
export function alikeTogether<Item>(
  items: readonly Item[],
  textOf: (item: Item) => string,
): readonly Item[] {
  const rest = new Set(
    items.map((item) => {
      const text = textOf(item);
      const pairs = pairsOf(text);
      return { item, length: text.length, pairs, size: lengthOf(pairs) ** exponent + 1 };
    }),
  );
  const placed: { item: Item; length: number; pairs: readonly string[] }[] = [];
  for (let [next] = rest; next;) {
    rest.delete(next);
    placed.push(next);
    const before = new Set<string>();
    let reach = 0;
    for (let at = placed.length - 1; at >= 0 && reach < within; at -= 1) {
      for (const pair of placed[at]?.pairs ?? []) before.add(pair);
      reach += placed[at]?.length ?? 0;
    }
    let most = -1;
    next = undefined;
    for (const candidate of rest) {
      const shared = candidate.pairs.filter((pair) => before.has(pair));
      const likeness = lengthOf(shared) / candidate.size;
      if (likeness > most) [most, next] = [likeness, candidate];
    }
  }
  return placed.map(({ item }) => item);
}
