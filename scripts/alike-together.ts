/** How far back gzip looks for what repeats is 32 KB; what is found late in them costs more to say. */
const within = 26 * 1024;

/** Between counting what is shared, which favours long texts, and its share, which favours short ones. */
const exponent = 0.7;

const wordsOf = (text: string) => [
  ...new Set(text.split(/[^\w'-]+/).filter((word) => word.length > 3)),
];

const lengthOf = (words: readonly string[]) => words.reduce((sum, word) => sum + word.length, 0);

/**
 * Orders texts so that each follows those with which it shares the most words, which makes them smaller together: by
 * path, what is alike lies too far apart for gzip to notice. The same texts always come in the same order.
 */
export function alikeTogether<Item>(
  items: readonly Item[],
  textOf: (item: Item) => string,
): readonly Item[] {
  const rest = new Set(
    items.map((item) => {
      const text = textOf(item);
      const words = wordsOf(text);
      return { item, length: text.length, words, size: lengthOf(words) ** exponent + 1 };
    }),
  );
  const placed: { item: Item; length: number; words: readonly string[] }[] = [];
  for (let [next] = rest; next;) {
    rest.delete(next);
    placed.push(next);
    const before = new Set<string>();
    let reach = 0;
    for (let at = placed.length - 1; at >= 0 && reach < within; at -= 1) {
      for (const word of placed[at]?.words ?? []) before.add(word);
      reach += placed[at]?.length ?? 0;
    }
    let most = -1;
    next = undefined;
    for (const candidate of rest) {
      const shared = candidate.words.filter((word) => before.has(word));
      const likeness = lengthOf(shared) / candidate.size;
      if (likeness > most) [most, next] = [likeness, candidate];
    }
  }
  return placed.map(({ item }) => item);
}
