import { compare } from './evidence.ts';
import type { Files } from './files.ts';

/** What an application is reached by, keeps, is bound to, and talks to. */
export interface Inventory {
  /** Such as `GET /api/me`. */
  readonly routes: readonly string[];
  readonly tables: readonly string[];
  readonly bindings: readonly string[];
  readonly hosts: readonly string[];
}

export const inventoryKinds = ['routes', 'tables', 'bindings', 'hosts'] as const;
export type InventoryKind = (typeof inventoryKinds)[number];

const sourcesOf = (files: Files) =>
  [...files].filter(([path]) => path.startsWith('src/') && /\.tsx?$/.test(path));

/** In order, with the one that every application has first: so lists read, and differ, alike. */
function inOrder(first: string, found: Iterable<string>): string[] {
  return [...new Set(found)].toSorted((one, other) => {
    if (one === first || other === first) return one === other ? 0 : one === first ? -1 : 1;
    return compare(one, other);
  });
}

function routesOf(files: Files): string[] {
  const declared = /\broute\(\{\s*method: '([A-Z]+)',\s*path:\s*'([^']+)'/g;
  const found = sourcesOf(files).flatMap(([, text]) =>
    [...text.matchAll(declared)].map(([, method = '', path = '']) => `${method} ${path}`),
  );
  return inOrder('GET /health', found);
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
  return inOrder('audit_log', tables);
}

/** What `wrangler.toml` binds outside of `[env.…]`; each environment repeats it. */
function bindingsOf(files: Files): string[] {
  const [top = ''] = (files.get('wrangler.toml') ?? '').split(/^\[+env\./m);
  const found: string[] = [];
  let section = '';
  for (const line of top.split('\n')) {
    section = /^\[+([\w.]+)\]+/.exec(line)?.[1] ?? section;
    const [, key, name = ''] = /^(binding|name) = "(\w+)"/.exec(line) ?? [];
    const isNamed = ['durable_objects.bindings', 'send_email', 'ratelimits'].includes(section);
    if (key === 'binding' || (key === 'name' && isNamed)) found.push(name);
  }
  return inOrder('DB', found);
}

/** Hosts that code or configuration names: what is not a comment, an example, or this machine. */
function hostsOf(files: Files): string[] {
  // What libraries call by themselves stands nowhere but in the list of what may be called.
  const listed = files.get('src/http/outbound.ts')?.matchAll(/^  '([a-z0-9.-]+)',$/gm) ?? [];
  const found = new Set([...listed].map(([, host = '']) => host));
  const texts = sourcesOf(files).map(([, text]) =>
    text.replace(/^\s*(?:\/?\*|\/\/).*$/gm, '').replace(/\s\/\/ .*$/gm, ''),
  );
  const [, ...environments] = (files.get('wrangler.toml') ?? '').split(/^\[+env\./m);
  for (const line of environments.join('\n').split('\n'))
    if (!/^(?:APP_ORIGIN|LINK_BASE_URL)\b/.test(line)) texts.push(line.replace(/\s#.*$/, ''));
  for (const text of texts)
    for (const [, host = ''] of text.matchAll(/https:\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)+)/g))
      if (!/(?:^|\.)example(?:\.\w+)?$/.test(host)) found.add(host);
  return inOrder('api.pwnedpasswords.com', found);
}

/** Takes stock of an application by reading its files. */
export function inventoryOf(files: Files): Inventory {
  return {
    routes: routesOf(files),
    tables: tablesOf(files),
    bindings: bindingsOf(files),
    hosts: hostsOf(files),
  };
}
