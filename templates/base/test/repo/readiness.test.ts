import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { proofOf, recordProof, treeHash } from '../../scripts/prove/record.ts';
import { readChecklist, type Control } from '../../scripts/readiness/checklist.ts';
import { judge, strayRows, type Facts } from '../../scripts/readiness/judgement.ts';
import { readLedger, type Row } from '../../scripts/readiness/ledger.ts';
import { sealedParts } from '../../scripts/readiness/seal.ts';
import { sabotage } from '../sabotages/sabotage.ts';
import { app } from './repository.ts';

const day = 24 * 60 * 60 * 1000;
const now = Date.parse('2027-03-01T12:00:00Z');
const on = (days: number) => new Date(now + days * day).toISOString().slice(0, 10);

const control: Control = {
  id: 'EX-1',
  title: 'an example',
  shown: ['test'],
  threats: ['example'],
  code: ['src/example.ts#example'],
  tests: [{ file: 'test/repo/example.test.ts', title: 'EX-1 an example' }],
};
const claim = 'the door was tried';
const attestation = { claim, how: 'try the door', days: 90, weight: 'required' } as const;
const signed: Row = {
  id: 'EX-1',
  claim,
  owner: 'Ada Lovelace',
  evidence: 'minutes of the review, page 4',
  date: on(-10),
  expires: on(60),
};

const proven: Facts = {
  ledger: { attestations: [], deferrals: [] },
  changelog: '',
  threatModel: '',
  proof: { tree: 'this', controls: { 'EX-1': { red: 2, total: 2 } } },
  sabotages: new Map([['EX-1', 2]]),
  now,
};
const withRows = (...attestations: Row[]): Facts => ({
  ...proven,
  ledger: { attestations, deferrals: [] },
});

describe('GOV-1 what is not proven is not called proven', () => {
  const stateOf = (facts: Facts) => judge(control, facts).state;
  const withOutcome = (red: number, total: number): Facts => ({
    ...proven,
    proof: { tree: 'this', controls: { 'EX-1': { red, total } } },
  });

  it('proven takes a recorded run on this tree in which every sabotage was red', () => {
    expect(stateOf(proven)).toBe('proven');
    expect(stateOf({ ...proven, proof: undefined })).toBe('open');
    expect(stateOf({ ...proven, proof: { tree: 'this', controls: {} } })).toBe('open');
    expect(stateOf(withOutcome(1, 2))).toBe('open');
    expect(stateOf(withOutcome(3, 3))).toBe('open');
  });

  it('what to do is said', () => {
    const { evidence } = judge(control, { ...proven, proof: undefined });
    expect(evidence).toEqual(['not proven on this tree: run npm run prove']);
  });

  it('one sabotage is not enough, and neither is none', () => {
    const withSabotages = (count: number): Facts => ({
      ...withOutcome(count, count),
      sabotages: new Map([['EX-1', count]]),
    });
    expect(stateOf(withSabotages(1))).toBe('open');
    expect(stateOf(withSabotages(0))).toBe('open');
  });

  it('a control without a test is open, whatever was recorded', () => {
    expect(judge({ ...control, tests: [] }, proven).state).toBe('open');
  });

  it('what the app does not have is not applicable, and says why', () => {
    const absent = judge({ ...control, notApplicable: 'this app has no bank' }, proven);
    expect(absent).toMatchObject({ state: 'not applicable', evidence: ['this app has no bank'] });
  });
});

