import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import type { Files } from '../files.ts';

// Made by tools, secret, or too large to say anything.
const asideAnywhere = /^(?:node_modules|\.git|\.DS_Store)$/;
const asideAtTheTop =
  /^(?:\.wrangler|\.prove|coverage|dist|\.dev\.vars.*|\.env.*|package-lock\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?)$/;
const largest = 1_000_000;

/** Every text of an application that a document can be about. What is a link counts as what it leads to. */
export function readTree(root: string): Files {
  const files = new Map<string, string>();
  const add = (folder: string, around: readonly string[]): void => {
    const real = realpathSync(`${root}/${folder}`);
    if (around.includes(real)) return;
    for (const entry of readdirSync(real, { withFileTypes: true })) {
      const path = `${folder}${entry.name}`;
      if (asideAnywhere.test(entry.name) || asideAtTheTop.test(path)) continue;
      if (entry.isDirectory()) {
        add(`${path}/`, [...around, real]);
        continue;
      }
      const found = statSync(`${root}/${path}`, { throwIfNoEntry: false });
      if (found?.isDirectory()) add(`${path}/`, [...around, real]);
      else if (found?.isFile() && found.size < largest)
        files.set(path, readFileSync(`${root}/${path}`, 'utf8'));
    }
  };
  add('', []);
  return files;
}
