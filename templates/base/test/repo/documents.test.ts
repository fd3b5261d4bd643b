import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readChecklist } from '../../scripts/readiness/checklist.ts';
import { isName, readLedger } from '../../scripts/readiness/ledger.ts';
import { reviewIn } from '../../scripts/readiness/review.ts';
import { sealedParts } from '../../scripts/readiness/seal.ts';
import { sabotages } from '../sabotages/index.ts';
import { app, filesLike, read } from './repository.ts';

// Whoever reads a failure here: write the documents anew, and look at what that changed.
const remedy = 'run "npx create-stackbilder-app governance" and review what it says';

const threatModel = read('.ai/threat-model.md');
const testPlan = read('.ai/test-plan.md');
const controls = readChecklist(app);
const applicable = controls.filter(({ notApplicable }) => notApplicable === undefined);
const threats = [...threatModel.matchAll(/^### ([a-z-]+): /gm)].map(([, id = '']) => id);

/** Source as a reader sees it: a quote within a text is written with a backslash. */
const source = (file: string) =>
  existsSync(join(app, file)) ? read(file).replaceAll("\\'", "'") : '';

function isDeclared(reference: string): boolean {
  const [file = '', symbol] = reference.split('#');
  if (symbol === undefined) return existsSync(join(app, file));
  return new RegExp(
    `^(?:export )?(?:async )?(?:function|const|class|interface|type) ${symbol}\\b|^CREATE \\w+(?: INDEX)? ${symbol}\\b`,
    'm',
  ).test(source(file));
}

const titledWith = /\(\s*(['"`])((?:[A-Z]+-\d+ )+(?:(?!\1).)+)\1/g;

/** Every title that carries a control, as it stands in the test files. */
const titles = filesLike('test/**/*.test.ts').flatMap((file) =>
  [...source(file).matchAll(titledWith)]
    .map(([, , title = '']) => ({ file, title }))
    .filter(({ title }) => controls.some(({ id }) => title.startsWith(`${id} `))),
);

describe('GOV-1 the threat model tells of this app', () => {
  it('code that a document points at is there', () => {
    const references = [
      ...[...threatModel.matchAll(/- (?:code|its sabotages strike): `([^`]+)`/g)].map(
        ([, place = '']) => place,
      ),
      ...controls.flatMap(({ code }) => code),
    ];
    expect(references.length).toBeGreaterThan(100);
    expect(
      references.filter((place) => !isDeclared(place)),
      remedy,
    ).toEqual([]);
  });

  it('tests that a document points at are there', () => {
    const pointed = [
      ...[...`${threatModel}${testPlan}`.matchAll(/- test[^`]*: `([^`]+)` › (.+)/g)].map(
        ([, file = '', title = '']) => ({ file, title }),
      ),
      ...controls.flatMap(({ tests }) => tests),
    ];
    expect(pointed.length).toBeGreaterThan(100);
    const lost = pointed.filter(({ file, title }) => !source(file).includes(title));
    expect(lost, remedy).toEqual([]);
  });

  it('each threat says what stands against it, what is left and how one would notice', () => {
    const sections = threatModel.split(/^### /m).filter((text) => threats.includes(idOf(text)));
    expect(sections.length).toBeGreaterThan(20);
    const demanded = [
      /^- severity: \w+, since /m,
      /^- \*\*[A-Z]+-\d+\*\*/m,
      /^What is left: ./m,
      /^How one would notice: ./m,
    ];
    const incomplete = sections.filter((text) => !demanded.every((part) => part.test(text)));
    expect(incomplete.map(idOf)).toEqual([]);
  });

  it('each of the six questions is answered for each flow', () => {
    const flows = threatModel.split(/^### Flow /m).slice(1);
    expect(flows.length).toBeGreaterThan(5);
    const words =
      'spoofing, tampering, repudiation, information disclosure, denial of service, elevation of privilege';
    for (const text of flows) {
      for (const word of words.split(', ')) expect(text).toMatch(new RegExp(`^- ${word}: .`, 'm'));
      expect(text).not.toContain('not considered yet');
    }
  });

  it('each control stands against a threat that the model knows', () => {
    for (const { id, threats: its } of applicable) {
      expect(its, id).not.toEqual([]);
      expect(
        its.filter((threat) => !threats.includes(threat)),
        id,
      ).toEqual([]);
    }
  });

  it('a signature is a name, a date and what was signed, as in the ledger, or nothing at all', () => {
    const { reviewer, reviewed, seal } = reviewIn(threatModel);
    const isSigned = reviewer !== '';
    expect([reviewed === '', seal === '']).toEqual([!isSigned, !isSigned]);
    if (!isSigned) return;
    expect(isName(reviewer ?? ''), 'a reviewer is a person').toBe(true);
    expect(reviewed).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(seal).toMatch(/^[0-9a-f]{8}$/);
    const row = readLedger(app).attestations.find(({ id }) => id === 'GOV-1');
    expect([row?.owner, row?.date]).toEqual([reviewer, reviewed]);
  });
});

const idOf = (section: string) => section.split(':')[0] ?? '';

describe('GOV-1 the test plan tells of these tests', () => {
  it('every test that is titled with a control stands in it', () => {
    expect(titles.length).toBeGreaterThan(50);
    const missing = titles.filter(
      ({ file, title }) => !testPlan.includes(`\`${file}\` › ${title}`),
    );
    expect(missing, remedy).toEqual([]);
  });

  it('every sabotage stands in it', () => {
    const missing = sabotages.filter(({ name }) => !testPlan.includes(`: ${name}\n`));
    expect(
      missing.map(({ name }) => name),
      remedy,
    ).toEqual([]);
  });
});

const decisions = filesLike('.ai/adr-*.md').map((file) => ({ file, text: read(file) }));
const recorded = decisions.map(({ file }) => file.slice('.ai/'.length, -'.md'.length));

/** Generated parts that are not as they were generated; none where a person has taken one over. */
function edited(file: string): readonly string[] {
  const parts = sealedParts(read(file));
  expect(parts.length, `${file} has lost its generated part: ${remedy}`).toBe(1);
  return parts
    .filter(({ seal, checksum }) => seal !== checksum && seal !== 'kept')
    .map(({ name }) => `${file}, the part "${name}"`);
}

const undo =
  'it was edited by hand: write your own outside of it, or run governance with --accept generated, or --accept yours';

describe('GOV-1 what was generated is as it was generated', () => {
  it.each(['.ai/threat-model.md', '.ai/test-plan.md', '.ai/checklist.json'])('%s', (file) => {
    expect(edited(file), undo).toEqual([]);
  });
});

describe('GOV-3 the rules are as they were generated', () => {
  it.each(['.ai/constraints.yaml', 'AGENTS.md'])('%s', (file) => {
    expect(edited(file), undo).toEqual([]);
  });
});

describe('GOV-2 the key decisions are recorded, with their reasons', () => {
  it('none is missing', () => {
    const demanded = [...lasting, ...(filesLike('src/billing/*.ts').length > 0 ? ['007'] : [])];
    expect(recorded).toEqual(expect.arrayContaining(demanded.map((number) => `adr-${number}`)));
  });

  it('one that others refer to is there', () => {
    const referring = filesLike('{*.md,docs/**/*.md,.ai/*.{md,yaml},src/**/*.{ts,tsx}}');
    const named = referring.flatMap((file) => read(file).match(/\badr-\d{3}\b/g) ?? []);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((id) => !recorded.includes(id))).toEqual([]);
  });

  it.each(decisions)(
    '$file says what was weighed, decided, and would change it',
    ({ file, text }) => {
      expect(text).toMatch(new RegExp(`^# ADR ${file.slice(8, 11)}: .`));
      expect(text).toMatch(/^Status: (?:proposed|accepted|replaced by adr-\d{3})\.$/m);
      for (const heading of [
        'Context',
        'Options considered',
        'Decision',
        'Consequences',
        'Confirmation',
        'Revisit when',
      ]) {
        const [, section = ''] = text.split(`\n## ${heading}\n`);
        expect(section.split('\n## ')[0]?.trim().length, heading).toBeGreaterThan(40);
      }
      const [, options = ''] = text.split('\n## Options considered\n');
      const weighed = (options.split('\n## ')[0] ?? '').split(/^- /m).slice(1);
      expect(weighed.length).toBeGreaterThanOrEqual(2);
      // A figure is a number with a word behind it: the digits of a name or a code measure nothing.
      const measured = weighed.filter((option) => /(?<![\w.^-])\d[\d,]* (?:\w+|%)/.test(option));
      expect(measured.length, 'options with figures').toBeGreaterThanOrEqual(2);
    },
  );

  it.each(decisions)('$file names tests that confirm it, and they are there', ({ text }) => {
    const [, confirmation = ''] = text.split('\n## Confirmation\n');
    const named = [...(confirmation.split('\n## ')[0] ?? '').matchAll(/`([^`]+)` › ([^\n]+)/g)];
    expect(named.length).toBeGreaterThan(0);
    for (const [, file = '', title = ''] of named) expect(source(file)).toContain(title);
  });
});

/** Decisions that every app of this kind has; others come and go with its parts. */
const lasting = ['001', '002', '003', '004', '005', '006', '008', '009', '010', '011'];