describe('GOV-1 a proof is worth something on the tree it was made on', () => {
  const tree = mkdtempSync(join(tmpdir(), 'tree-'));
  afterAll(() => rmSync(tree, { recursive: true, force: true }));
  mkdirSync(join(tree, 'src'));
  const write = (file: string, text: string) => writeFileSync(join(tree, file), text);
  const harm = sabotage('EX-1', 'harm', 'src/example.ts', 'a', 'b');
  const red = new Map([[harm, { result: 'red', reason: '', failedTests: [] } as const]]);

  it('a changed, new or lost file ends it; a word of a person does not', () => {
    write('src/example.ts', 'a');
    recordProof(tree, treeHash(tree), [harm], red);
    expect(proofOf(tree)?.controls).toEqual({ 'EX-1': { red: 1, total: 1 } });
    mkdirSync(join(tree, '.ai'));
    write('.ai/attestations.yaml', 'attestations: []');
    write('CHANGELOG.md', '# Changelog');
    expect(proofOf(tree)).toBeDefined();
    write('src/example.ts', 'changed');
    expect(proofOf(tree)).toBeUndefined();
    write('src/example.ts', 'a');
    write('src/other.ts', '');
    expect(proofOf(tree)).toBeUndefined();
    rmSync(join(tree, 'src/other.ts'));
    expect(proofOf(tree)).toBeDefined();
  });

  it('what tools make at the top is no part of it; code of the same name below is', () => {
    mkdirSync(join(tree, 'coverage'));
    write('coverage/report.ts', '');
    mkdirSync(join(tree, 'backups/drills'), { recursive: true });
    write('backups/drills/2026-01-31.json', '{}');
    mkdirSync(join(tree, 'releases'));
    write('releases/2026-01-31.json', '{}');
    write('.env', 'SECRET=1');
    expect(proofOf(tree)).toBeDefined();
    for (const folder of ['.github/workflows', 'migrations', 'scripts/prove', 'test/repo'])
      mkdirSync(join(tree, folder), { recursive: true });
    const named = ['src/coverage', 'src/.env.ts', 'src/CHANGELOG.md'];
    const outside = ['.github/workflows/ci.yml', '.gitignore', '.ai/threat-model.md'];
    const below = ['migrations/0001.sql', 'scripts/prove/verdict.ts', 'test/repo/sql.test.ts'];
    for (const file of [...named, ...outside, ...below, 'wrangler.toml', 'package.json']) {
      write(file, '');
      expect(proofOf(tree), file).toBeUndefined();
      rmSync(join(tree, file));
    }
  });

  it('neither a file that has another name, nor what was proven before, is the same', () => {
    const other = { ...harm, control: 'EX-2' };
    const verdict = { result: 'red', reason: '', failedTests: [] } as const;
    recordProof(tree, treeHash(tree), [other], new Map([[other, verdict]]));
    expect(Object.keys(proofOf(tree)?.controls ?? {})).toEqual(['EX-1', 'EX-2']);
    renameSync(join(tree, 'src/example.ts'), join(tree, 'src/example-2.ts'));
    expect(proofOf(tree)).toBeUndefined();
    recordProof(tree, treeHash(tree), [harm], red);
    expect(Object.keys(proofOf(tree)?.controls ?? {})).toEqual(['EX-1']);
    renameSync(join(tree, 'src/example-2.ts'), join(tree, 'src/example.ts'));
  });

  it('a tree that was changed while it was being proven proves nothing', () => {
    const before = treeHash(tree);
    write('src/example.ts', 'changed while the tests ran');
    recordProof(tree, before, [harm], red);
    expect(proofOf(tree)).toBeUndefined();
  });

  it('a sabotage that survived is not counted as red', () => {
    const survived = { result: 'survived', reason: 'no test failed', failedTests: [] } as const;
    recordProof(tree, treeHash(tree), [harm], new Map([[harm, survived]]));
    expect(proofOf(tree)?.controls).toEqual({ 'EX-1': { red: 0, total: 1 } });
  });
});

