import type { Catalog, CatalogEntry } from './catalog.ts';
import type { Options } from './options.ts';

/** Record of how the application was made; upgrades and diffs rest on it. */
export const manifestPath = '.stackbilder.json';

export const secretsPath = '.dev.vars';

/**
 * Files whose hash would say nothing: secrets are random by design, and the lock file belongs to the package
 * manager, which rewrites it at the next install.
 */
const unhashed: readonly string[] = [secretsPath, 'package-lock.json'];

/** Whether the manifest tells the hash of a file. */
export function isHashed(path: string): boolean {
  return !unhashed.includes(path);
}

/** A file to write. The manifest describes all others and is rendered last. */
export type PlannedFile =
  CatalogEntry | { readonly kind: 'manifest'; readonly path: string; readonly executable: false };

/** Which overlay folders of `templates/features/` a set of options selects, in the order they are laid. */
const features: readonly { folder: string; chosen: (options: Options) => boolean }[] = [
  { folder: 'billing', chosen: (options) => options.billing },
  { folder: 'oauth', chosen: (options) => options.oauth.length > 0 },
  { folder: 'google', chosen: (options) => options.oauth.includes('google') },
  { folder: 'github', chosen: (options) => options.oauth.includes('github') },
  { folder: 'pages', chosen: (options) => options.pages },
  {
    folder: 'pages-oauth',
    chosen: (options) => options.pages && options.oauth.length > 0,
  },
  // What leads a browser on to another service.
  {
    folder: 'pages-leaving',
    chosen: (options) => options.pages && (options.billing || options.oauth.length > 0),
  },
  { folder: 'pages-billing', chosen: (options) => options.pages && options.billing },
  { folder: 'pages-uploads', chosen: (options) => options.pages && options.uploads },
  { folder: 'returning', chosen: (options) => options.pages || options.oauth.length > 0 },
  { folder: 'resend', chosen: (options) => options.email === 'resend' },
  { folder: 'uploads', chosen: (options) => options.uploads },
  { folder: 'npm', chosen: (options) => options.packageManager === 'npm' },
  { folder: 'pnpm', chosen: (options) => options.packageManager === 'pnpm' },
  { folder: 'yarn', chosen: (options) => options.packageManager === 'yarn' },
];

/** Names that folders under `templates/features/` may have. */
export const featureFolders: readonly string[] = features.map((feature) => feature.folder);

/** Files of the application that the options describe, ordered by path, the manifest last. */
export function planFiles(catalog: Catalog, options: Options): readonly PlannedFile[] {
  const layers = [
    'base',
    ...features.filter((feature) => feature.chosen(options)).map((feature) => feature.folder),
  ];
  const files: PlannedFile[] = [];
  let last = '';
  for (const entry of catalog) {
    if (!layers.includes(entry.layer)) continue;
    // The catalog is ordered by path, so what an overlay replaces is the one before.
    if (entry.path === last) files.pop();
    files.push(entry);
    last = entry.path;
  }
  files.push({ kind: 'manifest', path: manifestPath, executable: false });
  return files;
}
