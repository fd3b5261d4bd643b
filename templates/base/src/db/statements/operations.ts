import type { Counts } from '../../ops/counts.ts';
import { crossTenantStatements } from '../statement.ts';

const across = crossTenantStatements('operations');

export const flagState = across<{ state: 'open' | 'closed' }>(
  'flags.state',
  `SELECT state FROM feature_flags WHERE name = ?1`,
);

export const newestMigration = across<{ name: string }>(
  'ready.newestMigration',
  `SELECT name FROM d1_migrations WHERE id > 0 ORDER BY id DESC LIMIT 1`,
);

/** ?1 minute, ?2 kind of route, then the counts as src/ops/counts.ts has them. */
export const addCounts = across<never>(
  'requestCounts.add',
  `INSERT INTO request_counts
     (minute, routes, requests, server_errors, refused_logins, rate_limited, webhook_failures,
      webhook_refusals, faults)
   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
   ON CONFLICT (minute, routes) DO UPDATE SET
     requests = requests + excluded.requests,
     server_errors = server_errors + excluded.server_errors,
     refused_logins = refused_logins + excluded.refused_logins,
     rate_limited = rate_limited + excluded.rate_limited,
     webhook_failures = webhook_failures + excluded.webhook_failures,
     webhook_refusals = webhook_refusals + excluded.webhook_refusals,
     faults = faults + excluded.faults`,
);

export type CountsRow = Readonly<Omit<Counts, 'minute'>>;

/** ?1 the minute from which on. */
export const countsSince = across<CountsRow>(
  'requestCounts.since',
  `SELECT routes, sum(requests) AS requests, sum(server_errors) AS serverErrors,
     sum(refused_logins) AS refusedLogins, sum(rate_limited) AS rateLimited,
     sum(webhook_failures) AS webhookFailures,
     sum(webhook_refusals) AS webhookRefusals, sum(faults) AS faults
   FROM request_counts WHERE minute >= ?1 GROUP BY routes ORDER BY routes`,
);

export const oldestMail = across<{ waitingSince: number | null }>(
  'outbox.oldest',
  `SELECT min(created_at) AS waitingSince FROM outbox WHERE dead_at IS NULL`,
);

/** ?1 the time from which on it counts. */
export const givenUpMail = across<{ count: number }>(
  'outbox.givenUpSince',
  `SELECT count(*) AS count FROM outbox WHERE dead_at >= ?1`,
);

export interface AlertRow {
  readonly name: string;
  readonly toldAt: number | null;
}

/** ?1 now. */
export const openAlerts = across<AlertRow>(
  'alerts.open',
  `SELECT name, told_at AS toldAt FROM alerts WHERE raised_at <= ?1`,
);

/** Of any number of parallel runs one may tell; where nobody was told, the run of the next minute. ?1 name, ?2 now. */
export const claimAlert = across<never>(
  'alerts.claim',
  `INSERT INTO alerts (name, raised_at) VALUES (?1, ?2)
   ON CONFLICT (name) DO UPDATE SET raised_at = ?2 WHERE told_at IS NULL AND raised_at < ?2 - 30000`,
);

/** ?1 name, ?2 now. */
export const noteTold = across<never>(
  'alerts.noteTold',
  `UPDATE alerts SET told_at = ?2 WHERE name = ?1`,
);

export const endAlert = across<never>('alerts.end', `DELETE FROM alerts WHERE name = ?1`);
