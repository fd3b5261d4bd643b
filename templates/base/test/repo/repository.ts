import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The app's own directory. */
export const app = join(import.meta.dirname, '../..');

/** The text of a file of the app. */
export const read = (file: string): string => readFileSync(join(app, file), 'utf8');

/** Files of the app that a pattern matches, with forward slashes. */
export const filesLike = (pattern: string): readonly string[] =>
  globSync(pattern, { cwd: app })
    .map((file) => file.replaceAll('\\', '/'))
    .toSorted();
