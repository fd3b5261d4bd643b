import { acrossTenants } from '../db/across-tenants.ts';
import type { Database } from '../db/database.ts';
import { buryTenant, purgeStatements, tenantDueToPurge } from '../db/statements/tenant-end.ts';

/** How much one run does at most: it must end within a minute, when the next one begins. */
const rowsPerStep = 500;
const stepsPerRun = 20;

/**
 * Purges the tenants whose time has come. What is left is all the progress
 * there is to remember: a run that stops or dies is continued by the next. What a tenant keeps
 * outside D1 (objects in R2, keys in KV) must go before its rows do, since they name it.
 */
export async function purgeTenants(database: Database, now: number): Promise<void> {
  const across = acrossTenants(database, 'end of tenants');
  let steps = 0;
  for (;;) {
    const due = await across.first(tenantDueToPurge, now);
    if (due === null) return;
    for (const statement of purgeStatements) {
      let purged = rowsPerStep;
      while (purged === rowsPerStep) {
        steps += 1;
        if (steps > stepsPerRun) return;
        purged = await across.change(statement, due.id, rowsPerStep);
      }
    }
    await across.change(buryTenant, due.id, now);
  }
}
