import { acrossTenants } from '../db/across-tenants.ts';
import type { Database } from '../db/database.ts';
import { buryTenant, purgeStatements, tenantDueToPurge } from '../db/statements/tenant-end.ts';

/** How much one run does at most: it must end within a minute, when the next one begins. */
const rowsPerStep = 500;
const stepsPerRun = 20;

/** Removes up to `limit` things of a tenant and tells how many: fewer means that there are no more. */
export type PurgeStep = (tenantId: string, limit: number) => Promise<number>;

/**
 * Purges the tenants whose time has come. What is left is all the progress
 * there is to remember: a run that stops or dies is continued by the next. What a tenant keeps
 * outside D1 (objects in R2, keys in KV) goes by `outside`, before its rows do: they name it.
 */
export async function purgeTenants(
  database: Database,
  now: number,
  outside: readonly PurgeStep[] = [],
): Promise<void> {
  const across = acrossTenants(database, 'end of tenants');
  const inside = purgeStatements.map(
    (statement): PurgeStep =>
      (...bounds) =>
        across.change(statement, ...bounds),
  );
  let steps = 0;
  for (;;) {
    const due = await across.first(tenantDueToPurge, now);
    if (due === null) return;
    for (const purge of [...outside, ...inside]) {
      let purged = rowsPerStep;
      while (purged === rowsPerStep) {
        steps += 1;
        if (steps > stepsPerRun) return;
        purged = await purge(due.id, rowsPerStep);
      }
    }
    await across.change(buryTenant, due.id, now);
  }
}
