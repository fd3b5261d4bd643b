import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Directory of this repository. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * `PATH` as it was before npm put this repository's own tools first. `npm ci` brings a newer Node in on
 * Linux for what needs it here; the generator has to work with the Node that the user has.
 */
export function hostPath(): string {
  const ours = join(root, 'node_modules');
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter(
      (folder) =>
        !folder.includes('node_modules') &&
        !folder.includes('node-gyp-bin') &&
        !folder.startsWith(ours),
    )
    .join(delimiter);
}

/** The user's own `node`, or the one that runs this where there is no other. */
export function hostNode(): string {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  return (
    hostPath()
      .split(delimiter)
      .map((folder) => join(folder, name))
      .find((file) => existsSync(file)) ?? process.execPath
  );
}

/** The environment with the user's `PATH`. */
export function hostEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: hostPath() };
}
