import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { model, modelOf } from '../../generator/governance/entries.ts';
import { isThere, sabotagesOf, suitesOf } from '../../generator/governance/evidence.ts';
import { lostPlaces, subjectOf } from '../../generator/governance/subject.ts';
import { isPristine, partsOf } from '../../generator/governance/keeping/parts.ts';
import { defaultApp, edited, oneOfEachChoice, textOf, type Files } from './rendered.ts';

const documents = [
  '.ai/threat-model.md',
  '.ai/test-plan.md',
  '.ai/checklist.json',
  '.ai/inventory.json',
  '.ai/constraints.yaml',
  'AGENTS.md',
];

const apps = oneOfEachChoice();

const Part = z.record(z.string(), z.array(z.string()));
const Inventory = z.strictObject({
  routes: Part,
  pages: Part,
  tables: Part,
  bindings: Part,
  hosts: Part,
  crons: Part,
});
const Checklist = z.object({
  controls: z.array(
    z.object({
      id: z.string(),
      code: z.array(z.string()),
      tests: z.array(z.object({ file: z.string(), title: z.string() })),
    }),
  ),
});

/** What a document points at and the application lacks. */
function lost(files: Files): string[] {
  const { controls } = Checklist.parse(JSON.parse(textOf(files, '.ai/checklist.json')));
  const texts = textOf(files, '.ai/threat-model.md') + textOf(files, '.ai/test-plan.md');
  const places = [
    ...controls.flatMap(({ code }) => code),
    ...[...texts.matchAll(/- (?:code|its sabotages strike): `([^`]+)`/g)].map(
      ([, place = '']) => place,
    ),
  ];
  const tests = [
    ...controls.flatMap((control) => control.tests.map(({ file, title }) => `${file} › ${title}`)),
    ...[...texts.matchAll(/- test[^`]*: `([^`]+)` › (.+)/g)].map(
      ([, file = '', title = '']) => `${file} › ${title}`,
    ),
  ];
  const present = new Set(suitesOf(files).map(({ file, title }) => `${file} › ${title}`));
  return [
    ...lostPlaces(subjectOf(files)),
    ...places.filter((place) => !isThere(place, files)),
    ...tests.filter((one) => !present.has(one)),
  ];
}

/** Entries of the model about parts that the application lacks, and that a document names all the same. */
function strange(files: Files): string[] {
  const own = modelOf(files);
  const text = documents.map((path) => textOf(files, path)).join('\n');
  const absent = <E extends { readonly id: string }>(all: readonly E[], present: readonly E[]) =>
    all.filter((entry) => !present.includes(entry)).map(({ id }) => id);
  const marks = [
    ...absent(model.threats, own.threats).flatMap((id) => [`### ${id}: `, `"${id}"`]),
    ...absent(model.flows, own.flows).flatMap((id) => [`### Flow ${id}: `, `"${id}: `]),
    ...absent(model.assets, own.assets).map((id) => `| **${id}**`),
    ...absent(model.nodes, own.nodes).map((id) => `    ${id}_[`),
    ...absent(model.decisions, own.decisions),
  ];
  return marks.filter((mark) => text.includes(mark));
}

/** What the application has and no document tells. */
function untold(files: Files): string[] {
  const plan = textOf(files, '.ai/test-plan.md');
  const threats = textOf(files, '.ai/threat-model.md');
  const own = modelOf(files);
  const controls = new Set(own.controls.map(({ id }) => id));
  const missing = [
    ...suitesOf(files)
      .filter(({ title }) => controls.has(title.split(' ')[0] ?? ''))
      .map(({ file, title }) => `\`${file}\` › ${title}`),
    ...sabotagesOf(files).map(({ name }) => `: ${name}\n`),
  ].filter((text) => !plan.includes(text));
  const modelled = [
    ...own.threats.map(({ id }) => `\n### ${id}: `),
    ...own.flows.map(({ id }) => `\n### Flow ${id}: `),
    ...own.assets.map(({ id }) => `\n| **${id}**`),
  ].filter((mark) => !threats.includes(mark));
  const records = own.decisions.map(({ id }) => `.ai/${id}.md`).filter((path) => !files.has(path));
  return [...missing, ...modelled, ...records];
}

/** Routes by the table that is kept by hand, against those of the inventory. */
function routesThatDiffer(files: Files): string[] {
  const oracle = [
    ...textOf(files, 'test/worker/access.test.ts').matchAll(/^ {2}\['([A-Z]+)', '([^']+)'/gm),
  ].map(([, method = '', path = '']) => `${method} ${path}`);
  const listed = Object.keys(inventoryIn(files).routes);
  return [
    ...oracle.filter((route) => !listed.includes(route)),
    ...listed.filter((route) => !oracle.includes(route)),
  ];
}

