import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { recordProof, treeHash } from '../../scripts/prove/record.ts';
import type { Verdict } from '../../scripts/prove/verdict.ts';
import { readChecklist } from '../../scripts/readiness/checklist.ts';
import { readLedger } from '../../scripts/readiness/ledger.ts';
import { sealedParts } from '../../scripts/readiness/seal.ts';
import { sabotages } from '../sabotages/index.ts';
import { app } from './repository.ts';

/** What the commands read: a copy of it is judged, so that nothing of this app is changed. */
const parts = ['.ai', 'scripts', 'test/sabotages', 'CHANGELOG.md', 'package.json'];

const applicable = readChecklist(app).filter(({ notApplicable }) => notApplicable === undefined);
const weighing = (weight: string) =>
  applicable.filter(({ attestation }) => attestation?.weight === weight).length;
const expected = {
  required: weighing('required'),
  rehearsed: weighing('rehearsed'),
  proven: applicable.length - weighing('required') - weighing('rehearsed'),
};

const Report = z.strictObject({
  controls: z.array(z.looseObject({ id: z.string(), state: z.string() })).length(53),
  counts: z.record(z.string(), z.number()),
  problems: z.array(z.string()),
});

let copy: string;
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'readiness-'));
  for (const part of parts) cpSync(join(app, part), join(copy, part), { recursive: true });
  symlinkSync(join(app, 'node_modules'), join(copy, 'node_modules'), 'junction');
  // Of nobody's word, so that it says the same whatever was attested or put off here.
  writeFileSync(join(copy, '.ai/attestations.yaml'), 'attestations: []\ndeferrals: []\n');
});
afterEach(() => {
  rmSync(copy, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

const read = (file: string) => readFileSync(join(copy, file), 'utf8');

function run(script: string, ...words: string[]) {
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  const started = [...flags, join(copy, `scripts/${script}.ts`), ...words];
  return spawnSync(process.execPath, started, { cwd: copy, encoding: 'utf8' });
}

function readiness(...words: string[]) {
  const { status, stdout } = run('readiness', '--json', ...words);
  return { status, ...Report.parse(JSON.parse(stdout)) };
}

/** Records that every sabotage was red, but those of one control. */
function recordRun(survivor?: string): void {
  const verdicts = sabotages.map((sabotage): [typeof sabotage, Verdict] => {
    const result = sabotage.control === survivor ? 'survived' : 'red';
    return [sabotage, { result, reason: '', failedTests: [] }];
  });
  recordProof(copy, treeHash(copy), sabotages, new Map(verdicts));
}

describe('GOV-1 readiness says what is missing, and fails', () => {
  it('before anything was proven, each control that applies is open', () => {
    const { status, counts, problems } = readiness();
    expect([status, problems]).toEqual([1, []]);
    expect(counts).toMatchObject({ open: applicable.length, proven: 0, attested: 0 });
  });

  it('after a run in which all was red, what is left is for people', () => {
    recordRun();
    const { status, counts } = readiness();
    expect(status).toBe(0);
    expect(counts).toEqual({
      proven: expected.proven,
      rehearsed: expected.rehearsed,
      'not yet attested': expected.required,
      'not applicable': 53 - applicable.length,
      attested: 0,
      expired: 0,
      deferred: 0,
      open: 0,
    });
    expect(readiness('--strict').status).toBe(1);
  });

  it('one control whose sabotages survive is open, and enough to fail', () => {
    recordRun('AUTH-1');
    const { status, controls, counts } = readiness();
    expect([status, counts['open']]).toEqual([1, 1]);
    expect(controls.find(({ state }) => state === 'open')?.id).toBe('AUTH-1');
  });

  it('so is a word about what nobody can attest', () => {
    const row = `  - { id: AUTH-1, claim: c, owner: o, evidence: e, date: d, expires: x }\n`;
    writeFileSync(join(copy, '.ai/attestations.yaml'), `attestations:\n${row}deferrals: []\n`);
    recordRun();
    expect(readiness()).toMatchObject({ status: 1, problems: [expect.stringContaining('AUTH-1')] });
  });

  it('a word counts until it expires, and then it is enough to fail', () => {
    const [one] = applicable.filter(
      ({ id, attestation }) => attestation?.weight === 'required' && id !== 'GOV-1',
    );
    const day = (days: number) =>
      new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    const stateWith = (date: string, expires: string) => {
      const evidence = 'minutes of the review, page 4';
      const claim = one?.attestation?.claim;
      const row = { id: one?.id, claim, owner: 'Ada Lovelace', evidence, date, expires };
      const ledger = { attestations: [row], deferrals: [] };
      writeFileSync(join(copy, '.ai/attestations.yaml'), JSON.stringify(ledger));
      const { status, controls, counts } = readiness();
      const state = controls.find(({ id }) => id === one?.id)?.state;
      return { status, state, attested: counts['attested'], expired: counts['expired'] };
    };
    recordRun();
    const [attested, expired] = [stateWith(day(-9), day(9)), stateWith(day(-9), day(-1))];
    expect(attested).toEqual({ status: 0, state: 'attested', attested: 1, expired: 0 });
    expect(expired).toEqual({ status: 1, state: 'expired', attested: 0, expired: 1 });
  });

  it('--strict passes where nothing is left to do, for each who has something to do', () => {
    const day = (days: number) =>
      new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    const [date, expires, owner] = [day(-1), day(1), 'Ada Lovelace'];
    const model = join(copy, '.ai/threat-model.md');
    const text = read('.ai/threat-model.md');
    const head = { reviewer: owner, reviewed: date, seal: sealedParts(text)[0]?.checksum };
    const signed = Object.entries(head).reduce(
      (its, [name, value]) =>
        its.replace(new RegExp(`^${name}: '.*'$`, 'm'), `${name}: '${value}'`),
      text,
    );
    writeFileSync(model, signed);
    recordRun();
    const strictlyWithout = (weight: string) => {
      const attestations = applicable.flatMap(({ id, attestation: its }) => {
        if (its === undefined || its.weight === weight) return [];
        return { id, claim: its.claim, owner, evidence: 'minutes, page 4', date, expires };
      });
      const ledger = JSON.stringify({ attestations, deferrals: [] });
      writeFileSync(join(copy, '.ai/attestations.yaml'), ledger);
      return readiness('--strict').status;
    };
    expect(['none', 'required', 'rehearsed'].map(strictlyWithout)).toEqual([0, 1, 1]);
  });

  it('people and reviewers read of every control, and of every problem', () => {
    const row = `  - { id: AUTH-1, claim: c, owner: o, evidence: e, date: d, expires: x }\n`;
    writeFileSync(join(copy, '.ai/attestations.yaml'), `attestations:\n${row}deferrals: []\n`);
    recordRun('AUTH-2');
    const ids = readChecklist(app).map(({ id }) => id);
    const told = (text: string, pattern: RegExp) =>
      [...text.matchAll(pattern)].map(([, id = '']) => id).toSorted();
    const [table, report] = [run('readiness'), run('readiness', '--markdown')];
    expect([table.status, report.status]).toEqual([1, 1]);
    expect(told(table.stdout, /^([A-Z]+-\d+) /gm)).toEqual(ids.toSorted());
    expect(told(report.stdout, /^- \*\*([A-Z]+-\d+)\*\*, /gm)).toEqual(ids.toSorted());
    expect(report.stdout).toMatch(/^## open \(1\)\n\n- \*\*AUTH-2\*\*/m);
    for (const { stdout } of [table, report]) {
      expect(stdout).toContain('attests AUTH-1, which nobody can attest');
      expect(stdout).toMatch(/\bAUTH-2\b.*\n.*only 0 of \d+ sabotages turned its tests red/);
    }
  });

  it('what it does not know is refused', () => {
    expect(run('readiness', '--everything').status).toBe(2);
    expect(run('readiness', '--help')).toMatchObject({ status: 0 });
    expect(run('prove', '--only', 'EX-1').status).toBe(2);
  });
});

describe('GOV-4 the command that defers writes both records', () => {
  const reason = 'the supplier delivers in spring';

  it('and readiness then says so', () => {
    expect(run('defer', 'DB-6', reason)).toMatchObject({ status: 0 });
    expect(read('CHANGELOG.md')).toMatch(
      new RegExp(`## \\[Unreleased\\][^]*### Deferred\\n\\n(?:- .*\\n)*- DB-6, .*: ${reason}\\n`),
    );
    expect(read('.ai/attestations.yaml')).toContain(reason);
    const { controls, counts } = readiness();
    expect(controls.find(({ id }) => id === 'DB-6')?.state).toBe('deferred');
    expect(counts).toMatchObject({ deferred: 1, open: applicable.length - 1 });
    const [deferral] = readLedger(copy).deferrals;
    const day = new Date().toISOString().slice(0, 10);
    expect(deferral).toEqual({ id: 'DB-6', reason, date: day });
    expect(run('defer', '--', 'DB-6', reason).status).toBe(1);
  });

  it('and where the second cannot be written, neither is', () => {
    const before = [read('CHANGELOG.md'), read('.ai/attestations.yaml')];
    const full = `import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const write = fs.writeFileSync;
      fs.writeFileSync = (file, ...rest) => {
        if (String(file).endsWith('CHANGELOG.md')) throw new Error('no space is left');
        write(file, ...rest);
      };
      syncBuiltinESMExports();`;
    vi.stubEnv('NODE_OPTIONS', `--import=data:text/javascript,${encodeURIComponent(full)}`);
    const { status, stderr } = run('defer', 'DB-6', reason);
    expect([status, stderr]).toEqual([1, expect.stringContaining('no space is left')]);
    expect([read('CHANGELOG.md'), read('.ai/attestations.yaml')]).toEqual(before);
  });

  it('and without a control or a reason it writes nothing', () => {
    const before = [read('CHANGELOG.md'), read('.ai/attestations.yaml')];
    for (const words of [[], ['DB-6'], ['DB-6', 'later'], ['EX-1', reason], ['DB-6', reason, 'x']])
      expect(run('defer', ...words).status, words.join(' ')).toBe(2);
    expect([read('CHANGELOG.md'), read('.ai/attestations.yaml')]).toEqual(before);
  });
});
