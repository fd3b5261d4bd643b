import { parseJson } from '../../json.ts';
import { isPristine, keptWord, partsOf, wholePart, type Part } from './parts.ts';

/** A generated part that somebody edited, with the lines in which both differ. */
export interface Difference {
  readonly part: string;
  readonly yours: readonly string[];
  readonly generated: readonly string[];
}

export interface Merged {
  readonly text: string;
  readonly differences: readonly Difference[];
}

/**
 * Which side of a difference to take; undefined takes none and reports it. A part that is missing, or there more than
 * once, is reported until the generated one is taken: the application's tests want one of each.
 */
export type Side = 'yours' | 'generated' | undefined;

/**
 * A document brought up to date. What stands outside of generated parts stays byte for byte; a generated part is
 * replaced unless somebody edited it.
 */
export function mergeDocument(existing: string, fresh: string, accept: Side): Merged {
  const differences: Difference[] = [];
  const edits: Edit[] = [];
  const own = existing.replaceAll('\r\n', '\n');
  const present = partsOf(own);
  const missing: string[] = [];
  const placeOf = placesIn(existing);
  for (const part of partsOf(fresh)) {
    const [first, ...others] = present.filter(({ name }) => name === part.name);
    if (first === undefined) {
      if (accept === 'generated') missing.push(enclosed(fresh, part));
      else
        differences.push({ part: part.name, yours: [], generated: ['the whole part is missing'] });
      continue;
    }
    // Both sides of a merge were taken, perhaps, and only one of them would be brought up to date.
    if (others.length > 0 && accept !== 'generated') {
      const yours = [`the part stands there ${others.length + 1} times`];
      differences.push({ part: part.name, yours, generated: ['it stands there once'] });
      continue;
    }
    for (const other of others) {
      const { open, close } = linesOf(own, other);
      edits.push({ start: placeOf(open), end: placeOf(close), text: '' });
    }
    const start = placeOf(first.start);
    const end = placeOf(first.end);
    const sealEnd = placeOf(first.sealEnd);
    const isKept = first.seal === keptWord;
    const seal = (text: string) => edits.push({ start: end, end: sealEnd, text });
    if (accept === 'generated' || (!isKept && isPristine(first))) {
      if (first.content !== part.content) {
        const text = withLineEndsOf(existing.slice(start, end), part.content);
        edits.push({ start, end, text });
      }
      seal(part.seal);
    } else if (first.content === part.content) seal(isKept ? keptWord : part.seal);
    else if (isKept) continue;
    else if (accept === 'yours') seal(keptWord);
    else differences.push({ part: part.name, ...differingLines(first.content, part.content) });
  }
  const text = missing.reduce(
    (whole, part) => whole.trimEnd() + withLineEndsOf(existing, `\n\n${part}`),
    applied(existing, edits),
  );
  return { text, differences };
}

/** What to put where, in a text that may have the line ends of Windows. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Where a place of the text with line feeds is in the text as it came. */
function placesIn(text: string): (place: number) => number {
  const returns = [...text.matchAll(/\r\n/g)].map(({ index }, before) => index - before);
  return (place) => place + returns.filter((index) => index < place).length;
}

function applied(text: string, edits: readonly Edit[]): string {
  // From the last to the first, so that places stay where they are.
  return edits
    .toSorted((one, other) => other.start - one.start)
    .reduce(
      (whole, { start, end, text: put }) => whole.slice(0, start) + put + whole.slice(end),
      text,
    );
}

function withLineEndsOf(sample: string, text: string): string {
  return sample.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text;
}

/**
 * A JSON file that is one generated part. Written in another way, with other indents perhaps, it has no mark that can
 * be found by reading, so it is compared, and replaced, as a whole.
 */
export function mergeJson(existing: string, fresh: string, accept: Side): Merged {
  if (partsOf(existing.replaceAll('\r\n', '\n')).length > 0)
    return mergeDocument(existing, fresh, accept);
  const [own, generated] = [objectIn(existing), objectIn(fresh)];
  if (accept === 'generated') return { text: fresh, differences: [] };
  const isKept = own?.['seal'] === keptWord;
  const isSame = JSON.stringify(own) === JSON.stringify(generated);
  if (isKept || isSame) return { text: existing, differences: [] };
  if (accept === 'yours' && own !== undefined)
    return {
      text: `${JSON.stringify({ ...own, seal: keptWord }, null, 2)}\n`,
      differences: [],
    };
  const says = own === undefined ? 'it is no JSON object' : 'it is written in another way';
  return {
    text: existing,
    differences: [{ part: wholePart, yours: [says], generated: ['what follows from the app'] }],
  };
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value = parseJson(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** A part with the lines that open and close it. */
function enclosed(fresh: string, part: Part): string {
  const { open, close } = linesOf(fresh, part);
  return `${fresh.slice(open, close)}\n`;
}

/** Where the line that opens a part begins, and where the one that closes it ends. */
function linesOf(text: string, { start, sealEnd }: Part): { open: number; close: number } {
  const close = text.indexOf('\n', sealEnd);
  return { open: text.lastIndexOf('\n', start - 2) + 1, close: close === -1 ? text.length : close };
}

function differingLines(yours: string, generated: string) {
  const [mine, theirs] = [yours.split('\n'), generated.split('\n')];
  const [inMine, inTheirs] = [new Set(mine), new Set(theirs)];
  return {
    yours: mine.filter((line) => !inTheirs.has(line)),
    generated: theirs.filter((line) => !inMine.has(line)),
  };
}
