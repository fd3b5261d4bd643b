import { crossTenantStatements } from '../statement.ts';

const across = crossTenantStatements('accounts');

export interface EmailChangeRow {
  readonly userId: string;
  readonly email: string;
  readonly oldConfirmedAt: number | null;
  readonly newConfirmedAt: number | null;
}

/** The newest wish replaces the one before: ?1 user, ?2 address, ?3 and ?4 token hashes, ?5 expiry. */
export const requestEmailChange = across<never>(
  'emailChanges.request',
  `INSERT OR REPLACE INTO email_changes
     (user_id, email, old_token_hash, new_token_hash, expires_at)
   VALUES (?1, ?2, ?3, ?4, ?5)`,
);

/** Whose wish a link is of. ?1 token hash, ?2 now. */
export const findEmailChange = across<Pick<EmailChangeRow, 'userId'>>(
  'emailChanges.find',
  `SELECT user_id AS userId FROM email_changes
   WHERE (old_token_hash = ?1 OR new_token_hash = ?1) AND expires_at > ?2`,
);

/** Notes the confirmation of one side. ?1 token hash, ?2 now. */
export const confirmEmailChange = across<EmailChangeRow>(
  'emailChanges.confirm',
  `UPDATE email_changes SET
     old_confirmed_at = CASE old_token_hash WHEN ?1 THEN ?2 ELSE old_confirmed_at END,
     new_confirmed_at = CASE new_token_hash WHEN ?1 THEN ?2 ELSE new_confirmed_at END
   WHERE user_id IN (
     SELECT user_id FROM email_changes WHERE old_token_hash = ?1
     UNION SELECT user_id FROM email_changes WHERE new_token_hash = ?1
   ) AND expires_at > ?2
   RETURNING user_id AS userId, email,
     old_confirmed_at AS oldConfirmedAt, new_confirmed_at AS newConfirmedAt`,
);

export const removeEmailChange = across<never>(
  'emailChanges.remove',
  `DELETE FROM email_changes WHERE user_id = ?1`,
);
