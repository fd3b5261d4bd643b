import { sabotage } from './sabotage.ts';

const attestations = '.ai/attestations.yaml';
const changelog = 'CHANGELOG.md';
const deferring = 'scripts/readiness/deferring.ts';
const judgement = 'scripts/readiness/judgement.ts';
const telling = 'scripts/deployment/changelog.ts';

export const decisionsAndChangelog = [
  sabotage(
    'GOV-2',
    'a decision loses what confirms it',
    '.ai/adr-003.md',
    '› DB-1 there are two doors to data, and no third',
    '› DB-1 there are three doors to data',
  ),
  sabotage(
    'GOV-2',
    'a decision no longer says what else was weighed',
    '.ai/adr-006.md',
    '## Options considered',
    '## Background',
  ),
  sabotage(
    'GOV-2',
    'a decision is neither proposed nor accepted',
    '.ai/adr-011.md',
    'Status: accepted.',
    'Status: perhaps.',
  ),
  sabotage(
    'GOV-4',
    'a deferral is not written into the CHANGELOG',
    deferring,
    'changelog: withLine(records.changelog, deferralLine(control, reason)),',
    'changelog: withLine(records.changelog, deferralLine(control, reason)) && records.changelog,',
  ),
  sabotage(
    'GOV-4',
    'a deferral that the CHANGELOG does not tell counts',
    judgement,
    'return deferredLines(facts.changelog).includes(line)',
    "return deferredLines(facts.changelog).join().includes('') || line === ''",
  ),
  sabotage(
    'GOV-4',
    'putting off writes the ledger alone',
    'scripts/defer.ts',
    'writeFileSync(changelog, after.changelog);',
    'writeFileSync(changelog, before.changelog);',
  ),
  sabotage(
    'GOV-4',
    'a control is put off without a reason',
    deferring,
    'if (reason.trim().length < 15',
    'if (reason.trim().length < 1',
  ),
  sabotage(
    'GOV-4',
    'the ledger defers what the CHANGELOG is silent about',
    attestations,
    'deferrals: []',
    "deferrals:\n  - id: DB-6\n    reason: backups have to wait for the spring\n    date: '2027-03-01'",
  ),
  sabotage(
    'GOV-4',
    'the released version is not in the CHANGELOG',
    changelog,
    '## [0.1.0]',
    '## [0.0.9]',
  ),
  sabotage(
    'GOV-4',
    'there is no place for what is not released',
    changelog,
    '## [Unreleased]\n',
    '',
  ),
  sabotage(
    'GOV-2',
    'a decision no longer says what the alternatives cost',
    '.ai/adr-008.md',
    '- Kysely: 30 KB, close to SQL',
    '- Kysely: small, close to SQL',
  ),
  sabotage(
    'GOV-2',
    'a decision is replaced by one that is not there',
    '.ai/adr-006.md',
    'Status: accepted.',
    'Status: replaced by adr-099.',
  ),
  sabotage(
    'GOV-4',
    'what changed since the CHANGELOG was written passes for told',
    telling,
    "if (changed === '') return [];",
    'if (changed !== told) return [];',
  ),
  sabotage(
    'GOV-4',
    'a migration needs no entry in the CHANGELOG',
    telling,
    "['src', 'migrations', 'wrangler.toml']",
    "['src', 'wrangler.toml']",
  ),
  sabotage(
    'GOV-4',
    'an entry counts only for what was committed before it in the same branch',
    telling,
    "'-1', '--first-parent', ",
    "'-1', ",
  ),
  sabotage(
    'GOV-4',
    'a CHANGELOG that nobody committed passes for one that tells',
    telling,
    "if (told === '') return ['CHANGELOG.md is in no commit: commit it.'];",
    "if (told === '') return [];",
  ),
  sabotage(
    'GOV-4',
    'any release in the CHANGELOG passes for the one at hand',
    telling,
    'text.includes(`\\n## [${version}]`)',
    "text.includes('\\n## [')",
  ),
  sabotage(
    'GOV-4',
    'a release goes out with a deferral that the CHANGELOG is silent about',
    telling,
    'return !lines.includes(',
    'return lines.length < 0 && !lines.includes(',
  ),
  sabotage(
    'GOV-4',
    'a deployment does not ask what the CHANGELOG tells',
    'scripts/deployment/refusals.ts',
    '    ...untoldByChangelog(),\n',
    '    ...untoldByChangelog().slice(0, 0),\n',
  ),
  sabotage(
    'GOV-4',
    'the look at the CHANGELOG finds something, and passes',
    'scripts/changelog-check.ts',
    'return untold.length > 0 ? 1 : 0;',
    'return 0;',
  ),
  sabotage(
    'GOV-4',
    'continuous integration does not look at the CHANGELOG',
    '.github/workflows/ci.yml',
    '      - run: npm run changelog:check\n',
    '',
  ),
];
