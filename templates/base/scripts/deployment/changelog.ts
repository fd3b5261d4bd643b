import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { readChecklist } from '../readiness/checklist.ts';
import { deferralLine, deferredLines, readLedger } from '../readiness/ledger.ts';
import { git } from './git.ts';

const app = join(import.meta.dirname, '../..');
const changelog = join(app, 'CHANGELOG.md');
const Package = z.object({ version: z.string() });

/** Whose change is a change of what serves. */
const served = ['src', 'migrations', 'wrangler.toml'];

/**
 * What would be released and CHANGELOG.md does not tell: a change, the version, or a control that was put off.
 * @throws {Error} where git does not tell
 */
export function untoldByChangelog(): string[] {
  const text = readFileSync(changelog, 'utf8');
  return [...untoldChanges(), ...untoldVersion(text), ...untoldDeferrals(text)];
}

/** A merge counts as one change, so that within a branch code and entry may come in any order. */
function untoldChanges(): string[] {
  const told = git('log', '-1', '--first-parent', '--format=%H', '--', changelog);
  if (told === '') return ['CHANGELOG.md is in no commit: commit it.'];
  const places = served.map((place) => join(app, place));
  const changed = git('diff', '--name-only', '--no-renames', told, 'HEAD', '--', ...places);
  if (changed === '') return [];
  return [
    `CHANGELOG.md does not tell what changed since it was last written (${told.slice(0, 7)}): add an entry below "## [Unreleased]". Changed:\n${changed}`,
  ];
}

function untoldVersion(text: string): string[] {
  const { version } = Package.parse(JSON.parse(readFileSync(join(app, 'package.json'), 'utf8')));
  return text.includes(`\n## [${version}]`)
    ? []
    : [`CHANGELOG.md has no heading "## [${version}]", which is the version of package.json.`];
}

function untoldDeferrals(text: string): string[] {
  const lines = deferredLines(text);
  const controls = readChecklist(app);
  return readLedger(app)
    .deferrals.filter(({ id, reason }) => {
      const title = controls.find((control) => control.id === id)?.title ?? '';
      return !lines.includes(deferralLine({ id, title }, reason));
    })
    .map(
      ({ id }) =>
        `.ai/attestations.yaml defers ${id}, and CHANGELOG.md does not say so: npm run defer writes both.`,
    );
}
