import { contextOf } from '../../context.ts';
import type { Options } from '../../options.ts';
import { kindsMeeting } from '../coverage.ts';
import { documentsOf, inventoryPath } from '../documents.ts';
import { inventory } from '../documents/records.ts';
import type { Draft } from '../draft.ts';
import { inOrder, inventoryKinds, unreadRoutes } from '../inventory.ts';
import { lostPlaces, type Subject } from '../subject.ts';
import type { Side } from './merge.ts';
import { checksum } from './parts.ts';

/** What an inventory lists: for each kind of part, the threats that each part meets. */
export type Parts = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** The inventory as it stands in the application, if it does, and as it was shipped. */
export interface Inventories {
  readonly own: Parts | undefined;
  readonly shipped: Parts;
}

/** The documents as they should be, and what a person has to look at, one line each. */
export interface WorkedOut {
  readonly texts: ReadonlyMap<string, string>;
  readonly review: readonly string[];
}

/** Works out the documents from what an application is. */
export function workOut(
  subject: Subject,
  { own, shipped }: Inventories,
  options: Options,
  accept: Side,
): WorkedOut {
  const known = own ?? {};
  const threatsOf = (kind: string, part: string) =>
    known[kind]?.[part] ?? shipped[kind]?.[part] ?? [];
  const listed = inventory(withReviewed(subject, known, accept), threatsOf);
  const drafts = documentsOf(subject).map((draft) =>
    draft.path === inventoryPath ? { ...draft, units: listed } : draft,
  );
  return {
    texts: new Map(drafts.map((draft) => [draft.path, textOf(draft, options)])),
    review: [
      ...reviewOfParts(subject, known, threatsOf, own !== undefined),
      ...reviewOfRoutes(subject),
      ...lostPlaces(subject),
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

/** A draft with names and checksums filled in. */
function textOf({ units, path }: Draft, options: Options): string {
  const context = new Map<string, unknown>(
    Object.entries(contextOf(options, () => new Uint8Array())),
  );
  const named = (_whole: string, name: string) => {
    const value = context.get(name);
    if (typeof value !== 'string') throw new Error(`${path} names ${name}, which is no text`);
    return value;
  };
  let text = '';
  let start = 0;
  for (const unit of units) {
    if (unit.seal === 'open') start = text.length;
    else if (unit.seal === 'close') text += checksum(text.slice(start));
    else text += unit.text.includes('{{') ? unit.text.replace(/\{\{(\w+)\}\}/g, named) : unit.text;
  }
  return text;
}

function reviewOfParts(
  subject: Subject,
  known: Parts,
  threatsOf: (kind: string, part: string) => readonly string[],
  wasThere: boolean,
): string[] {
  const kindsByThreat = new Map(subject.threats.map((one) => [one.id, kindsMeeting(one)]));
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
        .filter((threat) => !(kindsByThreat.get(threat) ?? []).includes(kind))
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
