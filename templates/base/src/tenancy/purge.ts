import { acrossTenants } from '../db/across-tenants.ts';
import type { Database } from '../db/database.ts';
import {
  buryTenant,
  purgeStatements,
  tenantDueToPurge,
  type DueTenantRow,
} from '../db/statements/tenant-end.ts';
import { describeFault, type Logger } from '../ops/logger.ts';

/** How much one run does at most: it must end within a minute, when the next one begins. */
const rowsPerStep = 500;
const stepsPerRun = 60;

/** How much of it one tenant gets, so that a large one does not keep those after it waiting for days. */
const stepsPerTenant = 20;

/** Removes up to `limit` things of a tenant and tells how many: fewer means that there are no more. */
export type PurgeStep = (tenantId: string, limit: number) => Promise<number>;

/**
 * Purges the tenants whose time has come. What is left is all the progress
 * there is to remember: a run that stops or dies is continued by the next. What a tenant keeps
 * outside D1 (objects in R2, keys in KV) goes by `outside`, before its rows do: they name it. One
 * that cannot be purged is logged, holds up no other, and is tried again by the next run.
 */
export async function purgeTenants(
  { database, logger }: { readonly database: Database; readonly logger: Logger },
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
  /** Whether nothing is left of a tenant. */
  const purgeOne = async (tenantId: string): Promise<boolean> => {
    const end = Math.min(steps + stepsPerTenant, stepsPerRun);
    for (const purge of [...outside, ...inside]) {
      let purged = rowsPerStep;
      // D1 counts what triggers change as well.
      while (purged >= rowsPerStep) {
        if (steps >= end) return false;
        steps += 1;
        purged = await purge(tenantId, rowsPerStep);
      }
    }
    return true;
  };
  let due: DueTenantRow | null = { id: '', deletesAt: -1 };
  while (steps < stepsPerRun) {
    due = await across.first(tenantDueToPurge, now, due.deletesAt, due.id);
    if (due === null) return;
    try {
      if (await purgeOne(due.id)) await across.change(buryTenant, due.id, now);
    } catch (thrown) {
      const what = { task: 'purge tenants', tenantId: due.id, fault: describeFault(thrown) };
      logger.log('error', 'scheduled work failed', what);
    }
  }
}
