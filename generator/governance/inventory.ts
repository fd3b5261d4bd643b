import { compare } from './evidence.ts';
import type { Files } from './files.ts';
import { tablesIn, type Table } from './toml.ts';

/** What an application is reached by, keeps, is bound to, and talks to. */
export interface Inventory {
  /** Such as `GET /api/me`. */
  readonly routes: readonly string[];
  /** Such as `GET /login`. */
  readonly pages: readonly string[];
  readonly tables: readonly string[];
  readonly bindings: readonly string[];
  /** Names, and places in the code where a name comes from somewhere else. */
  readonly hosts: readonly string[];
  /** When work starts by the clock, such as `17 3 * * *`. */
  readonly crons: readonly string[];
}

export const inventoryKinds = ['routes', 'pages', 'tables', 'bindings', 'hosts', 'crons'] as const;
export type InventoryKind = (typeof inventoryKinds)[number];

/** What every application has stands first in its list. */
const firsts: Readonly<Record<InventoryKind, string>> = {
  routes: 'GET /health',
  pages: 'GET /',
  tables: 'audit_log',
  bindings: 'DB',
  hosts: 'api.pwnedpasswords.com',
  crons: '* * * * *',
};

const sourcesOf = (files: Files) =>
  [...files].filter(([path]) => path.startsWith('src/') && /\.tsx?$/.test(path));

/** Parts in order, with the one that every application has first: so lists read, and differ, alike. */
export function inOrder(kind: InventoryKind, found: Iterable<string>): string[] {
  const first = firsts[kind];
  return [...new Set(found)].toSorted((one, other) => {
    if (one === first || other === first) return one === other ? 0 : one === first ? -1 : 1;
    return compare(one, other);
  });
}

