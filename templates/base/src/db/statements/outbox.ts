import { crossTenantStatements } from '../statement.ts';

const across = crossTenantStatements('mail');

export interface OutboxRow {
  readonly id: string;
  readonly payload: string;
  readonly requestId: string;
  readonly attempts: number;
}

export const insertMail = across<never>(
  'outbox.insert',
  `INSERT INTO outbox (id, payload, request_id, next_attempt_at, created_at)
   VALUES (?1, ?2, ?3, ?4, ?4)`,
);

/**
 * Takes the mail that is due longest for an attempt, and puts the next attempt off at once: a run
 * that dies in between sends late rather than never. ?1 now, ?2 the next attempt.
 */
export const claimDueMail = across<OutboxRow>(
  'outbox.claimDue',
  `UPDATE outbox SET attempts = attempts + 1, next_attempt_at = ?2
   WHERE id = (
     SELECT id FROM outbox WHERE dead_at IS NULL AND next_attempt_at <= ?1
     ORDER BY next_attempt_at LIMIT 1
   ) AND next_attempt_at <= ?1
   RETURNING id, payload, request_id AS requestId, attempts`,
);

export const removeMail = across<never>('outbox.remove', `DELETE FROM outbox WHERE id = ?1`);

/** ?2 when to try again. */
export const postponeMail = across<never>(
  'outbox.postpone',
  `UPDATE outbox SET next_attempt_at = ?2 WHERE id = ?1`,
);

/** ?2 now. */
export const giveUpMail = across<never>(
  'outbox.giveUp',
  `UPDATE outbox SET dead_at = ?2 WHERE id = ?1`,
);
