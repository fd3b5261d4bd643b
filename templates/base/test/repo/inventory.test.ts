import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { filesLike, read } from './repository.ts';

const part = z.record(z.string(), z.array(z.string()));
const inventory = z
  .strictObject({ routes: part, tables: part, bindings: part, hosts: part })
  .parse(JSON.parse(read('.ai/inventory.json')));

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

const { name: _, env: environments, ...top } = parse(read('wrangler.toml'));
const bindings = [...new Set(bindingsIn(top))].toSorted();

/** Hosts that code or a deployed environment names; neither comments nor examples count. */
function hosts(): string[] {
  const code = filesLike('src/**/*.{ts,tsx}').map((file) =>
    read(file)
      .replace(/^\s*(?:\/?\*|\/\/).*$/gm, '')
      .replace(/\s\/\/ .*$/gm, ''),
  );
  const variables = JSON.stringify(environments, (key, value: unknown) =>
    key === 'APP_ORIGIN' || key === 'LINK_BASE_URL' ? undefined : value,
  );
  const named = [...code, variables].flatMap((text) =>
    [...text.matchAll(/https:\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)+)/g)].map(([, host = '']) => host),
  );
  // What libraries call by themselves stands nowhere else.
  const listed = [...read('src/http/outbound.ts').matchAll(/^  '([a-z0-9.-]+)',$/gm)];
  const called = listed.map(([, host = '']) => host);
  const others = named.filter((host) => !/(?:^|\.)example(?:\.\w+)?$/.test(host));
  return [...new Set([...others, ...called])].toSorted();
}

describe('GOV-1 whatever is bound or talked to was reviewed', () => {
  it('the inventory lists the bindings of wrangler.toml, and no others', () => {
    expect(bindings.length).toBeGreaterThan(3);
    expect(Object.keys(inventory.bindings).toSorted(), remedy).toEqual(bindings);
  });

  it('the inventory lists the hosts that the app talks to, and no others', () => {
    expect(Object.keys(inventory.hosts).toSorted(), remedy).toEqual(hosts());
  });

  it('every part meets a threat of the model', () => {
    const model = read('.ai/threat-model.md');
    const parts = Object.values(inventory).flatMap((kind) => Object.entries(kind));
    const uncovered = parts.filter(
      ([, threats]) =>
        threats.length === 0 || threats.some((id) => !model.includes(`\n### ${id}: `)),
    );
    expect(
      uncovered.map(([name]) => name),
      remedy,
    ).toEqual([]);
  });
});
