import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { exitCodes, Failure, systemCode } from './failure.ts';
import { manifestPath, secretsPath } from './plan.ts';
import type { RenderedFile } from './render.ts';
import { existingAncestor, reasonOf, type Target } from './target.ts';

/** The calls that write; a test replaces them to fail or to be slow at a chosen moment. */
export interface Disk {
  readonly makeDirectory: (path: string) => void;
  readonly writeFile: (path: string, file: RenderedFile) => void;
  readonly rename: (from: string, to: string) => void;
  /** Removes a file, or a directory with all that is in it. */
  readonly remove: (path: string) => void;
}

// Readable by the owner alone, since it holds secrets; a script can be run; the umask decides the rest.
function modeOf({ path, executable }: RenderedFile): number {
  if (path === secretsPath) return 0o600;
  return executable ? 0o777 : 0o666;
}

const newFile = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

// Not writeFileSync: looking at its options again for each of 100 files takes half a millisecond.
function writeNewFile(path: string, file: RenderedFile): void {
  const { content } = file;
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const descriptor = openSync(path, newFile, modeOf(file));
  try {
    // A disk that fills up takes a part first and refuses the rest.
    let written = 0;
    while (written < bytes.length) written += writeSync(descriptor, bytes, written);
  } finally {
    closeSync(descriptor);
  }
}

const realDisk: Disk = {
  makeDirectory: mkdirSync,
  writeFile: writeNewFile,
  rename: renameSync,
  remove: (path) => rmSync(path, { recursive: true, force: true }),
};

/**
 * Writes a project so that its directory holds either all of it or nothing of it.
 *
 * A new directory is written beside its final place and renamed into it in one step. Into a directory that
 * exists already (perhaps the current one, or a mount point) the finished entries are moved one by one, the
 * manifest last; a failure takes back those that were moved.
 *
 * @throws {@link Failure} saying that nothing was left behind, or exactly what was
 */
export function writeProject(
  target: Target,
  files: readonly RenderedFile[],
  disk: Disk = realDisk,
): void {
  // Parents that were made, and what is of the project.
  const made: string[] = [];
  const ours: string[] = [];
  try {
    const partial = partialPath(target);
    makePartial(partial, target, made, disk);
    ours.push(partial);
    writeTree(partial, files, disk);
    if (target.exists) moveInto(target.path, partial, ours, disk);
    else moveWhole(target.path, partial, disk);
  } catch (error) {
    const left = takeBack(made, ours, disk);
    const state =
      left.length === 0 ? 'Nothing was left behind.' : `Left behind: ${left.join(', ')}.`;
    const { code, message }: Pick<Failure, 'code' | 'message'> =
      error instanceof Failure
        ? error
        : {
            code: 'write_failed',
            message: `${target.path} could not be written: ${reasonOf(error)}`,
          };
    throw new Failure(code, `${message} ${state}`, exitCodes.failed, error);
  }
}

/** Random, because an earlier run may have been killed and left its own behind. */
function partialPath(target: Target): string {
  const unique = Math.random().toString(36).slice(2, 10);
  const parent = target.exists ? target.path : dirname(target.path);
  return join(parent, `.${basename(target.path).slice(0, 60)}.partial-${unique}`);
}

function makePartial(partial: string, target: Target, made: string[], disk: Disk): void {
  try {
    disk.makeDirectory(partial);
  } catch (error) {
    if (target.exists || systemCode(error) !== 'ENOENT') throw error;
    makeParents(target.path, made);
    disk.makeDirectory(partial);
  }
}

function makeParents(path: string, made: string[]): void {
  const ancestor = existingAncestor(path);
  const missing: string[] = [];
  for (let parent = dirname(path); parent !== ancestor; parent = dirname(parent))
    missing.unshift(parent);
  for (const parent of missing) {
    mkdirSync(parent);
    made.push(parent);
  }
}

function writeTree(root: string, files: readonly RenderedFile[], disk: Disk): void {
  const present = new Set<string>();
  const ensureParent = (path: string) => {
    const end = path.lastIndexOf('/');
    if (end < 0) return;
    const directory = path.slice(0, end);
    if (present.has(directory)) return;
    ensureParent(directory);
    disk.makeDirectory(`${root}/${directory}`);
    present.add(directory);
  };
  for (const file of files) {
    ensureParent(file.path);
    disk.writeFile(`${root}/${file.path}`, file);
  }
}

function moveWhole(path: string, partial: string, disk: Disk): void {
  // Renaming replaces an empty directory silently, so one that has appeared meanwhile is looked for first.
  if (existsSync(path)) throw appeared(path);
  disk.rename(partial, path);
}

/** @param ours takes the paths that are in place */
function moveInto(path: string, partial: string, ours: string[], disk: Disk): void {
  const entries = readdirSync(partial).filter((entry) => entry !== manifestPath);
  for (const entry of [...entries, manifestPath]) {
    if (existsSync(join(path, entry))) throw appeared(join(path, entry));
    disk.rename(join(partial, entry), join(path, entry));
    ours.push(join(path, entry));
  }
  disk.remove(partial);
}

function appeared(path: string): Failure {
  return new Failure(
    'directory_not_empty',
    `${path} appeared while the project was being written, and was left as it is; run this again.`,
    exitCodes.failed,
  );
}

/** Removes what is ours, then the parents that were made. Returns what could not be removed. */
function takeBack(made: readonly string[], ours: readonly string[], disk: Disk): string[] {
  const left: string[] = [];
  const attempt = (remove: (path: string) => void, path: string) => {
    try {
      remove(path);
    } catch {
      if (existsSync(path)) left.push(path);
    }
  };
  for (const path of ours) attempt(disk.remove, path);
  // Only while empty: somebody else may have put something there meanwhile.
  for (const path of made.toReversed()) attempt(rmdirSync, path);
  return left;
}
