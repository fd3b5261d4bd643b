/** How many files before one still lie within the 32 KB in which gzip looks for what repeats, roughly. */
const within = 5;

const wordsOf = (text: string) => new Set(text.split(/[^\w'-]+/).filter((word) => word.length > 3));

/**
 * Orders texts so that each follows those with which it shares the most words, which makes them smaller together: by
 * path, what is alike lies too far apart for gzip to notice. The same texts always come in the same order.
 */
export function alikeTogether<Item>(
  items: readonly Item[],
  textOf: (item: Item) => string,
): readonly Item[] {
  const rest = new Set(items.map((item) => ({ item, words: wordsOf(textOf(item)) })));
  const placed: { item: Item; words: ReadonlySet<string> }[] = [];
  for (let [next] = rest; next;) {
    rest.delete(next);
    placed.push(next);
    const before = new Set(placed.slice(-within).flatMap(({ words }) => [...words]));
    let most = -1;
    next = undefined;
    for (const candidate of rest) {
      const { words } = candidate;
      let shared = 0;
      for (const word of words) if (before.has(word)) shared += 1;
      // A long text shares words with everything.
      const likeness = shared / Math.sqrt(words.size + 1);
      if (likeness > most) [most, next] = [likeness, candidate];
    }
  }
  return placed.map(({ item }) => item);
}
