import { changelog } from './documents/changelog.ts';
import { attestations, checklist, inventory } from './documents/records.ts';
import { agents, constraintsFile } from './documents/rules.ts';
import { testPlan } from './documents/test-plan.ts';
import { threatModel } from './documents/threat-model.ts';
import type { Draft } from './draft.ts';
import type { Subject } from './subject.ts';

/** The documents that follow from an application's files. */
export function documentsOf(subject: Subject): readonly Draft[] {
  return [
    threatModel(subject),
    testPlan(subject),
    checklist(subject),
    inventory(subject),
    attestations(subject),
    constraintsFile(subject),
    agents(subject),
    changelog(subject),
  ];
}
