import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { Files } from '../files.ts';

// Made by tools, secret, or too large to say anything.
const aside =
  /^(?:node_modules|\.git|\.wrangler|\.prove|coverage|dist|\.dev\.vars.*|\.env.*|.*lock.*|\.DS_Store)$/;
const largest = 1_000_000;

/** Every text of an application that a document can be about. */
export function readTree(root: string): Files {
  const files = new Map<string, string>();
  const add = (folder: string): void => {
    for (const entry of readdirSync(`${root}/${folder}`, { withFileTypes: true })) {
      const path = `${folder}${entry.name}`;
      if (aside.test(entry.name)) continue;
      if (entry.isDirectory()) add(`${path}/`);
      else if (entry.isFile() && statSync(`${root}/${path}`).size < largest)
        files.set(path, readFileSync(`${root}/${path}`, 'utf8'));
    }
  };
  add('');
  return files;
}
