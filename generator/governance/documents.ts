import { changelog } from './documents/changelog.ts';
import { attestations, checklist, inventory } from './documents/records.ts';
import { agents, constraintsFile } from './documents/rules.ts';
import { testPlan } from './documents/test-plan.ts';
import { threatModel } from './documents/threat-model.ts';
import type { Draft, Unit } from './draft.ts';
import type { Subject } from './subject.ts';

export const inventoryPath = '.ai/inventory.json';

/** Whether the generator looks after a document from then on, or only begins it. */
export type Kept = 'parts' | 'whole' | 'begun';

interface Document {
  readonly path: string;
  readonly kept: Kept;
  readonly write: (subject: Subject) => readonly Unit[];
}

const documents: readonly Document[] = [
  { path: '.ai/threat-model.md', kept: 'parts', write: threatModel },
  { path: '.ai/test-plan.md', kept: 'parts', write: testPlan },
  { path: '.ai/checklist.json', kept: 'parts', write: checklist },
  { path: inventoryPath, kept: 'whole', write: inventory },
  { path: '.ai/attestations.yaml', kept: 'begun', write: attestations },
  { path: '.ai/constraints.yaml', kept: 'parts', write: constraintsFile },
  { path: 'AGENTS.md', kept: 'parts', write: agents },
  { path: 'CHANGELOG.md', kept: 'begun', write: changelog },
];

export const documentPaths: readonly string[] = documents.map(({ path }) => path);

/** How a document is kept; undefined for a file that is none. */
export function keptOf(path: string): Kept | undefined {
  return documents.find((document) => document.path === path)?.kept;
}

/** The documents that follow from an application's files. */
export function documentsOf(subject: Subject): readonly Draft[] {
  return documents.map(({ path, write }) => ({ path, units: write(subject) }));
}
