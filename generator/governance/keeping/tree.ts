import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';

/** An application's files: path to content. */
export type Tree = ReadonlyMap<string, Uint8Array>;

// Made by tools, secret, or too large to say anything.
const asideAnywhere = /(?:^|\/)(?:node_modules|\.git|\.DS_Store)$/;
const asideAtTheTop =
  /^(?:\.wrangler|\.prove|coverage|dist|\.dev\.vars.*|\.env.*|package-lock\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?)$/;
const largest = 1_000_000;

/** Whether a file or folder says nothing that a document could be about. */
export function isAside(path: string): boolean {
  return asideAnywhere.test(path) || asideAtTheTop.test(path);
}

/**
 * Reads files through one piece of memory, since there are hundreds: a file that fills it is too large, which spares
 * asking for its size.
 */
function fileReader(): (path: string, known: Uint8Array | undefined) => Uint8Array | undefined {
  const room = Buffer.allocUnsafeSlow(largest);
  return (path, known) => {
    const descriptor = openSync(path, 'r');
    let length = 0;
    try {
      // Less than was asked for comes only at the end of a file: https://pubs.opengroup.org/onlinepubs/9799919799/
      length = readSync(descriptor, room);
    } finally {
      closeSync(descriptor);
    }
    if (length === largest) return undefined;
    const content = room.subarray(0, length);
    return known !== undefined && Buffer.compare(known, content) === 0
      ? known
      : Buffer.from(content);
  };
}

/**
 * Every file of an application that a document can be about. What is a link counts as what it leads to.
 *
 * @param known contents by path; where a file still holds just that, it is not kept twice
 * @param documents paths that count whatever their size: taken for missing, they would be written anew
 */
export function readTree(
  root: string,
  known: Tree = new Map(),
  documents: ReadonlySet<string> = new Set(),
): Tree {
  const files = new Map<string, Uint8Array>();
  const contentOf = fileReader();
  const add = (folder: string, around: readonly string[]): void => {
    const real = realpathSync.native(`${root}/${folder}`);
    if (around.includes(real)) return;
    for (const entry of readdirSync(real, { withFileTypes: true })) {
      const path = `${folder}${entry.name}`;
      if (isAside(path)) continue;
      if (entry.isDirectory()) {
        add(`${path}/`, [...around, real]);
        continue;
      }
      const found = entry.isFile() ? entry : statSync(`${root}/${path}`, { throwIfNoEntry: false });
      if (found?.isDirectory()) add(`${path}/`, [...around, real]);
      if (!found?.isFile()) continue;
      const file = `${root}/${path}`;
      const content =
        contentOf(file, known.get(path)) ?? (documents.has(path) ? readFileSync(file) : undefined);
      if (content !== undefined) files.set(path, content);
    }
  };
  add('', []);
  return files;
}
