import { closeSync, openSync, readSync } from 'node:fs';
import type { Catalog, FixedPiece } from './catalog.ts';
import type { Program } from './program.ts';

/** One file: either a static one or a template. */
export interface FileRow {
  readonly layer: string;
  readonly path: string;
  readonly executable: boolean;
  readonly length?: number;
  readonly hash?: string;
  readonly program?: Program;
}

interface PieceRow {
  readonly length: number;
  readonly crc32: number;
  readonly shift: number;
}

/** A pack's contents: the bytes of the static files one after the other, then those of the templates' pieces. */
export interface PackIndex {
  readonly files: readonly FileRow[];
  readonly pieces: readonly PieceRow[];
}

/** Where in a pack the pieces and the index begin, and where it ends. */
export interface PackLayout {
  readonly pieces: number;
  readonly index: number;
  readonly size: number;
}

/** Reads the catalog from a pack, whose size is known, which spares asking for it and clearing the memory. */
export function readPack(file: string, layout: PackLayout): Catalog {
  const pack = Buffer.allocUnsafeSlow(layout.size);
  const descriptor = openSync(file, 'r');
  const read = readSync(descriptor, pack);
  closeSync(descriptor);
  if (read !== layout.size) throw new Error(`${file} is damaged; install this package again`);
  const index: PackIndex = JSON.parse(pack.toString('utf8', layout.index));
  const pieces: FixedPiece[] = [];
  let end = layout.pieces;
  for (const { length, crc32, shift } of index.pieces)
    pieces.push({ bytes: pack.subarray(end, (end += length)), crc32, shift });
  end = 0;
  return index.files.map(({ layer, path, executable, length = 0, hash = '', program }) => {
    if (program !== undefined)
      return { kind: 'template', layer, path, executable, program, pieces };
    const content = pack.subarray(end, (end += length));
    return { kind: 'static', layer, path, executable, content, hash };
  });
}
