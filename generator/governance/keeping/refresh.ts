import type { Catalog } from '../../catalog.ts';
import { contextOf } from '../../context.ts';
import type { Options } from '../../options.ts';
import { assemble } from '../../pieces.ts';
import { planFiles } from '../../plan.ts';
import { fill } from '../../program.ts';
import { kindsMeeting } from '../coverage.ts';
import { documentsOf } from '../documents.ts';
import { attestationRows, inventory } from '../documents/records.ts';
import type { Draft } from '../draft.ts';
import type { Files } from '../files.ts';
import { inOrder, inventoryKinds, unreadRoutes } from '../inventory.ts';
import { lostPlaces, subjectOf, type Subject } from '../subject.ts';
import { mergeDocument, mergeJson, type Difference, type Side } from './merge.ts';
import { checksum } from './parts.ts';

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

type Parts = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

const inventoryPath = '.ai/inventory.json';
const noChance = (length: number) => new Uint8Array(length);
const decoder = new TextDecoder();

/** Works out the documents anew from an application's files. */
export function refresh(
  files: Files,
  options: Options,
  catalog: Catalog,
  accept: Side,
  readInventory: (text: string) => Parts,
): Refreshed {
  const own = (path: string) => path.startsWith('.ai/');
  const shipped = new Map(
    planFiles(catalog, options).flatMap((file) => {
      if (file.kind === 'manifest' || !own(file.path)) return [];
      if (file.kind === 'static') return [[file.path, decode(file.content)] as const];
      const filled = fill(file.program, contextOf(options, noChance), file.pieces);
      return [[file.path, decode(assemble(filled))] as const];
    }),
  );
  // Documents say nothing about themselves; what they are about is everything else.
  const about = new Map([...files].map(([path, text]) => [path, text.replaceAll('\r\n', '\n')]));
  const paths = documentsOf(subjectOf(new Map())).map(({ path }) => path);
  // What is missing and about to be written counts, too.
  for (const [path, text] of shipped) if (!about.has(path)) about.set(path, text);
  for (const path of paths) about.delete(path);
  const subject = subjectOf(about);

  const written = files.get(inventoryPath);
  const known = written === undefined ? {} : readInventory(written);
  const pristine = readInventory(shipped.get(inventoryPath) ?? '{}');
  const threatsOf = (kind: string, part: string) =>
    known[kind]?.[part] ?? pristine[kind]?.[part] ?? [];

  const texts = new Map(shipped);
  const kept = new Map<string, Draft['kept']>();
  for (const draft of documentsOf(subject)) {
    const isInventory = draft.path === inventoryPath;
    const listed = isInventory ? inventory(withReviewed(subject, known, accept), threatsOf) : draft;
    texts.set(draft.path, textOf(listed, options));
    kept.set(draft.path, draft.kept);
  }
  const changed = new Map<string, string>();
  const differences: (Difference & { file: string })[] = [];
  for (const [path, fresh] of texts) {
    const existing = files.get(path);
    const outcome = broughtUpToDate(path, existing, fresh, kept.get(path), accept, subject);
    if (outcome.text !== existing) changed.set(path, outcome.text);
    for (const difference of outcome.differences) differences.push({ file: path, ...difference });
  }
  return {
    changed,
    unchanged: [...texts.keys()].filter((path) => !changed.has(path)),
    differences,
    review: [
      ...reviewOfParts(subject, known, threatsOf, written !== undefined),
      ...reviewOfRoutes(subject),
      ...lostPlaces(subject),
      ...reviewOfModel(files, changed),
    ],
  };
}

/** What somebody reviewed stays listed until they remove it: reading may have missed it. */
function withReviewed(subject: Subject, known: Parts, accept: Side): Subject {
  if (accept === 'generated') return subject;
  const listed = { ...subject.inventory };
  for (const kind of inventoryKinds) {
    const reviewed = Object.entries(known[kind] ?? {}).filter(([, threats]) => threats.length > 0);
    listed[kind] = inOrder(kind, [...listed[kind], ...reviewed.map(([part]) => part)]);
  }
  return { ...subject, inventory: listed };
}

function decode(content: string | Uint8Array): string {
  return typeof content === 'string' ? content : decoder.decode(content);
}

function broughtUpToDate(
  path: string,
  existing: string | undefined,
  fresh: string,
  kept: Draft['kept'] | undefined,
  accept: Side,
  subject: Subject,
) {
  const nothing: readonly Difference[] = [];
  if (existing === undefined) return { text: fresh, differences: nothing };
  if (kept === 'parts') {
    const merge = path.endsWith('.json') ? mergeJson : mergeDocument;
    return merge(existing, fresh, accept);
  }
  if (kept === 'whole') {
    const same = JSON.stringify(JSON.parse(existing)) === JSON.stringify(JSON.parse(fresh));
    return { text: same ? existing : fresh, differences: nothing };
  }
  if (path.endsWith('attestations.yaml'))
    return { text: withRows(existing, subject), differences: nothing };
  // Records and what was only begun belong to whoever writes in them.
  return { text: existing, differences: nothing };
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

/** A draft with names and checksums filled in. */
function textOf({ units, path }: Draft, options: Options): string {
  const context = new Map<string, unknown>(Object.entries(contextOf(options, noChance)));
  let text = '';
  let start = 0;
  for (const unit of units) {
    if (unit.seal === 'open') start = text.length;
    else if (unit.seal === 'close') text += checksum(text.slice(start));
    else
      text += unit.text.replace(/\{\{(\w+)\}\}/g, (_whole, name: string) => {
        const value = context.get(name);
        if (typeof value !== 'string') throw new Error(`${path} names ${name}, which is no text`);
        return value;
      });
  }
  return text;
}

function reviewOfParts(
  subject: Subject,
  known: Parts,
  threatsOf: (kind: string, part: string) => readonly string[],
  wasThere: boolean,
): string[] {
  return inventoryKinds.flatMap((kind) => {
    const parts = subject.inventory[kind];
    const word = kind.slice(0, -1);
    const uncovered = parts
      .filter((part) => threatsOf(kind, part).length === 0)
      .map((part) => `${word} ${part}: name the threats it meets in ${inventoryPath}`);
    const gone = Object.keys(known[kind] ?? {})
      .filter((part) => !parts.includes(part))
      .map(
        (part) =>
          `${word} ${part} is not found in the app: if it is gone, see whether its threats went with it, and remove its row from ${inventoryPath}`,
      );
    const strange = parts.flatMap((part) =>
      threatsOf(kind, part)
        .filter(
          (threat) =>
            !subject.threats.some((one) => one.id === threat && kindsMeeting(one).includes(kind)),
        )
        .map((threat) => `${word} ${part}: ${threat} is no threat of the model that ${kind} meet`),
    );
    return [...uncovered, ...strange, ...(wasThere ? gone : [])];
  });
}

function reviewOfRoutes({ files }: Subject): string[] {
  return unreadRoutes(files).map(
    (path) =>
      `${path} declares a route whose method and path are no plain texts: write them as such, so that they can be read`,
  );
}

function reviewOfModel(files: Files, changed: ReadonlyMap<string, string>): string[] {
  const path = '.ai/threat-model.md';
  const signed = /^reviewer: '?([^'\n]+)'?$/m.exec(files.get(path) ?? '')?.[1] ?? '';
  if (signed.trim() === '' || !changed.has(path)) return [];
  return [`the threat model changed since ${signed} reviewed it: review it again`];
}
