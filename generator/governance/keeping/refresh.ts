import { isUtf8 } from 'node:buffer';
import type { CatalogEntry, Content } from '../../catalog.ts';
import { contextOf } from '../../context.ts';
import { exitCodes, Failure } from '../../failure.ts';
import { parseJson } from '../../json.ts';
import type { Options } from '../../options.ts';
import { contentOf } from '../../render.ts';
import { documentPaths, inventoryPath, keptOf } from '../documents.ts';
import { attestationRows } from '../documents/records.ts';
import type { Files } from '../files.ts';
import { subjectOf, type Subject } from '../subject.ts';
import { isAsGenerated, isSame } from './as-generated.ts';
import { mergeDocument, mergeJson, type Difference, type Merged, type Side } from './merge.ts';
import type { Tree } from './tree.ts';
import { workOut, type Parts } from './work-out.ts';

/** What regenerating the documents of an application comes to. Nothing is written yet. */
export interface Refreshed {
  /** Files that are not as they should be, with what they should be. */
  readonly changed: ReadonlyMap<string, string>;
  readonly unchanged: readonly string[];
  /** Generated parts that somebody edited; they are left alone. */
  readonly differences: readonly (Difference & { readonly file: string })[];
  /** What a person has to look at, one line each. */
  readonly review: readonly string[];
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Brings the documents of an application up to date with its files.
 *
 * @param tree the files as they are
 * @param plan the files as they were generated
 * @throws {Failure} if a document would have to change and is not UTF-8
 */
export function refresh(
  tree: Tree,
  plan: readonly CatalogEntry[],
  options: Options,
  accept: Side,
  readInventory: (text: string) => Parts,
): Refreshed {
  const context = contextOf(options, () => new Uint8Array());
  const contents = (files: readonly CatalogEntry[]) =>
    files.map((file) => [file.path, contentOf(file, context)] as const);
  const shipped = new Map(contents(plan.filter(isShipped)));
  const subject = () => subjectOf(aboutWhat(tree, shipped));
  const texts = new Map(shipped);
  const review: string[] = [];
  if (isAsGenerated(tree, plan, (file) => contentOf(file, context))) {
    const documents = plan.filter(({ path }) => documentPaths.includes(path));
    for (const [path, content] of contents(documents)) texts.set(path, content);
  } else {
    const own = tree.get(inventoryPath);
    const inventories = {
      own: own && readInventory(decode(own)),
      shipped: readInventory(decode(shipped.get(inventoryPath) ?? '{}')),
    };
    const workedOut = workOut(subject(), inventories, options, accept);
    for (const [path, text] of workedOut.texts) texts.set(path, text);
    review.push(...workedOut.review);
  }

  const changed = new Map<string, string>();
  const differences: (Difference & { file: string })[] = [];
  for (const [path, fresh] of texts) {
    const existing = tree.get(path);
    if (existing === undefined) changed.set(path, decode(fresh));
    if (existing === undefined || isSame(existing, fresh)) continue;
    const text = decode(existing);
    const outcome = broughtUpToDate(path, text, decode(fresh), accept, subject);
    if (outcome.text !== text) {
      if (!isUtf8(existing)) throw notUtf8(path);
      changed.set(path, outcome.text);
    }
    for (const difference of outcome.differences) differences.push({ file: path, ...difference });
  }
  const isAsItShouldBe = (path: string) =>
    !changed.has(path) && differences.every(({ file }) => file !== path);
  return {
    changed,
    unchanged: [...texts.keys()].filter(isAsItShouldBe),
    differences,
    review: [...review, ...reviewOfModel(tree, changed)],
  };
}

/** Whether a file is a document, or comes with the documents. */
export function isDocument({ path }: CatalogEntry): boolean {
  return path.startsWith('.ai/') || documentPaths.includes(path);
}

/** Whether a file comes with the documents, as every application has it. */
function isShipped(file: CatalogEntry): boolean {
  return file.path === inventoryPath || (isDocument(file) && !documentPaths.includes(file.path));
}

/** Documents say nothing about themselves; what they are about is everything else. */
function aboutWhat(tree: Tree, shipped: ReadonlyMap<string, Content>): Files {
  // What is missing and about to be written counts, too.
  const all = [...shipped, ...tree].filter(([path]) => !documentPaths.includes(path));
  return new Map(all.map(([path, content]) => [path, decode(content).replaceAll('\r\n', '\n')]));
}

function notUtf8(path: string): Failure {
  return new Failure(
    'invalid_config',
    `${path} is out of date, but it is not UTF-8, so what you wrote in it would not survive. Save it as UTF-8.`,
    exitCodes.failed,
  );
}

function decode(content: Content): string {
  return typeof content === 'string' ? content : decoder.decode(content);
}

function broughtUpToDate(
  path: string,
  existing: string,
  fresh: string,
  accept: Side,
  subject: () => Subject,
): Merged {
  const kept = keptOf(path);
  if (kept === 'parts') {
    const merge = path.endsWith('.json') ? mergeJson : mergeDocument;
    return merge(existing, fresh, accept);
  }
  if (kept === 'whole') {
    const same = JSON.stringify(parseJson(existing)) === JSON.stringify(parseJson(fresh));
    return { text: same ? existing : fresh, differences: [] };
  }
  if (path.endsWith('attestations.yaml'))
    return { text: withRows(existing, subject()), differences: [] };
  // Records and what was only begun belong to whoever writes in them.
  return { text: existing, differences: [] };
}

/** Adds rows for claims that are new, before the list of deferrals. */
function withRows(ledger: string, subject: Subject): string {
  const missing = attestationRows(subject).filter(
    ({ id }) => !new RegExp(`^ +(?:- )?id: ['"]?${id}['"]?\\s*$`, 'm').test(ledger),
  );
  const end = ledger.search(/\n(?:#[^\n]*\n)*deferrals:/);
  if (missing.length === 0 || end === -1) return ledger;
  const rows = missing.map(({ text }) => text).join('');
  return `${ledger.slice(0, end).trimEnd()}\n${rows}${ledger.slice(end)}`;
}

function reviewOfModel(tree: Tree, changed: ReadonlyMap<string, string>): string[] {
  const path = '.ai/threat-model.md';
  if (!changed.has(path)) return [];
  const own = decode(tree.get(path) ?? '');
  const signed = /^reviewer: '?([^'\n]+)'?$/m.exec(own)?.[1] ?? '';
  return signed.trim() === ''
    ? []
    : [`the threat model changed since ${signed} reviewed it: review it again`];
}
