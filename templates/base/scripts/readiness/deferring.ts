import { isSeq, parseDocument } from 'yaml';
import type { Control } from './checklist.ts';
import { deferralLine } from './ledger.ts';

/** What is written down about the controls that are put off: the ledger and the CHANGELOG. */
export interface Records {
  readonly ledger: string;
  readonly changelog: string;
}

/** Why a control cannot be put off, or undefined when it can. */
export function whyNotDefer(control: Control | undefined, reason: string): string | undefined {
  if (control === undefined) return 'there is no such control';
  if (control.notApplicable !== undefined) return `it is not applicable: ${control.notApplicable}`;
  if (reason.trim().length < 15 || reason.includes('\n')) {
    return 'say why, in one line of 15 characters or more';
  }
  return undefined;
}

/** Both records with a control put off; comments and everything else in them stay as they are. */
export function defer(control: Control, reason: string, date: string, records: Records): Records {
  const document = parseDocument(records.ledger);
  const deferrals = document.get('deferrals');
  if (!isSeq(deferrals)) throw new Error('.ai/attestations.yaml has no list of deferrals');
  deferrals.flow = false;
  deferrals.add(document.createNode({ id: control.id, reason, date }));
  return {
    ledger: document.toString({ lineWidth: 0 }),
    changelog: withLine(records.changelog, deferralLine(control, reason)),
  };
}

function withLine(changelog: string, line: string): string {
  const start = changelog.indexOf('## [Unreleased]');
  if (start === -1) throw new Error('CHANGELOG.md has no section "## [Unreleased]"');
  const next = changelog.indexOf('\n## ', start);
  const end = next === -1 ? changelog.length : next + 1;
  const section = changelog.slice(start, end).trimEnd();
  const heading = '\n### Deferred\n';
  const extended = section.includes(heading)
    ? section.replace(
        new RegExp(`${heading}\\n(?:- .*\\n?)*`),
        (list) => `${list.trimEnd()}\n${line}\n`,
      )
    : `${section}\n${heading}\n${line}\n`;
  const rest = changelog.slice(end);
  return `${changelog.slice(0, start)}${extended.trimEnd()}\n${rest === '' ? '' : `\n${rest}`}`;
}
