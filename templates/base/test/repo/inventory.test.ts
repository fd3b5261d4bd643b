import { join } from 'node:path';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { app, filesLike, read } from './repository.ts';

const part = z.record(z.string(), z.array(z.string()));
const inventory = z
  .strictObject({
    routes: part,
    pages: part,
    tables: part,
    bindings: part,
    hosts: part,
    crons: part,
  })
  .parse(JSON.parse(read('.ai/inventory.json')));

const Decided = z.object({
  decidedPages: z.array(z.tuple([z.string(), z.string()]).rest(z.string())),
});

const remedy =
  'Run "npx create-stackbilder-app governance", then name the threats it meets in .ai/inventory.json.';

/** Names of everything that a section of wrangler.toml binds, however deep it lies. */
function bindingsIn(section: unknown): string[] {
  if (Array.isArray(section)) return section.flatMap(bindingsIn);
  if (typeof section !== 'object' || section === null) return [];
  const { binding, name, class_name: _, ...rest } = Object.fromEntries(Object.entries(section));
  const own = typeof binding === 'string' ? binding : name;
  return [...(typeof own === 'string' ? [own] : []), ...Object.values(rest).flatMap(bindingsIn)];
}

const Section = z.looseObject({
  name: z.string(),
  triggers: z.object({ crons: z.array(z.string()) }).optional(),
});
const { env: environments, ...top } = Section.extend({ env: z.record(z.string(), Section) }).parse(
  parse(read('wrangler.toml')),
);
/** What is only in one environment is there all the same. */
const sections = [top, ...Object.values(environments)];
const bindings = new Set(
  sections.flatMap((section) => bindingsIn({ ...section, name: undefined })),
);

const withoutComments = (text: string) =>
  text.replace(/^\s*(?:\/?\*|\/\/).*$/gm, '').replace(/\s\/\/ .*$/gm, '');

const gate = 'src/http/outbound.ts';

/** Hosts that a call may go to beside those of the list: the expression that says which, and the file. */
function namedElsewhere(file: string): string[] {
  const calls = withoutComments(read(file)).matchAll(/\boutbound\(\s*(?:\{([^}]*)\}|([^){]*)\))/g);
  return [...calls].flatMap(([, fields, whole = '']) => {
    if (fields === undefined) return `${whole.trim()}, in ${file}`;
    const field = /(?:^|[\s,])host(?:\s*:\s*([^,]+?))?\s*(?:,|$)/.exec(fields);
    const named = field === null ? /\.\.\.[\w.]+/.exec(fields)?.[0] : (field[1] ?? 'host');
    return named === undefined ? [] : `${named}, in ${file}`;
  });
}

/** Hosts that code or a deployed environment names; neither comments nor examples count. */
function hosts(): string[] {
  const code = filesLike('src/**/*.{ts,tsx}').map((file) => withoutComments(read(file)));
  const variables = JSON.stringify(environments, (key, value: unknown) =>
    key === 'APP_ORIGIN' || key === 'LINK_BASE_URL' ? undefined : value,
  );
  const named = [...code, variables].flatMap((text) =>
    [...text.matchAll(/https:\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)+)/g)].map(([, host = '']) => host),
  );
  // What libraries call by themselves stands nowhere else.
  const [, list = ''] = /\bhosts\b[^=]*=\s*\[([^\]]*)\]/.exec(read(gate)) ?? [];
  const listed = [...withoutComments(list).matchAll(/['"`]([a-z0-9.-]+)['"`]/g)];
  const called = listed.map(([, host = '']) => host);
  const configured = filesLike('src/**/*.{ts,tsx}')
    .filter((file) => file !== gate)
    .flatMap(namedElsewhere);
  const others = named.filter((host) => !/(?:^|\.)example(?:\.\w+)?$/.test(host));
  return [...new Set([...others, ...called, ...configured])].toSorted();
}

describe('GOV-1 whatever is bound or talked to was reviewed', () => {
  it('the inventory lists the bindings of wrangler.toml, and no others', () => {
    expect(bindings.size).toBeGreaterThan(3);
    expect(Object.keys(inventory.bindings).toSorted(), remedy).toEqual([...bindings].toSorted());
  });

  it('the inventory lists the hosts that the app talks to, and no others', () => {
    expect(Object.keys(inventory.hosts).toSorted(), remedy).toEqual(hosts());
  });

  it('the inventory lists what runs by the clock, and nothing else', () => {
    const crons = new Set(sections.flatMap(({ triggers }) => triggers?.crons ?? []));
    expect(crons.size).toBeGreaterThan(0);
    expect(Object.keys(inventory.crons).toSorted(), remedy).toEqual([...crons].toSorted());
  });

  it('the inventory lists the pages, where there are any, and no others', async () => {
    const tables = filesLike('test/worker/decided-pages.ts').map(
      async (file) => Decided.parse(await import(join(app, file))).decidedPages,
    );
    const decided = (await Promise.all(tables)).flat().map(([method, path]) => `${method} ${path}`);
    expect(Object.keys(inventory.pages).toSorted(), remedy).toEqual(decided.toSorted());
  });

  it('every part meets a threat of the model, and one that parts of its kind can meet', () => {
    const sections = read('.ai/threat-model.md').split(/^### /m).slice(1);
    const kindsOf = new Map(
      sections.map((text) => [
        text.split(':')[0],
        /^- met by: (.*)$/m.exec(text)?.[1]?.split(', ') ?? [],
      ]),
    );
    const wrong = Object.entries(inventory).flatMap(([kind, parts]) =>
      Object.entries(parts)
        .filter(
          ([, threats]) =>
            threats.length === 0 || threats.some((id) => !kindsOf.get(id)?.includes(kind)),
        )
        .map(([name, threats]) => `${kind} ${name}: ${threats.join(', ')}`),
    );
    expect(wrong, remedy).toEqual([]);
  });
});
