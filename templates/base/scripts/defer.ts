import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { givenWords } from './given-words.ts';
import { readChecklist } from './readiness/checklist.ts';
import { defer, whyNotDefer } from './readiness/deferring.ts';
import { readLedger } from './readiness/ledger.ts';

const usage = `Usage: npm run defer -- ID "reason"

Puts a control off: adds it, with the reason and today's date, to .ai/attestations.yaml and to CHANGELOG.md.
To take it up again, remove its line from both.`;

process.exitCode = run(givenWords());

/** Answers the exit code: 0 done, 1 failed, 2 wrong usage. */
function run(words: readonly string[]): number {
  if (words.includes('--help')) {
    console.log(usage);
    return 0;
  }
  const [id, reason, ...others] = words;
  if (id === undefined || reason === undefined || others.length > 0) {
    console.error(usage);
    return 2;
  }
  const app = resolve(import.meta.dirname, '..');
  const control = readChecklist(app).find((one) => one.id === id);
  const why = whyNotDefer(control, reason);
  if (control === undefined || why !== undefined) {
    console.error(`${id} cannot be deferred: ${why}`);
    return 2;
  }
  if (readLedger(app).deferrals.some((one) => one.id === id)) {
    console.error(`${id} is deferred already`);
    return 1;
  }
  const [ledger, changelog] = [resolve(app, '.ai/attestations.yaml'), resolve(app, 'CHANGELOG.md')];
  const before = {
    ledger: readFileSync(ledger, 'utf8'),
    changelog: readFileSync(changelog, 'utf8'),
  };
  const after = defer(control, reason.trim(), new Date().toISOString().slice(0, 10), before);
  writeFileSync(ledger, after.ledger);
  try {
    writeFileSync(changelog, after.changelog);
  } catch (error) {
    writeFileSync(ledger, before.ledger);
    throw error;
  }
  console.log(`${id} is deferred, in .ai/attestations.yaml and CHANGELOG.md`);
  return 0;
}
