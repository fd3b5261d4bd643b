import type { TemplateContext } from './context.ts';

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
  /** Hex SHA-256 of the content, worked out when the package was built. */
  readonly sha256: string;
}

/** A file whose text depends on the options. */
export interface TemplateEntry extends Entry {
  readonly kind: 'template';
  readonly render: (context: TemplateContext) => string;
}

export type CatalogEntry = StaticEntry | TemplateEntry;

/** Every file that some combination of options can yield. */
export type Catalog = readonly CatalogEntry[];
