import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const tsc = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin/tsc',
);

/** The first complaint of the compiler about a tree, or undefined if it has none. */
export function typeError(directory: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, '--pretty', 'false'], { cwd: directory }, (error, stdout) => {
      resolve(error ? (stdout.split('\n')[0] ?? error.message) : undefined);
    });
  });
}
