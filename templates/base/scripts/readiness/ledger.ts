import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Attestation, Control } from './checklist.ts';

const Row = z.strictObject({
  id: z.string(),
  claim: z.string(),
  owner: z.string(),
  evidence: z.string(),
  date: z.string(),
  expires: z.string(),
});
const Deferral = z.strictObject({ id: z.string(), reason: z.string(), date: z.string() });
const Ledger = z.strictObject({ attestations: z.array(Row), deferrals: z.array(Deferral) });

export type Row = z.infer<typeof Row>;
export type Deferral = z.infer<typeof Deferral>;
export type Ledger = z.infer<typeof Ledger>;

/** What people put down in `.ai/attestations.yaml`. @throws when it has another shape */
export function readLedger(app: string): Ledger {
  return Ledger.parse(parse(readFileSync(join(app, '.ai/attestations.yaml'), 'utf8')));
}

/** What a row of the ledger is worth today. */
export type Word =
  | { readonly state: 'attested' | 'expired' | 'not yet attested'; readonly says: string }
  | { readonly state: 'invalid'; readonly says: string };

// What people type to make a field look filled in.
const placeholder =
  /^(?:\W*|(?:to ?do|tb[acd]|fixme|x+|n\/?a|none|no|yes|ok|done|me|us|you|team|name|owner|someone|somebody|nobody|unknown|placeholder|pending|later|evidence|link|see above)\W*|(?:your|the|my|some) .*|.*\b(?:example|lorem|placeholder|to ?do|tb[acd])\b.*|[<[{].*)$/i;
/** Whether a text names somebody, as far as a program can tell. */
export const isName = (text: string) => text.trim().length >= 2 && !placeholder.test(text.trim());

const longest = 180;
const day = 24 * 60 * 60 * 1000;

/** Milliseconds of a day that exists, written YYYY-MM-DD; else undefined. */
function dayOf(text: string): number | undefined {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) return undefined;
  return time;
}

/** What somebody's word for a control is worth. */
export function wordFor(
  id: string,
  { claim, how, days }: Attestation,
  { attestations }: Ledger,
  now: number,
): Word {
  const [row, second] = attestations.filter((one) => one.id === id);
  const invalid = (says: string): Word => ({ state: 'invalid', says: `the row ${id} ${says}` });
  if (second !== undefined) return invalid('is there twice');
  if (row === undefined || !(row.owner + row.evidence + row.date + row.expires).trim()) {
    return { state: 'not yet attested', says: `not yet attested: ${how}` };
  }
  const { owner, evidence } = row;
  if (row.claim !== claim) return invalid(`claims something else than "${claim}"`);
  if (!isName(owner)) return invalid('has no owner');
  if (evidence.trim().length < 8 || placeholder.test(evidence.trim())) {
    return invalid('has no evidence that a reviewer can look at');
  }
  const [from, until] = [dayOf(row.date), dayOf(row.expires)];
  if (from === undefined || from > now) return invalid('has no date that has come');
  if (until === undefined || until <= from) return invalid('does not say when it expires');
  if (until - from > Math.min(days, longest) * day) {
    return invalid(`expires later than ${Math.min(days, longest)} days after its date`);
  }
  const says = `${owner.trim()}, ${row.date}: ${evidence.trim()}`;
  if (until <= now) {
    return { state: 'expired', says: `expired on ${row.expires} (${says}): ${how}` };
  }
  return { state: 'attested', says: `${says}; until ${row.expires}` };
}

/** Where a CHANGELOG says that a control was put off. */
export function deferralLine({ id, title }: Pick<Control, 'id' | 'title'>, reason: string): string {
  return `- ${id}, ${title}: ${reason}`;
}

/** Lines below the headings "Deferred" of a CHANGELOG. */
export function deferredLines(changelog: string): readonly string[] {
  return changelog
    .split(/^#+ /m)
    .filter((section) => /^Deferred\s*\n/.test(section))
    .flatMap((section) => section.split('\n').slice(1));
}
