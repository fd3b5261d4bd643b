import type { Catalog } from './catalog.ts';
import type { Program } from './program.ts';

/** One file: either a static one or a template. */
export interface FileRow {
  readonly layer: string;
  readonly path: string;
  /** Left out where it is not. */
  readonly executable?: boolean;
  /** Where its content begins, which is not the order of paths: what is alike lies together. */
  readonly start?: number;
  readonly length?: number;
  readonly hash?: string;
  readonly program?: Program;
}

/**
 * The length of a piece; a tuple, since there are hundreds, with the gap that lies between this piece and the one
 * before it where there is one.
 */
export type PieceRow = number | readonly [length: number, gap: number];

/** What a pack consists of: static files, and among them the fixed pieces of the templates that are like them. */
export interface PackIndex {
  readonly files: readonly FileRow[];
  readonly pieces: readonly PieceRow[];
}

/** Where in a pack the index begins, in bytes. */
export interface PackLayout {
  readonly index: number;
}

/**
 * The package carries the templates once, as a JavaScript module that exports one raw template literal: the library
 * imports it, and the command line reads it as a file, without parsing it. What would end or open something in the
 * literal is written as a control character of the same length, so that offsets hold in both.
 */
export const standIns = [
  { standIn: 1, character: '`' },
  { standIn: 2, character: '$' },
] as const;

/** Puts back what a pack in a template literal cannot hold as it is. */
function restore(pack: Uint8Array): void {
  for (const { standIn, character } of standIns) {
    const code = character.charCodeAt(0);
    for (let at = pack.indexOf(standIn); at !== -1; at = pack.indexOf(standIn, at + 1))
      pack[at] = code;
  }
}

/** The catalog in a pack, which is restored in place; the contents are slices of it. */
export function catalogIn(pack: Uint8Array, layout: PackLayout): Catalog {
  restore(pack);
  const index: PackIndex = JSON.parse(new TextDecoder().decode(pack.subarray(layout.index)));
  let end = 0;
  const pieces = index.pieces.map((row) => {
    const [length, gap] = typeof row === 'number' ? [row, 0] : row;
    const start = end + gap;
    end = start + length;
    return pack.subarray(start, end);
  });
  return index.files.map(({ start = 0, length = 0, hash = '', program, ...row }) => {
    const entry = { executable: false, ...row };
    if (program !== undefined) return { kind: 'template', ...entry, program, pieces };
    return { kind: 'static', ...entry, content: pack.subarray(start, start + length), hash };
  });
}
