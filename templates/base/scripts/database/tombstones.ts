import * as z from 'zod';
import type { Ask, Row } from './fingerprint.ts';

/** Who and what has ended, or is about to: ids and times, nothing of a person. */
export const Tombstones = z.object({
  /** Tenants that are frozen or purged, and when their rows go. */
  tenants: z.array(z.tuple([z.string(), z.number()])),
  users: z.array(z.string()),
});
export type Tombstones = z.infer<typeof Tombstones>;

/** Those of a database as it is now. */
export async function tombstonesOf(ask: Ask): Promise<Tombstones> {
  const [tenants = [], users = []] = await ask([
    'SELECT id, deletes_at FROM tenants WHERE deletes_at IS NOT NULL ORDER BY id',
    'SELECT id FROM deleted_users ORDER BY id',
  ]);
  return Tombstones.parse({
    tenants: tenants.map((row: Row) => [row['id'], row['deletes_at']]),
    users: users.map((row: Row) => row['id']),
  });
}

/** How long a tenant is frozen before it goes: graceMs of src/tenancy/settings.ts. */
const graceMs = 7 * 24 * 60 * 60 * 1_000;

/**
 * Who and what has ended since the manifest was written, and so is not in it: in a database that was restored to
 * before then, nobody. `endingAgain` would thaw such a tenant without a word.
 */
export async function endedSince(
  ask: Ask,
  { tenants, users }: Tombstones,
  takenAt: number,
): Promise<string[]> {
  const [frozen = [], deleted = []] = await ask([
    `SELECT id, deletes_at FROM tenants WHERE deletes_at > ${takenAt + graceMs} AND purged_at IS NULL ORDER BY id`,
    `SELECT id FROM deleted_users WHERE deleted_at > ${takenAt} ORDER BY id`,
  ]);
  // What this very manifest ended a while ago is in it.
  const dates = new Map(tenants);
  const known = new Set(users);
  return [
    ...frozen
      .filter((row) => dates.get(String(row['id'])) !== row['deletes_at'])
      .map((row) => `tenant ${String(row['id'])}`),
    ...deleted
      .map((row) => String(row['id']))
      .filter((id) => !known.has(id))
      .map((id) => `user ${id}`),
  ];
}

/** Tenants whose owners have thought again since they asked for that end, as they may after a first run. */
export async function keptSince(ask: Ask, { tenants }: Tombstones): Promise<string[]> {
  const [kept = []] = await ask([
    `SELECT tenant_id, max(created_at) AS at FROM audit_log
     WHERE action = 'tenant.deletion_cancelled' GROUP BY tenant_id`,
  ]);
  const dates = new Map(kept.map((row) => [row['tenant_id'], Number(row['at'])]));
  return tenants.flatMap(([id, at]) => (Number(dates.get(id)) > at - graceMs ? [id] : []));
}

/**
 * What ends them again in a database that knows less, since it was restored. All that are frozen are
 * thawed, then those of the list are given their dates, and the app purges each when its has come. A
 * user goes for good, also where a tenant is left without an owner: `tenantsWithoutOwner` names it.
 */
export function endingAgain({ tenants, users }: Tombstones): string[] {
  return [
    `UPDATE tenants SET deletes_at = NULL WHERE purged_at IS NULL AND deletes_at IS NOT NULL`,
    ...batchesOf(tenants).map(
      (batch) =>
        `UPDATE tenants SET deletes_at = ended.at
         FROM (SELECT value ->> 0 AS id, value ->> 1 AS at FROM json_each(${quote(batch)})) AS ended
         WHERE tenants.id = ended.id AND purged_at IS NULL`,
    ),
    ...batchesOf(users).flatMap((batch) => [
      `DELETE FROM memberships WHERE user_id IN (SELECT value FROM json_each(${quote(batch)}))`,
      `DELETE FROM users WHERE id IN (SELECT value FROM json_each(${quote(batch)}))`,
      `INSERT OR IGNORE INTO deleted_users (id, deleted_at)
       SELECT value, unixepoch() * 1000 FROM json_each(${quote(batch)})`,
    ]),
  ];
}

/** D1 takes a statement of 100 kB: this many ids with their dates take a third of it. */
const batchSize = 500;

function batchesOf<Item>(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / batchSize);
  return Array.from({ length: count }, (_, index) =>
    items.slice(index * batchSize, (index + 1) * batchSize),
  );
}

/** Tenants in use that no owner is left in. */
export const tenantsWithoutOwner = `SELECT id FROM tenants
  WHERE deletes_at IS NULL AND id NOT IN (SELECT tenant_id FROM memberships WHERE role = 'owner')
  ORDER BY id`;

const quote = (value: unknown) => `'${JSON.stringify(value).replaceAll("'", "''")}'`;
