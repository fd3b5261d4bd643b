import { crossTenantStatement } from '../statement.ts';

export interface SecurityEventRow {
  readonly id: string;
  readonly kind: string;
  readonly createdAt: number;
}

export const insertSecurityEvent = crossTenantStatement<never, 'security events'>(
  'securityEvents.insert',
  'security events',
  `INSERT INTO security_events (id, user_id, kind, created_at) VALUES (?1, ?2, ?3, ?4)`,
);

/** Oldest first: ?1 user, ?2 and ?3 the last event of the page before, ?4 how many. */
export const securityEventsOfUser = crossTenantStatement<SecurityEventRow, 'security events'>(
  'securityEvents.ofUser',
  'security events',
  `SELECT id, kind, created_at AS createdAt
   FROM security_events
   WHERE user_id = ?1 AND (created_at, id) > (?2, ?3)
   ORDER BY created_at, id
   LIMIT ?4`,
);

export const hasLoggedInBefore = crossTenantStatement<{ id: string }, 'security events'>(
  'securityEvents.hasLoggedInBefore',
  'security events',
  `SELECT id FROM security_events WHERE user_id = ?1 AND kind = 'logged_in' LIMIT 1`,
);
