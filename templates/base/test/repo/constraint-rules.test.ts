import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, matchesGlob } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { readChecklist } from '../../scripts/readiness/checklist.ts';
import { sealedParts } from '../../scripts/readiness/seal.ts';
import { sabotages } from '../sabotages/index.ts';
import { app, filesLike, read } from './repository.ts';

const Check = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('forbid'),
    pattern: z.string(),
    files: z.string(),
    except: z.array(z.string()).default([]),
  }),
  z.strictObject({ kind: z.literal('lint'), rule: z.string() }),
  z.strictObject({ kind: z.literal('test'), control: z.string() }),
  z.strictObject({ kind: z.literal('advice') }),
]);
const Rule = z.strictObject({
  id: z.string(),
  rule: z.string(),
  why: z.string(),
  good: z.string().default(''),
  bad: z.string().default(''),
  enforced_by: Check,
});
const Waiver = z.strictObject({
  rule: z.string(),
  file: z.string(),
  reason: z.string().min(15),
  expires: z.iso.date(),
});
const Constraints = z.strictObject({
  version: z.literal(1),
  waivers: z.array(Waiver),
  own_rules: z.array(Rule),
  rules: z.array(Rule),
});

const {
  waivers,
  own_rules: own,
  rules: given,
} = Constraints.parse(parse(read('.ai/constraints.yaml')));
const rules = [...given, ...own];
const forbidding = rules.flatMap(({ enforced_by: check, ...rule }) =>
  check.kind === 'forbid' ? [{ ...rule, ...check }] : [],
);
const linted = rules.flatMap(({ enforced_by: check, ...rule }) =>
  check.kind === 'lint' ? [{ ...rule, lint: check.rule }] : [],
);
const tested = rules.flatMap(({ id, enforced_by: check }) =>
  check.kind === 'test' ? [{ id, control: check.control }] : [],
);

const day = 24 * 60 * 60 * 1000;
const isWaived = (rule: string, file: string) =>
  waivers.some((waiver) => waiver.rule === rule && waiver.file === file);

describe('GOV-3 the rules are in order', () => {
  it('each has an id of its own, and a reason that is there', () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    const controls = readChecklist(app).map(({ id }) => id);
    const unfounded = rules.filter(
      ({ why }) => !controls.includes(why) && filesLike(`.ai/${why}.md`).length === 0,
    );
    expect(unfounded.map(({ id }) => id)).toEqual([]);
  });

  it('most are enforced, by text or by the linter', () => {
    expect(forbidding.length).toBeGreaterThanOrEqual(10);
    expect(linted.length).toBeGreaterThanOrEqual(3);
  });

  it('AGENTS.md lists each in the same words, and no others', () => {
    const [part] = sealedParts(read('AGENTS.md'));
    const listed = [...(part?.content ?? '').matchAll(/^- (.*)$/gm)].map(([, rule = '']) => rule);
    const told = given.map(({ rule, enforced_by: { kind } }) =>
      kind === 'advice' ? `${rule} (Nothing checks this.)` : rule,
    );
    expect(listed.toSorted()).toEqual(told.toSorted());
  });

  it('a waiver is for a rule and a file that are there, and ends within 180 days', () => {
    for (const { rule, file, expires } of waivers) {
      expect(rules.map(({ id }) => id)).toContain(rule);
      expect(filesLike(file)).toEqual([file]);
      const left = Date.parse(expires) - Date.now();
      expect(left, `the waiver of ${rule} for ${file} ended`).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(180 * day);
    }
  });
});

describe('GOV-3 what a rule forbids is nowhere', () => {
  it.each(forbidding)('$id', ({ id, pattern, files, except }) => {
    const forbidden = new RegExp(pattern);
    const found = filesLike(files).filter((file) => !except.includes(file) && !isWaived(id, file));
    expect(found.length).toBeGreaterThan(0);
    const breaking = found.flatMap((file) =>
      read(file)
        .split('\n')
        .filter((line) => !/^\s*(?:\*|\/\/|--)/.test(line) && forbidden.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
    expect(breaking).toEqual([]);
  });

  it.each(forbidding)('$id notices its bad example, and no good one', ({ pattern, good, bad }) => {
    expect([good, bad]).not.toContain('');
    expect(new RegExp(pattern).test(bad)).toBe(true);
    expect(new RegExp(pattern).test(good)).toBe(false);
  });

  it.each(forbidding)('$id excepts no file in vain', ({ pattern, files, except }) => {
    for (const file of except) {
      expect(matchesGlob(file, files)).toBe(true);
      expect(new RegExp(pattern).test(read(file))).toBe(true);
    }
  });
});

describe('GOV-3 what the linter enforces, it notices', () => {
  const folder = mkdtempSync(join(tmpdir(), 'linted-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const oxlint = join(
    dirname(createRequire(import.meta.url).resolve('oxlint/package.json')),
    'bin/oxlint',
  );

  // All examples in one run: the linter looks at types, which takes a second to begin with.
  const complaints = new Map<string, string>();
  function complaintsAbout(text: string): string {
    if (complaints.size === 0) {
      copyFileSync(join(app, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
      writeFileSync(join(folder, 'tsconfig.json'), '{"compilerOptions":{"strict":true}}');
      const examples = linted.flatMap(({ good, bad }) => [good, bad]);
      const names = examples.map((_example, index) => `example-${index}.ts`);
      names.forEach((name, index) => writeFileSync(join(folder, name), `${examples[index]}\n`));
      // By name, since a folder that git ignores is passed over.
      const words = [oxlint, '--type-aware', '--format', 'unix', ...names];
      const lines = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' }).stdout;
      examples.forEach((example, index) => {
        const its = lines.split('\n').filter((line) => line.includes(`example-${index}.ts:`));
        complaints.set(example, its.join('\n'));
      });
    }
    return complaints.get(text) ?? '';
  }

  it.each(linted)('$id', ({ lint, good, bad }) => {
    const rule = lint.split('/').at(-1) ?? lint;
    expect(complaintsAbout(bad)).toContain(rule);
    expect(complaintsAbout(good)).not.toContain(rule);
  });
});

describe('GOV-3 what tests enforce is tested', () => {
  it.each(tested)('$id', ({ control }) => {
    expect(sabotages.filter((sabotage) => sabotage.control === control).length).toBeGreaterThan(1);
  });

  it('each control that applies has two sabotages or more, and none is about another', () => {
    const controls = readChecklist(app);
    const counted = Map.groupBy(sabotages, ({ control }) => control);
    expect([...counted.keys()].filter((id) => !controls.some((one) => one.id === id))).toEqual([]);
    const few = controls.filter(
      ({ id, notApplicable }) => notApplicable === undefined && (counted.get(id)?.length ?? 0) < 2,
    );
    expect(few.map(({ id }) => id)).toEqual([]);
  });
});
