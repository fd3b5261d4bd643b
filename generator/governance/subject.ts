import { modelOf } from './entries.ts';
import { compare, evidenceOf, isThere, type Evidence } from './evidence.ts';
import { featureWords, type Files } from './files.ts';
import { inventoryOf, type Inventory } from './inventory.ts';
import type { Control, Mitigation, Threat } from './model.ts';

/** What the documents are about: one application, as its files are. */
export interface Subject extends ReturnType<typeof modelOf> {
  readonly files: Files;
  readonly evidence: (control: string) => Evidence;
  readonly inventory: Inventory;
}

export function subjectOf(files: Files): Subject {
  return { ...modelOf(files), files, evidence: evidenceOf(files), inventory: inventoryOf(files) };
}

/** Why a control says nothing about this application, or undefined when it does. */
export function whyNotApplicable({ where }: Control, { has }: Subject): string | undefined {
  return where === undefined || has(where) ? undefined : `this app has no ${featureWords[where]}`;
}

/** Whether the app holds tests of a control and harm that they notice. */
export function isShown(control: string, { evidence }: Subject): boolean {
  const { suites, sabotages } = evidence(control);
  return suites.length > 0 && sabotages.length > 0;
}

/** Places that the model names for its mitigations, and that the application no longer has. */
export function lostPlaces({ files, threats }: Subject): readonly string[] {
  return threats.flatMap(({ id, mitigations }) =>
    mitigations.flatMap(({ control, at = [] }) =>
      at
        .filter((place) => !isThere(place, files))
        .map((place) => `threat ${id}: ${place} is gone, with which ${control} stood against it`),
    ),
  );
}

/** The code of a mitigation, as far as the model names it and it is there. */
export function namedPlaces({ at = [] }: Mitigation, { files }: Subject): readonly string[] {
  return at.filter((place) => isThere(place, files));
}

/** Threats that a control stands against. */
export function threatsAgainst(control: string, { threats }: Subject): readonly Threat[] {
  return threats
    .filter(({ mitigations }) => mitigations.some((mitigation) => mitigation.control === control))
    .toSorted((one, other) => compare(one.id, other.id));
}

/** Where tests run. */
export function layerOf(file: string): string {
  return file.startsWith('test/worker/') ? 'Workers runtime' : 'Node';
}
