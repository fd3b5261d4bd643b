import type { Catalog, CatalogEntry } from './catalog.ts';
import type { Options } from './options.ts';

/** Record of how the application was made; upgrades and diffs rest on it. */
export const manifestPath = '.stackbilder.json';

/** Random by design, so it is the one file whose hash would say nothing. */
export const secretsPath = '.dev.vars';

/** A file to write. The manifest describes all others and is rendered last. */
export type PlannedFile =
  CatalogEntry | { readonly kind: 'manifest'; readonly path: string; readonly executable: false };

/** Which overlay folders of `templates/features/` a set of options selects, in the order they are laid. */
const features: readonly { folder: string; chosen: (options: Options) => boolean }[] = [
  { folder: 'npm', chosen: (options) => options.packageManager === 'npm' },
  { folder: 'pnpm', chosen: (options) => options.packageManager === 'pnpm' },
  { folder: 'yarn', chosen: (options) => options.packageManager === 'yarn' },
  { folder: 'bun', chosen: (options) => options.packageManager === 'bun' },
];

/** Names that folders under `templates/features/` may have. */
export const featureFolders: readonly string[] = features.map((feature) => feature.folder);

/** Files of the application that the options describe, ordered by path, the manifest last. */
export function planFiles(catalog: Catalog, options: Options): readonly PlannedFile[] {
  const layers = [
    'base',
    ...features.filter((feature) => feature.chosen(options)).map((feature) => feature.folder),
  ];
  const byPath = new Map<string, CatalogEntry>();
  for (const layer of layers)
    for (const entry of catalog) if (entry.layer === layer) byPath.set(entry.path, entry);
  // By code unit, not by locale: the order must be the same on every machine.
  const files: PlannedFile[] = [...byPath.values()].sort((one, other) =>
    one.path < other.path ? -1 : 1,
  );
  return [...files, { kind: 'manifest', path: manifestPath, executable: false }];
}
