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

/**
 * What ends them again in a database that knows less, since it was restored. A tenant is given its
 * date back, and the app purges it when that has come; one that was kept after all is thawed. A
 * user goes for good, also where a tenant is left without an owner: `tenantsWithoutOwner` names it.
 */
export function endingAgain({ tenants, users }: Tombstones): string[] {
  const dates = quote(tenants);
  const ended = `(SELECT value FROM json_each(${quote(users)}))`;
  return [
    `UPDATE tenants SET deletes_at = (
       SELECT value ->> 1 FROM json_each(${dates}) WHERE value ->> 0 = tenants.id
     ) WHERE purged_at IS NULL`,
    `DELETE FROM memberships WHERE user_id IN ${ended}`,
    `DELETE FROM users WHERE id IN ${ended}`,
    `INSERT OR IGNORE INTO deleted_users (id, deleted_at)
     SELECT value, unixepoch() * 1000 FROM json_each(${quote(users)})`,
  ];
}

/** Tenants in use that no owner is left in. */
export const tenantsWithoutOwner = `SELECT id FROM tenants
  WHERE deletes_at IS NULL AND id NOT IN (SELECT tenant_id FROM memberships WHERE role = 'owner')
  ORDER BY id`;

const quote = (value: unknown) => `'${JSON.stringify(value).replaceAll("'", "''")}'`;
