import type { Catalog } from './catalog.ts';
import type { Program } from './program.ts';

/** One file: either a static one or a template. */
export interface FileRow {
  readonly layer: string;
  readonly path: string;
  /** Left out where it is not. */
  readonly executable?: boolean;
  /** Of a static file. */
  readonly hash?: string;
  readonly program?: Program;
}

/** What lies in a pack, with its length in bytes: a fixed piece of templates, of which there are hundreds, or a static file. */
export type PackedRow = number | readonly [length: number, file: number];

/** What a pack consists of. */
export interface PackIndex {
  readonly files: readonly FileRow[];
  /** In the order in which it lies there, which is not that of paths: what is alike lies together. */
  readonly packed: readonly PackedRow[];
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

const nothing = new Uint8Array();

/** The catalog in a pack, which is restored in place; the contents are slices of it. */
export function catalogIn(pack: Uint8Array, layout: PackLayout): Catalog {
  restore(pack);
  const index: PackIndex = JSON.parse(new TextDecoder().decode(pack.subarray(layout.index)));
  const pieces: Uint8Array[] = [];
  const contents = new Map<number, Uint8Array>();
  let end = 0;
  for (const row of index.packed) {
    const [length, file] = typeof row === 'number' ? [row] : row;
    const content = pack.subarray(end, end + length);
    end += length;
    if (file === undefined) pieces.push(content);
    else contents.set(file, content);
  }
  return index.files.map(({ hash = '', program, ...row }, file) => {
    const entry = { executable: false, ...row };
    if (program !== undefined) return { kind: 'template', ...entry, program, pieces };
    return { kind: 'static', ...entry, content: contents.get(file) ?? nothing, hash };
  });
}