/** Pages of the table that is kept by hand, however its rows are laid out, that the inventory lacks. */
function pagesThatLack(files: Files): string[] {
  const table = files.get('test/worker/decided-pages.ts') ?? '';
  const words = [...table.matchAll(/'([^'\n]*)'/g)].map(([, word = '']) => word);
  const decided = words.flatMap((word, at) =>
    word === 'GET' || word === 'POST' ? `${word} ${words[at + 1]}` : [],
  );
  const listed = Object.keys(inventoryIn(files).pages);
  return decided.filter((page) => !listed.includes(page));
}

const inventoryIn = (files: Files) =>
  Inventory.parse(JSON.parse(textOf(files, '.ai/inventory.json')));

describe('with every choice of parts', () => {
  test('there are several to look at', () => {
    expect(apps.length).toBeGreaterThanOrEqual(8);
  });

  test.each([
    ['the documents point at nothing that the app lacks', lost],
    ['the documents tell of no part that the app lacks', strange],
    ['the documents miss nothing that the app has', untold],
    ['the inventory lists the routes that are kept by hand', routesThatDiffer],
    ['the inventory lists the pages that are kept by hand', pagesThatLack],
  ])('%s', (_name, check) => {
    for (const { files, options } of apps)
      expect(check(files), JSON.stringify(options)).toEqual([]);
  });

  test('every route, table, binding and host meets a threat of the model', () => {
    for (const { files } of apps) {
      const { threats } = modelOf(files);
      const parts = Object.values(inventoryIn(files)).flatMap((kind) => Object.entries(kind));
      expect(parts.length).toBeGreaterThan(60);
      // adr-001 says so.
      expect(Object.keys(inventoryIn(files).routes).length).toBeGreaterThanOrEqual(50);
      const uncovered = parts.filter(
        ([, its]) => its.length === 0 || its.some((id) => !threats.some((one) => one.id === id)),
      );
      expect(uncovered).toEqual([]);
    }
  });

  test('every generated part is sealed as it stands', () => {
    for (const { files } of apps) {
      const parts = documents.flatMap((path) => partsOf(textOf(files, path)));
      expect(parts.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['threat model', 'test plan', 'all of it', 'rules']),
      );
      expect(parts.filter((part) => !isPristine(part)).map(({ name }) => name)).toEqual([]);
    }
  });

  test('the CHANGELOG says what is not applicable, and attests nothing', () => {
    for (const { files } of apps) {
      expect(textOf(files, '.ai/attestations.yaml')).not.toMatch(/owner: (?!'')/);
      expect(textOf(files, '.ai/threat-model.md')).toContain(
        "reviewer: ''\nreviewed: ''\nseal: ''\n",
      );
      const { has } = modelOf(files);
      const absent = model.controls.filter(({ where }) => !has(where)).map(({ id }) => id);
      const text = textOf(files, 'CHANGELOG.md');
      expect(absent.filter((id) => !text.includes(`\n- ${id}, `))).toEqual([]);
    }
  });
});

describe('the checks of the documents notice', () => {
  const { files } = defaultApp;

  test('code and tests that are gone', () => {
    const gone = edited(files, 'src/http/route.ts', 'export function route<', 'function declare<');
    expect(lost(gone)).toContain('src/http/route.ts#route');
    const title = "describe('AUTH-1 roles'";
    const renamed = edited(files, 'test/worker/access.test.ts', title, "describe('AUTH-1 ranks'");
    expect(lost(renamed)).toContain('test/worker/access.test.ts › AUTH-1 roles');
    expect(untold(renamed)).toEqual(['`test/worker/access.test.ts` › AUTH-1 ranks']);
  });

  test('a route that only one of both lists has', () => {
    const row = "  ['GET', '/health', 'public'],\n";
    const harmed = edited(files, 'test/worker/access.test.ts', row, '');
    expect(routesThatDiffer(harmed)).toEqual(['GET /health']);
  });
});

describe('sabotages are read off their source', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sabotages-')));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const Declared = z.array(
    z.object({
      control: z.string(),
      name: z.string(),
      edits: z.array(z.object({ file: z.string(), find: z.string() })),
    }),
  );

  test('as the app declares them', async () => {
    const { files } = defaultApp;
    for (const [path, text] of files)
      if (path.startsWith('test/sabotages/'))
        writeFileSync(join(folder, path.slice('test/sabotages/'.length)), text);
    const { sabotages }: { sabotages: unknown } = await import(
      pathToFileURL(join(folder, 'index.ts')).href
    );
    const inOrder = (rows: readonly (readonly string[])[]) =>
      rows.map((row) => JSON.stringify(row)).toSorted();
    const declared = Declared.parse(sabotages).map(({ control, name, edits: [first] }) => [
      control,
      name,
      first?.file ?? '',
      first?.find ?? '',
    ]);
    const found = sabotagesOf(files).map(({ control, name, file, find }) => [
      control,
      name,
      file,
      find,
    ]);
    expect(declared.length).toBeGreaterThan(300);
    expect(inOrder(found)).toEqual(inOrder(declared));
  });
});
