import { crossTenantStatements } from '../statement.ts';

const across = crossTenantStatements('security events');

export interface SecurityEventRow {
  readonly id: string;
  readonly kind: string;
  readonly createdAt: number;
}

export const insertSecurityEvent = across<never>(
  'securityEvents.insert',
  `INSERT INTO security_events (id, user_id, kind, created_at) VALUES (?1, ?2, ?3, ?4)`,
);

/**
 * The same, for what a batch did under a condition. `user_id` may not be NULL: where the condition
 * did not hold, the sub-select finds nobody, D1 refuses the row and with it the whole batch.
 * ?2 user, ?5 the password hash that must now be theirs.
 */
export const insertEventOfPassword = across<never>(
  'securityEvents.insertOfPassword',
  `INSERT INTO security_events (id, user_id, kind, created_at)
   VALUES (?1, (SELECT id FROM users WHERE id = ?2 AND password_hash = ?5), ?3, ?4)`,
);

/** ?2 user, ?5 the token this request must have spent, ?6 the request. */
export const insertEventOfToken = across<never>(
  'securityEvents.insertOfToken',
  `INSERT INTO security_events (id, user_id, kind, created_at)
   VALUES (?1, (
     SELECT user_id FROM one_time_tokens
     WHERE token_hash = ?5 AND used_by = ?6 AND user_id = ?2
   ), ?3, ?4)`,
);

/** ?2 user, ?5 the token that the user's session must have by now. */
export const insertEventOfSession = across<never>(
  'securityEvents.insertOfSession',
  `INSERT INTO security_events (id, user_id, kind, created_at)
   VALUES (?1, (SELECT user_id FROM sessions WHERE token_hash = ?5 AND user_id = ?2), ?3, ?4)`,
);

/** ?2 user, ?5 the address that both sides must have confirmed. */
export const insertEventOfEmailChange = across<never>(
  'securityEvents.insertOfEmailChange',
  `INSERT INTO security_events (id, user_id, kind, created_at)
   VALUES (?1, (
     SELECT user_id FROM email_changes
     WHERE user_id = ?2 AND email = ?5
       AND old_confirmed_at IS NOT NULL AND new_confirmed_at IS NOT NULL
   ), ?3, ?4)`,
);

/** Newest first: ?1 user, ?2 and ?3 the last event of the page before, ?4 how many. */
export const securityEventsOfUser = across<SecurityEventRow>(
  'securityEvents.ofUser',
  `SELECT id, kind, created_at AS createdAt
   FROM security_events
   WHERE user_id = ?1 AND (created_at, id) < (?2, ?3)
   ORDER BY created_at DESC, id DESC
   LIMIT ?4`,
);

/** Who is older than what is kept of them may have logged in before, whatever is left. ?1 user, ?2 since when events are kept. */
export const mayHaveLoggedInBefore = across<{ id: string }>(
  'securityEvents.mayHaveLoggedInBefore',
  `SELECT id FROM users
   WHERE id = ?1 AND (created_at < ?2 OR EXISTS (
     SELECT 1 FROM security_events WHERE user_id = ?1 AND kind = 'logged_in'
   ))`,
);
