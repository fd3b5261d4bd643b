import type { CatalogEntry, Content } from '../../catalog.ts';
import { manifestPath } from '../../plan.ts';
import { documentPaths, inventoryPath } from '../documents.ts';
import { isAside, type Tree } from './tree.ts';

/** Files that the documents follow from. People complete the inventory, so it is one of them. */
const isSubject = (path: string) =>
  !isAside(path) && (path === inventoryPath || !documentPaths.includes(path));

/**
 * Whether nothing but the documents has changed since an application was generated. Then they are what they were, and
 * need not be worked out.
 *
 * @param plan the files that were generated, and how to tell the content of each
 */
export function isAsGenerated(
  tree: Tree,
  plan: readonly CatalogEntry[],
  contentOf: (file: CatalogEntry) => Content,
): boolean {
  const generated = plan.filter(({ path }) => isSubject(path));
  const present = [...tree.keys()].filter((path) => path !== manifestPath && isSubject(path));
  if (present.length !== generated.length) return false;
  const isSo = (file: CatalogEntry) => isSame(tree.get(file.path), contentOf(file));
  // Static files first: they need no rendering, and are the most.
  return (
    generated.every((file) => file.kind !== 'static' || isSo(file)) &&
    generated.every((file) => file.kind === 'static' || isSo(file))
  );
}

/** Whether a file holds just this. */
export function isSame(file: Uint8Array | undefined, content: Content): boolean {
  if (file === undefined || file === content) return file !== undefined;
  return Buffer.compare(file, typeof content === 'string' ? Buffer.from(content) : content) === 0;
}
