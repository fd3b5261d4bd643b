import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { Files } from '../files.ts';

// Made by tools, secret, or too large to say anything.
const asideAnywhere = /^(?:node_modules|\.git|\.DS_Store)$/;
const asideAtTheTop =
  /^(?:\.wrangler|\.prove|coverage|dist|\.dev\.vars.*|\.env.*|package-lock\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?)$/;
const largest = 1_000_000;

/** Every text of an application that a document can be about. */
export function readTree(root: string): Files {
  const files = new Map<string, string>();
  const add = (folder: string): void => {
    for (const entry of readdirSync(`${root}/${folder}`, { withFileTypes: true })) {
      const path = `${folder}${entry.name}`;
      if (asideAnywhere.test(entry.name) || asideAtTheTop.test(path)) continue;
      if (entry.isDirectory()) add(`${path}/`);
      else if (entry.isFile() && statSync(`${root}/${path}`).size < largest)
        files.set(path, readFileSync(`${root}/${path}`, 'utf8'));
    }
  };
  add('');
  return files;
}
