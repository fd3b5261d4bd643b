import type { Program } from './program.ts';

/** Text, or the bytes of a text that nobody has needed to decode. */
export type Content = string | Uint8Array;

interface Entry {
  /** `base`, or the feature whose overlay the file belongs to. */
  readonly layer: string;
  /** Path in the rendered application, with forward slashes. */
  readonly path: string;
  readonly executable: boolean;
}

/** A file that is copied as it stands. */
export interface StaticEntry extends Entry {
  readonly kind: 'static';
  readonly content: Content;
  /** CRC-32 of the content in hexadecimal digits, worked out when the package was built. */
  readonly hash: string;
}

/** What a rendered file is put together from. */
export type Piece = string | Uint8Array;

/** A file whose text depends on the options. */
export interface TemplateEntry extends Entry {
  readonly kind: 'template';
  readonly program: Program;
  readonly pieces: readonly Uint8Array[];
}

export type CatalogEntry = StaticEntry | TemplateEntry;

/**
 * Every file that some combination of options can yield, ordered by path (by code unit, not by locale: the order
 * must be the same on every machine); of one path, `base` comes first.
 */
export type Catalog = readonly CatalogEntry[];
