import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { readChecklist, type Control } from '../../scripts/readiness/checklist.ts';
import { defer, whyNotDefer } from '../../scripts/readiness/deferring.ts';
import { judge } from '../../scripts/readiness/judgement.ts';
import { deferralLine, deferredLines, readLedger } from '../../scripts/readiness/ledger.ts';
import { app, read } from './repository.ts';

const changelog = read('CHANGELOG.md');
const headings = [...changelog.matchAll(/^## (.*)$/gm)].map(([, heading = '']) => heading);
const controls = readChecklist(app);

describe('GOV-4 the CHANGELOG says what shipped', () => {
  it('what is not released comes first', () => {
    expect(changelog).toMatch(/^# Changelog\n/);
    expect(headings[0]).toBe('[Unreleased]');
  });

  it('every release has a version and a date, the newest first, and the current one is there', () => {
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(read('package.json')));
    const [, ...releases] = headings;
    for (const release of releases)
      expect(release).toMatch(/^\[\d+\.\d+\.\d+\](?: - \d{4}-\d{2}-\d{2})?$/);
    const versions = releases.map((release) => release.slice(1, release.indexOf(']')));
    expect(versions).toContain(version);
    const ordered = versions.toSorted((one, other) =>
      other.localeCompare(one, 'en', { numeric: true }),
    );
    expect(versions).toEqual(ordered);
  });

  it('what a release brings stands under headings that readers know', () => {
    const kinds = 'Added, Changed, Deprecated, Removed, Fixed, Security, Deferred, Not applicable';
    const used = [...changelog.matchAll(/^### (.*)$/gm)].map(([, heading = '']) => heading);
    expect(used.filter((heading) => !kinds.split(', ').includes(heading))).toEqual([]);
  });

  it('every control that is not applicable is named', () => {
    const absent = controls.filter(({ notApplicable }) => notApplicable !== undefined);
    const unnamed = absent.filter(({ id }) => !changelog.includes(`\n- ${id}, `));
    expect(unnamed.map(({ id }) => id)).toEqual([]);
  });
});

describe('GOV-4 what is deferred stands in the CHANGELOG, and nothing else does', () => {
  it('the ledger and the CHANGELOG agree', () => {
    const { deferrals } = readLedger(app);
    const lines = deferredLines(changelog).filter((line) => line.startsWith('- '));
    const expected = deferrals.map(({ id, reason }) =>
      deferralLine({ id, title: controls.find((one) => one.id === id)?.title ?? '' }, reason),
    );
    expect(lines.toSorted()).toEqual(expected.toSorted());
  });
});

const control: Control = {
  id: 'EX-1',
  title: 'an example',
  shown: ['test'],
  threats: [],
  code: [],
  tests: [],
};
const reason = 'the supplier delivers in spring';
const before = {
  ledger: '# kept\nattestations: []\n\n# kept, too\ndeferrals: []\n',
  changelog:
    '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A door.\n\n## [0.1.0]\n\n### Added\n\n- A house.\n',
};
const facts = { threatModel: '', proof: undefined, sabotages: new Map<string, number>(), now: 0 };
const Deferrals = z.object({
  attestations: z.array(z.never()),
  deferrals: z.array(z.object({ id: z.string(), reason: z.string(), date: z.string() })),
});

describe('GOV-4 deferring writes both records', () => {
  const after = defer(control, reason, '2027-03-01', before);

  it('the ledger has the row, and its comments', () => {
    expect(parse(after.ledger)).toEqual({
      attestations: [],
      deferrals: [{ id: 'EX-1', reason, date: '2027-03-01' }],
    });
    expect(after.ledger).toContain('# kept\n');
    expect(after.ledger).toContain('# kept, too\n');
  });

  it('the CHANGELOG has the line under what is not released, and the rest as it was', () => {
    const line = deferralLine(control, reason);
    expect(deferredLines(after.changelog)).toContain(line);
    expect(after.changelog.indexOf(line)).toBeLessThan(after.changelog.indexOf('## [0.1.0]'));
    expect(after.changelog.replace(`\n### Deferred\n\n${line}\n`, '')).toBe(before.changelog);
  });

  it('a second one joins the first', () => {
    const other = { ...control, id: 'EX-2' };
    const twice = defer(other, reason, '2027-03-02', after);
    expect(twice.changelog.match(/### Deferred/g)).toHaveLength(1);
    const both = [deferralLine(control, reason), deferralLine(other, reason)];
    expect(twice.changelog).toContain(`### Deferred\n\n${both.join('\n')}\n\n## [0.1.0]`);
    expect(Deferrals.parse(parse(twice.ledger)).deferrals).toHaveLength(2);
  });

  it('where nothing stands for what is not released, neither is written', () => {
    const changelog = before.changelog.replace('## [Unreleased]', '## [0.2.0]');
    const writing = () => defer(control, reason, '2027-03-01', { ...before, changelog });
    expect(writing).toThrow('no section "## [Unreleased]"');
  });

  it('one without the other is open', () => {
    const ledger = Deferrals.parse(parse(after.ledger));
    const { state } = judge(control, { ...facts, ledger, changelog: after.changelog });
    expect(state).toBe('deferred');
    const silent = judge(control, { ...facts, ledger, changelog: before.changelog });
    expect(silent.state).toBe('open');
  });

  it('only a control that applies can be deferred, and for a reason', () => {
    expect(whyNotDefer(control, reason)).toBeUndefined();
    expect(whyNotDefer(undefined, reason)).toBeDefined();
    expect(whyNotDefer({ ...control, notApplicable: 'no bank' }, reason)).toBeDefined();
    expect(whyNotDefer(control, 'later')).toBeDefined();
    expect(whyNotDefer(control, `${reason}\n## [9.9.9]`)).toBeDefined();
  });
});
