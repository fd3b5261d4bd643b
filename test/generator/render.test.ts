import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { describe, expect, test } from 'vitest';
import type { Content } from '../../generator/catalog.ts';
import { crc32, hex } from '../../generator/crc32.ts';
import { contextOf } from '../../generator/context.ts';
import { longestName } from '../../generator/names.ts';
import { resolveOptions, type Options } from '../../generator/options.ts';
import { manifestPath, planFiles, secretsPath } from '../../generator/plan.ts';
import { assemble } from '../../generator/pieces.ts';
import { fill } from '../../generator/program.ts';
import { renderFiles } from '../../generator/render.ts';
import { exampleText } from '../../scripts/example.ts';
import { root } from '../../scripts/host-node.ts';
import { loadCatalog, readTemplates } from '../../scripts/templates.ts';
import { combinations, templatesRoot } from './templates.ts';

const catalog = await loadCatalog(templatesRoot);
const sources = readTemplates(templatesRoot);
const zeros = (length: number) => new Uint8Array(length);
const textOf = (content: Content) => Buffer.from(content).toString('utf8');

function render(options: Options, randomBytes = zeros): Map<string, string> {
  const files = renderFiles(planFiles(catalog, options), options, { randomBytes });
  return new Map(files.map(({ path, content }) => [path, textOf(content)]));
}

describe('a plan', () => {
  test('is ordered by path, with the manifest last, and names each path once', () => {
    for (const options of combinations) {
      const paths = planFiles(catalog, options).map((file) => file.path);
      expect(paths.at(-1)).toBe(manifestPath);
      expect(paths.slice(0, -1)).toEqual([...new Set(paths.slice(0, -1))].sort());
    }
  });

  test('uses every template in some combination of options', () => {
    const used = new Set(combinations.flatMap((options) => [...planFiles(catalog, options)]));
    expect(
      catalog.filter((entry) => !used.has(entry)).map((entry) => `${entry.layer}/${entry.path}`),
    ).toEqual([]);
  });

  test('an overlay replaces the file of the same path', () => {
    const entry = (layer: string) => ({
      kind: 'static' as const,
      layer,
      path: 'x',
      executable: false,
      content: layer,
      hash: '',
    });
    const both = [entry('base'), entry('npm')];
    const content = (packageManager: Options['packageManager']) =>
      planFiles(both, resolveOptions({ name: 'a', packageManager })).map((file) =>
        'content' in file ? file.content : '',
      )[0];
    expect([content('npm'), content('bun')]).toEqual(['npm', 'base']);
  });
});

describe('rendering', () => {
  test('yields the same bytes every time, random secrets aside', () => {
    const options = resolveOptions({ name: 'my-app' });
    const first = render(options, (length) => new Uint8Array(length).fill(1));
    const second = render(options, (length) => new Uint8Array(length).fill(2));
    const differing = [...first.keys()].filter((path) => first.get(path) !== second.get(path));
    expect(differing).toEqual([secretsPath]);
  });

  test('says what Handlebars says, for every template and combination of options', () => {
    const templates = sources.filter((source) => source.isTemplate);
    expect(templates.length).toBeGreaterThan(2);
    const settings = { noEscape: true, strict: true, knownHelpersOnly: true };
    const compiled = templates.map(
      (template) =>
        [template, Handlebars.compile(template.bytes.toString('utf8'), settings)] as const,
    );
    for (const options of combinations) {
      const context = contextOf(options, zeros);
      for (const [template, theirs] of compiled) {
        const entry = catalog.find(
          ({ layer, path }) => layer === template.layer && path === template.path,
        );
        if (entry?.kind !== 'template') throw new Error(`${template.source} is not in the catalog`);
        expect(textOf(assemble(fill(entry.program, context, entry.pieces)))).toBe(theirs(context));
      }
    }
  });

  test('copies a file without .hbs byte by byte', () => {
    const copied = sources.filter((source) => !source.isTemplate);
    expect(copied.length).toBeGreaterThan(10);
    for (const source of copied) {
      const entry = catalog.find(
        ({ layer, path }) => layer === source.layer && path === source.path,
      );
      expect(entry).toMatchObject({ kind: 'static', content: source.bytes.toString('utf8') });
    }
  });
});

describe('the manifest', () => {
  test("holds the hash of every other file; not of secrets, nor of the lock file, which is the package manager's", () => {
    for (const options of combinations.slice(0, 8)) {
      const files = render(options);
      const manifest: { files: Record<string, string>; options: unknown } = JSON.parse(
        files.get(manifestPath) ?? '',
      );
      const { install: _install, git: _git, ...shaping } = options;
      expect(manifest.options).toEqual(shaping);
      const expected = [...files]
        .filter(([path]) => ![manifestPath, secretsPath, 'package-lock.json'].includes(path))
        .map(([path, text]) => [path, hex(crc32(Buffer.from(text)))]);
      expect(manifest.files).toEqual(Object.fromEntries(expected));
    }
  });
});

describe('wrangler.toml', () => {
  test('wrangler.toml.example is the default rendering (`npm run example` rewrites it)', async () => {
    expect(readFileSync(join(root, 'wrangler.toml.example'), 'utf8')).toBe(await exampleText());
    expect(render(resolveOptions({ name: 'my-app' })).get('wrangler.toml')).toBe(
      await exampleText(),
    );
  });

  test("no name in it exceeds the 63 characters of a host name or bucket, however long the project's", () => {
    const name = 'n'.repeat(longestName);
    const text = render(resolveOptions({ name })).get('wrangler.toml') ?? '';
    const names = [...text.matchAll(/"([^"]*)"/g)].flatMap(([, value = '']) =>
      value.includes(name) ? [value] : [],
    );
    expect(names.length).toBeGreaterThan(2);
    expect(names.filter((value) => value.length > 63)).toEqual([]);
  });
});
