import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { TypedArguments } from '../arguments.ts';
import type { CatalogEntry } from '../catalog.ts';
import { exitCodes, Failure, onOneLine, wrongUsage } from '../failure.ts';
import { readTree } from '../governance/keeping/tree.ts';
import { isDocument, refresh, type Refreshed } from '../governance/keeping/refresh.ts';
import type { Side } from '../governance/keeping/merge.ts';
import type { Host } from '../host.ts';
import { parseJson } from '../json.ts';
import { isOptionKey, resolveOptions, type Options } from '../options.ts';
import { manifestPath, planFiles } from '../plan.ts';
import { reasonOf, resolveDirectory } from '../target.ts';
import { styled } from '../terminal.ts';

/** Regenerates the governance documents of an application and touches nothing else. Returns the exit code. */
export function governance(typed: TypedArguments, host: Host): number {
  const [, directory = '.', ...others] = typed.positionals;
  if (others.length > 0)
    throw wrongUsage('unexpected_argument', `One directory is expected after "governance".`);
  const accept = sideOf(typed.accept);
  const root = resolveDirectory(directory, host.currentDirectory);
  const began = process.hrtime();
  const options = readOptions(root);
  const plan = planFiles(host.catalog, options).filter((file) => file.kind !== 'manifest');
  const outcome = refresh(readFiles(root, plan), plan, options, accept, readInventory);
  const isCheck = typed.switches.has('check');
  const writes = !isCheck && !typed.switches.has('dry-run');
  if (writes) for (const [path, text] of outcome.changed) replaceFile(join(root, path), text);
  const [seconds, nanoseconds] = process.hrtime(began);
  if ((host.environment.STACKBILDER_TIMING ?? '') !== '')
    host.emit(2, `regenerated in ${(seconds * 1000 + nanoseconds / 1e6).toFixed(2)} ms\n`);
  if (typed.switches.has('json')) reportJson(outcome, root, writes, host);
  else reportText(outcome, root, writes, host);
  const stale = outcome.changed.size > 0 || outcome.review.length > 0;
  const isWrong = outcome.differences.length > 0 || (isCheck && stale);
  return isWrong ? exitCodes.failed : exitCodes.done;
}

function sideOf(accept: string | undefined): Side {
  if (accept === undefined || accept === 'yours' || accept === 'generated') return accept;
  throw wrongUsage(
    'invalid_option',
    `--accept takes "yours" or "generated", not ${JSON.stringify(accept)}.`,
  );
}

/** The options that an application was made with. */
function readOptions(root: string): Options {
  const invalid = (why: string, error?: unknown) =>
    new Failure('invalid_directory', `${root} ${why}`, exitCodes.failed, error);
  let text: string;
  try {
    text = readFileSync(join(root, manifestPath), 'utf8');
  } catch (error) {
    throw invalid(
      `holds no readable ${manifestPath}, so it is not an application of create-stackbilder-app. Give its directory.`,
      error,
    );
  }
  const given: Record<string, unknown> = {};
  try {
    const manifest = parseJson(text);
    const options = fieldOf(manifest, 'options');
    if (typeof options !== 'object' || options === null) throw new Error('it names no options');
    // What another version knows besides is none of our business.
    for (const [key, value] of Object.entries(options)) if (isOptionKey(key)) given[key] = value;
    return resolveOptions({ ...given, install: false, git: false });
  } catch (error) {
    throw invalid(
      `has a damaged ${manifestPath}: ${onOneLine(error)}. Restore it from git.`,
      error,
    );
  }
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(name);
}

function readFiles(root: string, plan: readonly CatalogEntry[]) {
  const known = new Map<string, Uint8Array>();
  for (const file of plan)
    if (file.kind === 'static' && typeof file.content !== 'string')
      known.set(file.path, file.content);
  const documents = new Set(plan.filter(isDocument).map(({ path }) => path));
  try {
    return readTree(root, known, documents);
  } catch (error) {
    throw new Failure(
      'invalid_directory',
      `${root} cannot be read: ${reasonOf(error)}`,
      exitCodes.failed,
      error,
    );
  }
}

type Parts = Record<string, Record<string, readonly string[]>>;

/** Reads who meets which threats. What a person wrote in another form must not be taken for nothing. */
function readInventory(text: string): Parts {
  const wrong = (what: string, error?: unknown) =>
    new Failure(
      'invalid_config',
      `.ai/inventory.json ${what}. Repair it, or remove it to begin anew.`,
      exitCodes.failed,
      error,
    );
  const entriesOf = (value: unknown) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return Object.entries(value);
    throw wrong('is no object of objects');
  };
  let content: unknown;
  try {
    content = parseJson(text);
  } catch (error) {
    throw wrong('is not valid JSON', error);
  }
  const parts: Parts = {};
  for (const [kind, rows] of entriesOf(content)) {
    const known: Record<string, readonly string[]> = {};
    for (const [part, threats] of entriesOf(rows)) {
      if (!isListOfTexts(threats)) throw wrong(`has no list such as ["flood"] for "${part}"`);
      known[part] = threats;
    }
    parts[kind] = known;
  }
  return parts;
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/** Writes beside a file and renames: whatever happens, the file is the old one or the new one. Links stay links. */
function replaceFile(path: string, text: string): void {
  let file = path;
  let beside = '';
  try {
    mkdirSync(dirname(path), { recursive: true });
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) file = realpathSync(path);
    beside = `${file}.${Math.random().toString(36).slice(2, 10)}.partial`;
    const mode = statSync(file, { throwIfNoEntry: false })?.mode;
    writeFileSync(beside, text);
    if (mode !== undefined) chmodSync(beside, mode);
    renameSync(beside, file);
  } catch (error) {
    if (beside !== '') rmSync(beside, { force: true });
    throw new Failure(
      'write_failed',
      `${file} could not be written: ${reasonOf(error)} It is as it was; files before it are new. Run this again.`,
      exitCodes.failed,
      error,
    );
  }
}

function reportJson(outcome: Refreshed, directory: string, written: boolean, { emit }: Host): void {
  const { changed, unchanged, differences, review } = outcome;
  const object = {
    directory,
    ...(written ? {} : { dryRun: true }),
    changed: [...changed.keys()],
    unchanged,
    differences,
    review,
  };
  emit(1, `${JSON.stringify(object)}\n`);
}

function reportText(outcome: Refreshed, root: string, written: boolean, { emit }: Host): void {
  const { changed, unchanged, differences, review } = outcome;
  const lines = [...changed.keys()].map(
    (path) => `${written ? 'Written' : 'Would be written'}: ${path}`,
  );
  lines.push(`${unchanged.length} documents in ${root} are as they should be.`);
  for (const { file, part, yours, generated } of differences) {
    lines.push(
      '',
      `${styled(1, 'yellow', 'Edited by hand, and left alone:')} ${file}, the part "${part}"`,
      ...yours.map((line) => `  yours      ${line}`),
      ...generated.map((line) => `  generated  ${line}`),
    );
  }
  if (differences.length > 0)
    lines.push('', 'Say which to take: --accept yours, or --accept generated.');
  if (review.length > 0) lines.push('', styled(1, 'bold', 'For a person to review:'));
  for (const line of review) lines.push(`  ${line}`);
  emit(1, `${lines.join('\n')}\n`);
}