describe('GOV-1 what a person has to do is done when a person says so', () => {
  const judged = (facts: Facts) => judge({ ...control, attestation }, facts).state;

  it('nobody has said anything about a new app', () => {
    const { attestations, deferrals } = readLedger(app);
    expect([...attestations, ...deferrals].filter(({ id }) => id === 'EX-1')).toEqual([]);
    const empty = { ...signed, owner: '', evidence: '', date: '', expires: '' };
    expect([judged(proven), judged(withRows(empty))]).toEqual(Array(2).fill('not yet attested'));
  });

  it('a word counts until it expires', () => {
    expect(judged(withRows(signed))).toBe('attested');
    expect(judged(withRows({ ...signed, date: on(-80), expires: on(0) }))).toBe('expired');
  });

  it('a word does not stand in for the tests', () => {
    expect(judged({ ...withRows(signed), proof: undefined })).toBe('open');
  });

  it.each([
    ['owner', ''],
    ['owner', 'TODO'],
    ['owner', 'TBD'],
    ['owner', 'your name'],
    ['owner', 'team'],
    ['owner', 'Me'],
    ['owner', 'someone'],
    ['owner', '<owner>'],
    ['owner', 'ada@example.com'],
    ['evidence', ''],
    ['evidence', 'todo: link'],
    ['evidence', 'see above'],
    ['evidence', '-'],
    ['date', ''],
    ['date', on(1)],
    ['date', '2027-02-30'],
    ['date', 'yesterday'],
    ['expires', ''],
    ['expires', on(-10)],
    ['expires', on(90)],
    ['expires', on(400)],
    ['claim', 'the door was looked at'],
  ])('a row whose %s is "%s" counts for nothing', (field, value) => {
    expect(judged(withRows({ ...signed, [field]: value }))).toBe('open');
  });

  it('two rows for one control count for nothing', () => {
    expect(judged(withRows(signed, signed))).toBe('open');
  });

  it('what was tried against a stand-in is rehearsed, until somebody did it', () => {
    const rehearsed = { ...control, attestation: { ...attestation, weight: 'rehearsed' as const } };
    expect(judge(rehearsed, proven).state).toBe('rehearsed');
    expect(judge(rehearsed, withRows(signed)).state).toBe('attested');
  });

  it('what only adds to the tests is proven without it, but not when it has expired', () => {
    const further = { ...control, attestation: { ...attestation, weight: 'further' as const } };
    const expired = { ...signed, date: on(-80), expires: on(0) };
    const ledgers = [proven, withRows(signed), withRows(expired)];
    const states = ledgers.map((facts) => judge(further, facts).state);
    expect(states).toEqual(['proven', 'proven', 'expired']);
  });

  it('a word about something that nobody can attest is a problem', () => {
    const stray = { attestations: [signed], deferrals: [] };
    expect(strayRows([control], stray)).toHaveLength(1);
    expect(strayRows([{ ...control, attestation }], stray)).toEqual([]);
  });

  it.each([
    ['somebody wrote by hand, with a reason', 'EX-1', 'the door is built next month', 0],
    ['has no reason', 'EX-1', '', 1],
    ['has hardly a reason', 'EX-1', 'later, perhaps', 1],
    ['has blanks for a reason', 'EX-1', ' '.repeat(40), 1],
    ['is of a control that nobody knows', 'EX-2', 'the door is built next month', 1],
    ['is of a control that is not applicable', 'EX-3', 'the door is built next month', 1],
  ])('a deferral that %s', (_what, id, reason, problems) => {
    const deferrals = [{ id, reason, date: on(-1) }];
    const absent = { ...control, id: 'EX-3', notApplicable: 'this app has no bank' };
    expect(strayRows([control, absent], { attestations: [], deferrals })).toHaveLength(problems);
  });

  it('a review counts for the threat model that was reviewed, as it was', () => {
    const content = '\n### a threat\n\n<!-- end of: threat model, ';
    const opening = '<!-- generated: threat model; what you write belongs outside -->\n';
    const sealOf = (text: string) => sealedParts(`${opening}${text} -->\n`)[0]?.checksum;
    const model = (reviewer: string, reviewed: string, text = content) =>
      `---\nreviewer: '${reviewer}'\nreviewed: '${reviewed}'\nseal: '${sealOf(content)}'\n---\n\n${opening}${text} -->\n`;
    const review = { ...control, id: 'GOV-1', attestation };
    const stateOf = (threatModel: string) =>
      judge(review, {
        ...withRows({ ...signed, id: 'GOV-1' }),
        proof: { tree: 'this', controls: { 'GOV-1': { red: 2, total: 2 } } },
        sabotages: new Map([['GOV-1', 2]]),
        threatModel,
      }).state;
    expect(stateOf(model(signed.owner, signed.date))).toBe('attested');
    expect(stateOf(model('Grace Hopper', signed.date))).toBe('expired');
    expect(stateOf(model(signed.owner, on(-11)))).toBe('expired');
    const changed = content.replace('a threat', 'another');
    expect(stateOf(model(signed.owner, signed.date, changed))).toBe('expired');
    expect(stateOf('')).toBe('expired');
  });

  it('the rows of this app are in order, and each control has the one that it asks for', () => {
    expect(() => readLedger(app)).not.toThrow();
    const asked = readChecklist(app).flatMap(({ id, notApplicable, attestation: its }) =>
      notApplicable === undefined && its !== undefined ? [[id, its.claim]] : [],
    );
    expect(readLedger(app).attestations.map((row) => [row.id, row.claim])).toEqual(asked);
    const copy = mkdtempSync(join(tmpdir(), 'ledger-'));
    cpSync(join(app, '.ai'), join(copy, '.ai'), { recursive: true });
    writeFileSync(
      join(copy, '.ai/attestations.yaml'),
      'attestations: []\ndeferrals: []\nother: 1\n',
    );
    expect(() => readLedger(copy)).toThrow('unrecognized_keys');
    const row = JSON.stringify({ ...signed, other: 1 });
    const ledger = `attestations: [${row}]\ndeferrals: []\n`;
    writeFileSync(join(copy, '.ai/attestations.yaml'), ledger);
    expect(() => readLedger(copy)).toThrow('unrecognized_keys');
    rmSync(copy, { recursive: true });
  });
});
