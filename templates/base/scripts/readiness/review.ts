import type { Row } from './ledger.ts';
import { sealedParts } from './seal.ts';

const head = /^---\r?\nreviewer: '(.*)'\r?\nreviewed: '(.*)'\r?\nseal: '(.*)'\r?\n---\r?\n/;

/** Who reviewed the threat model, when, and the checksum of what they had before them; empty until somebody did. */
export function reviewIn(threatModel: string) {
  const [, reviewer, reviewed, seal] = head.exec(threatModel) ?? [];
  return { reviewer, reviewed, seal };
}

/** Why the row of the ledger about the review counts no longer, or never did; undefined when it counts. */
export function whyNotReviewed(threatModel: string, { owner, date }: Row): string | undefined {
  const { reviewer, reviewed, seal } = reviewIn(threatModel);
  if (reviewer !== owner.trim() || reviewed !== date) {
    return 'the head of .ai/threat-model.md names another reviewer or date than the row GOV-1';
  }
  const checksum = sealedParts(threatModel)[0]?.checksum ?? 'none';
  if (seal === checksum) return undefined;
  return `the threat model is not the one that ${reviewer} reviewed: review it again, and write its checksum ${checksum} as "seal" at its head`;
}
