import { sabotages } from '../../test/sabotages/index.ts';
import { proofOf, type ProofRecord } from '../prove/record.ts';
import { readChecklist, type Control } from './checklist.ts';
import {
  deferralLine,
  deferredLines,
  readLedger,
  wordFor,
  type Ledger,
  type Word,
} from './ledger.ts';
import { whyNotReviewed } from './review.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** In the order in which a reviewer wants to see them. */
export const states = [
  'proven',
  'attested',
  'rehearsed',
  'not yet attested',
  'expired',
  'deferred',
  'not applicable',
  'open',
] as const;
export type State = (typeof states)[number];

export interface Judgement {
  readonly id: string;
  readonly title: string;
  readonly state: State;
  /** Why, in lines for people. */
  readonly evidence: readonly string[];
}

/** What judging rests on. */
export interface Facts {
  readonly ledger: Ledger;
  readonly changelog: string;
  readonly threatModel: string;
  /** Of this very tree; undefined when it was never proven as it is. */
  readonly proof: ProofRecord | undefined;
  /** How many sabotages each control has. */
  readonly sabotages: ReadonlyMap<string, number>;
  readonly now: number;
}

/** Fewer could be luck. */
const fewestSabotages = 2;

/** What the tests show about a control: nothing is wrong, or why it is open. */
function provenBy({ id, tests }: Control, { proof, sabotages: declared }: Facts) {
  const total = declared.get(id) ?? 0;
  const open = (says: string) => ({ isProven: false, says });
  if (tests.length === 0) return open(`no test is titled ${id}`);
  if (total < fewestSabotages) {
    return open(`${total} of at least ${fewestSabotages} sabotages are declared for it`);
  }
  const outcome = proof?.controls[id];
  if (outcome === undefined) return open('not proven on this tree: run npm run prove');
  if (outcome.red < total || outcome.total !== total) {
    return open(`only ${outcome.red} of ${total} sabotages turned its tests red`);
  }
  const files = [...new Set(tests.map(({ file }) => file))].join(', ');
  return { isProven: true, says: `${total} of ${total} sabotages turned its tests red: ${files}` };
}

/** Judges one control. Nothing is taken for more than it is shown to be. */
export function judge(control: Control, facts: Facts): Judgement {
  const { id, title, attestation } = control;
  const answer = (state: State, ...evidence: string[]) => ({ id, title, state, evidence });
  if (control.notApplicable !== undefined) return answer('not applicable', control.notApplicable);

  const deferral = facts.ledger.deferrals.find((one) => one.id === id);
  if (deferral !== undefined) {
    const line = deferralLine(control, deferral.reason);
    return deferredLines(facts.changelog).includes(line)
      ? answer('deferred', `${deferral.date}: ${deferral.reason}`)
      : answer('open', 'deferred, but CHANGELOG.md does not say so: npm run defer writes both');
  }

  const { isProven, says } = provenBy(control, facts);
  if (attestation === undefined) return answer(isProven ? 'proven' : 'open', says);
  const word = withReview(id, wordFor(id, attestation, facts.ledger, facts.now), facts);
  if (!isProven || word.state === 'invalid') return answer('open', says, word.says);
  if (word.state === 'expired') return answer('expired', says, word.says);
  if (attestation.weight === 'further') return answer('proven', says, word.says);
  if (word.state === 'attested') return answer('attested', says, word.says);
  return answer(attestation.weight === 'rehearsed' ? 'rehearsed' : word.state, says, word.says);
}

/** A review is of what was reviewed: a threat model that changed since has to be looked at again. */
function withReview(id: string, word: Word, { ledger, threatModel }: Facts): Word {
  const row = ledger.attestations.find((one) => one.id === id);
  if (id !== 'GOV-1' || word.state !== 'attested' || row === undefined) return word;
  const why = whyNotReviewed(threatModel, row);
  return why === undefined ? word : { state: 'expired', says: why };
}

/** Rows of the ledger that belong to no control it could be about. */
export function strayRows(controls: readonly Control[], { attestations, deferrals }: Ledger) {
  const applies = (id: string) =>
    controls.find((control) => control.id === id)?.notApplicable === undefined;
  const isKnown = (id: string) => controls.some((control) => control.id === id) && applies(id);
  return [
    ...attestations
      .filter(({ id }) => !controls.some((one) => one.id === id && one.attestation !== undefined))
      .map(({ id }) => `.ai/attestations.yaml attests ${id}, which nobody can attest`),
    ...deferrals
      .filter(({ id, reason }) => !isKnown(id) || reason.trim().length < 15)
      .map(({ id }) => `.ai/attestations.yaml defers ${id}, without a reason or without need`),
  ];
}

/** Judges an app as it lies on disk. */
export function judgeApp(app: string, now: number) {
  const controls = readChecklist(app);
  const counts = Map.groupBy(sabotages, ({ control }) => control);
  const facts: Facts = {
    ledger: readLedger(app),
    changelog: readFileSync(join(app, 'CHANGELOG.md'), 'utf8'),
    threatModel: readFileSync(join(app, '.ai/threat-model.md'), 'utf8'),
    proof: proofOf(app),
    sabotages: new Map([...counts].map(([id, its]) => [id, its.length])),
    now,
  };
  return {
    controls: controls.map((control) => judge(control, facts)),
    problems: strayRows(controls, facts.ledger),
  };
}
