import { acrossTenants } from '../db/across-tenants.ts';
import type { Database } from '../db/database.ts';
import {
  removeDeadMail,
  removeDeletedUsers,
  removeEmailChanges,
  removeOldInvitations,
  removeSecurityEvents,
  removeSessions,
  removeTokens,
} from '../db/statements/retention.ts';

const day = 24 * 60 * 60 * 1_000;

/** How long rows stay after they ended. Longer helps who looks into an incident, and holds more personal data. */
const kept = [
  { statement: removeSessions, forMs: 30 * day },
  { statement: removeTokens, forMs: day },
  { statement: removeEmailChanges, forMs: day },
  { statement: removeOldInvitations, forMs: day },
  { statement: removeSecurityEvents, forMs: 365 * day },
  { statement: removeDeadMail, forMs: 7 * day },
  // Longer than any backup is kept: docs/backup-and-restore.md.
  { statement: removeDeletedUsers, forMs: 100 * day },
] as const;

/** Few enough for one statement to stay far from D1's limits, and for a night to catch up. */
const rowsAtOnce = 1_000;
const roundsPerNight = 50;

/** Removes what nobody needs any more. What it does not get done in one night waits for the next. */
export async function removeOldRows(database: Database, now: number): Promise<void> {
  const across = acrossTenants(database, 'retention');
  for (const { statement, forMs } of kept) {
    for (let round = 0; round < roundsPerNight; round += 1) {
      const removed = await across.change(statement, now - forMs, rowsAtOnce);
      if (removed < rowsAtOnce) break;
    }
  }
}
