import { lstatSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { exitCodes, Failure, systemCode, wrongUsage } from './failure.ts';

/** Where a project goes. */
export interface Target {
  /** Absolute path. */
  readonly path: string;
  /** Whether a directory is there already, holding nothing that would be in the way. */
  readonly exists: boolean;
}

// What people and tools leave in a directory that is otherwise new. Never overwritten.
const harmless = new Set([
  '.git',
  '.gitkeep',
  '.hg',
  '.DS_Store',
  'Thumbs.db',
  '.idea',
  '.vscode',
  'LICENSE',
  'LICENSE.md',
  'LICENSE.txt',
]);
const namedAtMost = 5;

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 32 || code === 127) return true;
  }
  return false;
}

/** Absolute path of the directory the user typed. */
export function resolveDirectory(typed: string, currentDirectory: string): string {
  if (typed.trim() === '')
    throw wrongUsage('invalid_directory', 'The directory is empty text; give it a name.');
  if (hasControlCharacter(typed))
    throw wrongUsage(
      'invalid_directory',
      `The directory ${JSON.stringify(typed)} contains a control character; choose another name.`,
    );
  // Only shells know "~"; taking it literally would make a directory that is dangerous to delete.
  if (typed.startsWith('~'))
    throw wrongUsage(
      'invalid_directory',
      `The shell did not expand "~" in ${JSON.stringify(typed)}; write the path in full, or "./${typed}" for a directory of that name.`,
    );
  return resolve(currentDirectory, typed);
}

/** Base name, from which the project's name follows. */
export function directoryName(path: string): string {
  return basename(path);
}

function notEmpty(path: string, inTheWay: readonly string[]): Failure {
  const named = inTheWay.slice(0, namedAtMost).map((entry) => JSON.stringify(entry));
  const more = inTheWay.length - named.length;
  const list = `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return new Failure(
    'directory_not_empty',
    `${path} is not empty: ${list} ${inTheWay.length === 1 ? 'is' : 'are'} in the way. Choose another directory, or empty this one.`,
    exitCodes.failed,
  );
}

function cannotUse(path: string, reason: string, error: unknown): Failure {
  return new Failure(
    'invalid_directory',
    `${path} cannot be used: ${reason}`,
    exitCodes.failed,
    error,
  );
}

/**
 * Looks at the place where a project is to go, without changing anything.
 *
 * @param planned what would be written there: a harmless entry is in the way if it is one of these
 * @throws {@link Failure} when something is in the way
 */
export function inspectTarget(path: string, planned: readonly { readonly path: string }[]): Target {
  let present: string[];
  try {
    const entry = lstatSync(path, { throwIfNoEntry: false });
    if (entry === undefined) return { path, exists: false };
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined)
      throw cannotUse(
        path,
        'it is a symbolic link that leads nowhere. Remove the link.',
        undefined,
      );
    if (!found.isDirectory())
      throw cannotUse(path, 'it is a file. Choose another name, or move the file away.', undefined);
    present = readdirSync(path);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw cannotUse(path, reasonOf(error), error);
  }
  const written = new Set(planned.map((file) => file.path.split('/')[0]));
  const inTheWay = present.filter((entry) => !harmless.has(entry) || written.has(entry)).sort();
  if (inTheWay.length > 0) throw notEmpty(path, inTheWay);
  return { path, exists: true };
}

/** First directory above a path that is there. */
export function existingAncestor(path: string): string {
  let ancestor = dirname(path);
  while (
    statSync(ancestor, { throwIfNoEntry: false }) === undefined &&
    dirname(ancestor) !== ancestor
  )
    ancestor = dirname(ancestor);
  return ancestor;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied. Choose a directory that you may write to.',
  EPERM: 'permission denied. Choose a directory that you may write to.',
  EROFS: 'the file system is read-only. Choose another directory.',
  ENOSPC: 'the disk is full. Free some space and run this again.',
  EDQUOT: 'your disk quota is used up. Free some space and run this again.',
  EFBIG: 'the file size limit is reached. Raise it ("ulimit -f") and run this again.',
  ENOTDIR: 'a file stands where a directory is expected above it.',
  ENAMETOOLONG: 'the path is too long. Choose a shorter name.',
  ELOOP: 'its symbolic links form a circle.',
  EMFILE: 'too many files are open.',
  EEXIST: 'something has appeared above it, or a link there leads nowhere.',
  ENOENT: 'its parent directory does not exist and cannot be made.',
};

/** What a system error means and what to do about it. */
export function reasonOf(error: unknown): string {
  const code = systemCode(error) ?? '';
  if (Object.hasOwn(reasons, code)) return reasons[code] ?? code;
  return error instanceof Error ? error.message : String(error);
}
