import type { Manifest } from './backup.ts';
import {
  compare,
  fingerprintOf,
  type Ask,
  type Comparison,
  type Fingerprint,
} from './fingerprint.ts';
import { endingAgain, tenantsWithoutOwner, tombstonesOf, type Tombstones } from './tombstones.ts';

/** What a rehearsal found. */
export interface Outcome {
  /** Whether every table came back and every tombstone holds. */
  readonly isRestored: boolean;
  readonly tables: readonly Comparison[];
  /** How many tombstones were set again. */
  readonly endedAgain: { readonly tenants: number; readonly users: number };
  /** Those whose owner is gone since the backup. */
  readonly tenantsWithoutOwner: readonly string[];
}

/** What a database holds before and after something is done. */
export async function measure(ask: Ask, act: () => Promise<void> | void) {
  const before = await fingerprintOf(ask);
  await act();
  const after = await fingerprintOf(ask);
  return { before, after, tombstones: await tombstonesOf(ask) };
}

/** A restored copy: what is asked of it, and what is changed in it. */
export interface Copy {
  readonly ask: Ask;
  readonly change: (sql: readonly string[]) => unknown;
}

/** Compares a restored database with the manifest, then ends again in it what has ended since. */
export async function drill(
  { ask, change }: Copy,
  { before, after }: Pick<Manifest, 'before' | 'after'>,
  tombstones: Tombstones,
): Promise<Outcome> {
  const tables = compare(before, after, await fingerprintOf(ask));
  await change(endingAgain(tombstones));
  const [without = [], tenants = []] = await ask([
    tenantsWithoutOwner,
    'SELECT id, deletes_at FROM tenants WHERE purged_at IS NULL',
  ]);
  const held = await tombstonesOf(ask);
  const dates = new Map(tombstones.tenants);
  const areEnded =
    tombstones.users.every((id) => held.users.includes(id)) &&
    tenants.every((row) => row['deletes_at'] === (dates.get(String(row['id'])) ?? null));
  return {
    isRestored: areEnded && tables.every(({ isEqual }) => isEqual),
    tables,
    endedAgain: { tenants: tombstones.tenants.length, users: tombstones.users.length },
    tenantsWithoutOwner: without.map(({ id }) => String(id)),
  };
}

/**
 * The outcome where D1 refuses the dump, as it does when a row is missing that others refer to: the
 * tables of which the dump holds another number of rows.
 */
export async function refusedDump(
  lines: AsyncIterable<string> | Iterable<string>,
  expected: Fingerprint,
): Promise<Outcome> {
  const held: Record<string, number> = {};
  for await (const line of lines) {
    const table = /^INSERT INTO "(\w+)"/.exec(line)?.[1];
    if (table !== undefined) held[table] = (held[table] ?? 0) + 1;
  }
  const tables = Object.entries(expected).flatMap(([table, { rows }]) => {
    const restoredRows = held[table] ?? 0;
    if (restoredRows === rows || table === 'sqlite_master') return [];
    return [
      { table, rows, restoredRows, unsettledParts: 0, hash: '', restoredHash: '', isEqual: false },
    ];
  });
  const endedAgain = { tenants: 0, users: 0 };
  return { isRestored: false, tables, endedAgain, tenantsWithoutOwner: [] };
}

/** The outcome for people: a line for each table, and what is to be done. */
export function linesOf({ isRestored, tables, endedAgain, ...rest }: Outcome): string[] {
  const differing = tables.filter(({ isEqual }) => !isEqual).map(({ table }) => table);
  const unsettled = tables.filter(({ unsettledParts }) => unsettledParts > 0);
  return [
    ...tables.map(
      ({ table, rows, restoredRows, hash, restoredHash, isEqual }) =>
        `${isEqual ? 'equal  ' : 'DIFFERS'} ${table}: ${rows} rows ${hash.slice(0, 16)}, restored ${restoredRows} rows ${restoredHash.slice(0, 16)}`,
    ),
    ...unsettled.map(
      ({ table, unsettledParts }) =>
        `${table} was written to while the backup was taken: ${unsettledParts} of 64 parts of it are not compared`,
    ),
    `Ended again: ${endedAgain.tenants} tenants, ${endedAgain.users} users`,
    ...rest.tenantsWithoutOwner.map((id) => `Tenant ${id} has no owner: give it one`),
    isRestored
      ? 'Everything came back.'
      : `The backup does not restore: ${differing.join(', ') || 'see above'}`,
  ];
}
