import type { AppContext } from '../http/context.ts';
import { safeReturnTo } from '../http/return-to.ts';

/** Ids by their names in a path, where they are others than those in the visitor's address. */
export type Ids = Readonly<Record<string, string>>;

/**
 * A path such as `/tenants/:tenantId`, with what the visitor's address holds in place of the names. What is
 * no plain word cannot be an id of ours, and could lead elsewhere (`..`): `-` leads nowhere.
 */
export function fill(pattern: string, c: AppContext, ids: Ids = {}): string {
  return pattern.replace(/:(\w+)/g, (_, name: string) => {
    const value = ids[name] ?? c.req.param(name) ?? '';
    return /^[\w-]{1,64}$/.test(value) ? value : '-';
  });
}

/** A path with more of a query; empty values are left out. */
export function withQuery(at: string, query: Readonly<Record<string, string>>): string {
  const filled = Object.entries(query).filter(([, value]) => value !== '');
  if (filled.length === 0) return at;
  return `${at}${at.includes('?') ? '&' : '?'}${new URLSearchParams(filled).toString()}`;
}

/** Some of what a page's own address asks for, as it goes on to the API. */
export function queryOf(c: AppContext, ...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, c.req.query(name) ?? '']));
}

/** The path of an address that a browser says it was at, if it can be one of ours. */
export function pathOf(address: string | undefined): string {
  if (address === undefined || !URL.canParse(address)) return '/';
  const { pathname, search } = new URL(address);
  return safeReturnTo(pathname + search);
}
