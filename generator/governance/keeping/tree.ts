import { closeSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import type { Files } from '../files.ts';

// Made by tools, secret, or too large to say anything.
const asideAnywhere = /^(?:node_modules|\.git|\.DS_Store)$/;
const asideAtTheTop =
  /^(?:\.wrangler|\.prove|coverage|dist|\.dev\.vars.*|\.env.*|package-lock\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?)$/;
const largest = 1_000_000;

/**
 * Reads texts, all through the same memory, since hundreds are read: a file that does not fit is too large, which
 * spares asking for its size.
 */
function textReader(): (path: string) => string | undefined {
  const room = Buffer.allocUnsafeSlow(largest);
  return (path) => {
    const descriptor = openSync(path, 'r');
    let length = 0;
    try {
      for (let read = -1; read !== 0 && length < largest; length += read)
        read = readSync(descriptor, room, length, largest - length, null);
    } finally {
      closeSync(descriptor);
    }
    return length < largest ? room.toString('utf8', 0, length) : undefined;
  };
}

/** Every text of an application that a document can be about. What is a link counts as what it leads to. */
export function readTree(root: string): Files {
  const files = new Map<string, string>();
  const textOf = textReader();
  const add = (folder: string, around: readonly string[]): void => {
    const real = realpathSync.native(`${root}/${folder}`);
    if (around.includes(real)) return;
    for (const entry of readdirSync(real, { withFileTypes: true })) {
      const path = `${folder}${entry.name}`;
      if (asideAnywhere.test(entry.name) || asideAtTheTop.test(path)) continue;
      if (entry.isDirectory()) {
        add(`${path}/`, [...around, real]);
        continue;
      }
      const found = entry.isFile() ? entry : statSync(`${root}/${path}`, { throwIfNoEntry: false });
      if (found?.isDirectory()) add(`${path}/`, [...around, real]);
      const text = found?.isFile() ? textOf(`${root}/${path}`) : undefined;
      if (text !== undefined) files.set(path, text);
    }
  };
  add('', []);
  return files;
}
