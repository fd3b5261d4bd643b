import { closeSync, openSync, readSync } from 'node:fs';
import type { CatalogEntry, FixedPiece, TemplateEntry } from './catalog.ts';

/** One file; a template has neither length nor hash. */
export interface FileRow {
  readonly layer: string;
  readonly path: string;
  readonly executable: boolean;
  readonly length?: number;
  readonly hash?: string;
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

/** Reads a pack whose size is known, which spares asking for it and clearing the memory. */
export function readPack(file: string, { size }: PackLayout): Buffer {
  const pack = Buffer.allocUnsafeSlow(size);
  const descriptor = openSync(file, 'r');
  const length = readSync(descriptor, pack);
  closeSync(descriptor);
  if (length !== size) throw new Error(`${file} is damaged; install this package again`);
  return pack;
}

/**
 * Entries of a pack.
 *
 * @param compile takes the fixed pieces and returns the renderers of the templates, both in the order of the index
 */
export function unpack(
  pack: Buffer,
  layout: PackLayout,
  compile: (pieces: readonly FixedPiece[]) => readonly TemplateEntry['render'][],
): readonly CatalogEntry[] {
  const index: PackIndex = JSON.parse(pack.toString('utf8', layout.index));
  const pieces: FixedPiece[] = [];
  let end = layout.pieces;
  for (const { length, crc32, shift } of index.pieces)
    pieces.push({ bytes: pack.subarray(end, (end += length)), crc32, shift });
  const renders = compile(pieces);
  const entries: CatalogEntry[] = [];
  let template = 0;
  end = 0;
  for (const { layer, path, executable, length, hash } of index.files) {
    if (length !== undefined && hash !== undefined) {
      const content = pack.subarray(end, (end += length));
      entries.push({ kind: 'static', layer, path, executable, content, hash });
      continue;
    }
    const render = renders[template];
    if (render === undefined) throw new Error(`${path} has no template`);
    template += 1;
    entries.push({ kind: 'template', layer, path, executable, render });
  }
  return entries;
}
