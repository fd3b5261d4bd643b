import { isPristine, keptWord, partsOf, type Part } from './parts.ts';

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

/** Which side of a difference to take; undefined takes none and reports it. */
export type Side = 'yours' | 'generated' | undefined;

/**
 * A document brought up to date. What stands outside of generated parts stays byte for byte; a generated part is
 * replaced unless somebody edited it.
 */
export function mergeDocument(existing: string, fresh: string, accept: Side): Merged {
  const lineEnd = existing.includes('\r\n') ? '\r\n' : '\n';
  const text = existing.replaceAll('\r\n', '\n');
  const differences: Difference[] = [];
  const present = partsOf(text);
  let merged = text;
  // From the last to the first, so that places stay where they are.
  for (const part of partsOf(fresh).toReversed()) {
    const own = present.find(({ name }) => name === part.name);
    if (own === undefined) {
      if (accept === 'generated') merged = `${merged.trimEnd()}\n\n${enclosed(fresh, part)}`;
      else if (accept !== 'yours')
        differences.push({ part: part.name, yours: [], generated: ['the whole part is missing'] });
      continue;
    }
    const isKept = own.seal === keptWord;
    if (accept === 'generated' || (!isKept && isPristine(own))) {
      merged = replaced(merged, own, part.content, part.seal);
    } else if (own.content === part.content) {
      merged = replaced(merged, own, part.content, isKept ? keptWord : part.seal);
    } else if (isKept) continue;
    else if (accept === 'yours') merged = replaced(merged, own, own.content, keptWord);
    else differences.push({ part: part.name, ...differingLines(own.content, part.content) });
  }
  const bytes = lineEnd === '\n' ? merged : merged.replaceAll('\n', lineEnd);
  return { text: merged === text ? existing : bytes, differences: differences.toReversed() };
}

function replaced(text: string, own: Part, content: string, seal: string): string {
  return text.slice(0, own.start) + content + seal + text.slice(own.sealEnd);
}

/** A part with the lines that open and close it. */
function enclosed(fresh: string, { start, sealEnd }: Part): string {
  const open = fresh.lastIndexOf('\n', start - 2) + 1;
  const close = fresh.indexOf('\n', sealEnd);
  return `${fresh.slice(open, close === -1 ? fresh.length : close)}\n`;
}

function differingLines(yours: string, generated: string) {
  const [mine, theirs] = [yours.split('\n'), generated.split('\n')];
  const [inMine, inTheirs] = [new Set(mine), new Set(theirs)];
  return {
    yours: mine.filter((line) => !inTheirs.has(line)),
    generated: theirs.filter((line) => !inMine.has(line)),
  };
}