/** The declarations `route({ … })` of a file, each up to the next. */
const declarationsIn = (text: string) =>
  text.split(/(?<!function )\broute(?:<[^>]*>)?\(\{/).slice(1);

const textNamed = (name: string) =>
  new RegExp(`(?:^|[,\\n])\\s*${name}:\\s*(['"\`])([^'"\`$]+)\\1`);
const [methodIn, pathIn] = [textNamed('method'), textNamed('path')];

/** Method and path that a declaration names, or undefined where they are no plain texts. */
function routeOf(declaration: string): string | undefined {
  const [, , method] = methodIn.exec(declaration) ?? [];
  const [, , path] = pathIn.exec(declaration) ?? [];
  return method === undefined || path === undefined ? undefined : `${method} ${path}`;
}

function routesOf(files: Files): string[] {
  const found = sourcesOf(files).flatMap(([, text]) =>
    declarationsIn(text).flatMap((declaration) => routeOf(declaration) ?? []),
  );
  return inOrder('routes', found);
}

/** Files that declare a route of which reading does not tell method and path. */
export function unreadRoutes(files: Files): readonly string[] {
  return sourcesOf(files)
    .filter(([, text]) =>
      declarationsIn(text).some((declaration) => routeOf(declaration) === undefined),
    )
    .map(([path]) => path);
}

/** Pages by the table that is kept by hand, and that a test of the application holds against them. */
function pagesOf(files: Files): string[] {
  const table = files.get('test/worker/decided-pages.ts') ?? '';
  const rows = table.matchAll(/\[\s*['"]([A-Z]+)['"],\s*['"]([^'"]+)['"]/g);
  return inOrder(
    'pages',
    [...rows].map(([, method = '', path = '']) => `${method} ${path}`),
  );
}

/** Tables after all migrations, read in their order. */
function tablesOf(files: Files): string[] {
  const tables = new Set<string>();
  const changes =
    /\b(CREATE|DROP) TABLE (?:IF (?:NOT )?EXISTS )?"?(\w+)"?|\bALTER TABLE "?(\w+)"? RENAME TO "?(\w+)"?/gi;
  for (const [path, text] of [...files].toSorted(([one], [other]) => compare(one, other))) {
    if (!/^migrations\/[^/]+\.sql$/.test(path)) continue;
    const sql = text.replace(/--[^\n]*/g, '');
    for (const [, verb, table = '', renamed, name = ''] of sql.matchAll(changes)) {
      if (renamed !== undefined) {
        tables.delete(renamed);
        tables.add(name);
      } else if (verb?.toUpperCase() === 'CREATE') tables.add(table);
      else tables.delete(table);
    }
  }
  return inOrder('tables', tables);
}

const isOfEnvironment = ({ section }: Table) => /^env(?:\.|$)/.test(section);

/** Where a table stands, whichever environment it is of; empty for what is at the top of it. */
const placeOf = ({ section }: Table) => section.replace(/^env\.[\w-]+\.?/, '');

/** What `wrangler.toml` binds, in any environment. */
function bindingsOf(tables: readonly Table[]): string[] {
  const found = tables
    .filter((table) => placeOf(table) !== '')
    .flatMap(({ texts }) => texts.get('binding') ?? texts.get('name') ?? []);
  return inOrder('bindings', found);
}

function cronsOf(tables: readonly Table[]): string[] {
  return inOrder(
    'crons',
    tables.filter((table) => placeOf(table) === 'triggers').flatMap(({ items }) => items),
  );
}

const outboundPath = 'src/http/outbound.ts';

/** Hosts that code or configuration names: what is not a comment, an example, or this machine. */
function hostsOf(files: Files, tables: readonly Table[]): string[] {
  // What libraries call by themselves stands nowhere but in the list of what may be called.
  const [, list = ''] = /\bhosts\b[^=]*=\s*\[([^\]]*)\]/.exec(files.get(outboundPath) ?? '') ?? [];
  const listed = withoutComments(list).matchAll(/['"`]([a-z0-9.-]+)['"`]/g);
  const found = new Set([...listed].map(([, host = '']) => host));
  const code = sourcesOf(files)
    .filter(([, text]) => /https:\/\/|\boutbound\(/.test(text))
    .map(([path, text]) => [path, withoutComments(text)] as const);
  const variables = tables
    .filter(isOfEnvironment)
    .flatMap(({ texts, items }) => [
      ...[...texts].flatMap(([key, text]) => (ownAddresses.includes(key) ? [] : text)),
      ...items,
    ]);
  for (const text of [...code.map(([, source]) => source), ...variables])
    for (const [, host = ''] of text.matchAll(/https:\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)+)/g))
      if (!/(?:^|\.)example(?:\.\w+)?$/.test(host)) found.add(host);
  for (const [path, text] of code)
    if (path !== outboundPath)
      for (const named of namedElsewhere(text)) found.add(`${named}, in ${path}`);
  return inOrder('hosts', found);
}

const ownAddresses = ['APP_ORIGIN', 'LINK_BASE_URL'];

const withoutComments = (text: string) =>
  text.replace(/^\s*(?:\/?\*|\/\/).*$/gm, '').replace(/\s\/\/ .*$/gm, '');

/** Hosts that a call may go to beside those of the list: by the expression that says which. */
function namedElsewhere(source: string): string[] {
  return [...source.matchAll(/\boutbound\(\s*(?:\{([^}]*)\}|([^){]*)\))/g)].flatMap(
    ([, fields, whole = '']) => {
      if (fields === undefined) return whole.trim();
      const [, host] = /(?:^|[\s,])host(?:\s*:\s*([^,]+?))?\s*(?:,|$)/.exec(fields) ?? [
        undefined,
        '',
      ];
      const spread = /\.\.\.[\w.]+/.exec(fields)?.[0] ?? [];
      return host === '' ? spread : (host ?? 'host');
    },
  );
}

/** Takes stock of an application by reading its files. */
export function inventoryOf(files: Files): Inventory {
  const tables = tablesIn(files.get('wrangler.toml') ?? '');
  return {
    routes: routesOf(files),
    pages: pagesOf(files),
    tables: tablesOf(files),
    bindings: bindingsOf(tables),
    hosts: hostsOf(files, tables),
    crons: cronsOf(tables),
  };
}
