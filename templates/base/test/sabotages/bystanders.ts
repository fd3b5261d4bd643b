import { sabotage, type Sabotage } from './sabotage.ts';

const accounts = 'src/db/statements/accounts.ts';
const factors = 'src/db/statements/mfa.ts';
const sessions = 'src/db/statements/sessions.ts';
const tokens = 'src/db/statements/tokens.ts';

/** Statements that mean one user, or one token, and take all there are. */
export const bystanders: readonly Sabotage[] = [
  sabotage(
    'AUTH-2',
    'a reset gives everybody the password',
    accounts,
    'SET password_hash = ?2, session_epoch = session_epoch + 1 WHERE id = ?1`',
    'SET password_hash = ?2, session_epoch = session_epoch + 1 WHERE id >= substr(?1, 1, 0)`',
  ),
  sabotage(
    'AUTH-2',
    'a changed password is that of all who had the same hash',
    accounts,
    'SET password_hash = ?2, session_epoch = session_epoch + 1\n   WHERE id = ?1 AND password_hash = ?3`',
    'SET password_hash = ?2, session_epoch = session_epoch + 1\n   WHERE id >= substr(?1, 1, 0) AND password_hash = ?3`',
  ),
  sabotage(
    'AUTH-2',
    "one proven address proves everybody's",
    accounts,
    'SET email_verified_at = ?2, session_epoch = session_epoch + 1 WHERE id = ?1`',
    'SET email_verified_at = ?2, session_epoch = session_epoch + 1 WHERE id >= substr(?1, 1, 0)`',
  ),
  sabotage(
    'AUTH-2',
    'one new name is that of all',
    accounts,
    'SET name = ?2 WHERE id = ?1`',
    'SET name = ?2 WHERE id >= substr(?1, 1, 0)`',
  ),
  sabotage(
    'AUTH-2',
    'who leaves takes everybody out of their tenants',
    accounts,
    'DELETE FROM memberships\n   WHERE user_id = ?1 AND NOT EXISTS (\n     SELECT 1 FROM memberships AS mine',
    'DELETE FROM memberships\n   WHERE user_id >= substr(?1, 1, 0) AND NOT EXISTS (\n     SELECT 1 FROM memberships AS mine',
  ),
  sabotage(
    'AUTH-2',
    'one deleted user buries all',
    accounts,
    'SELECT id, ?2 FROM users WHERE id = ?1`',
    'SELECT id, ?2 FROM users WHERE id >= substr(?1, 1, 0)`',
  ),
  sabotage(
    'AUTH-2',
    'switching one second factor off switches all off',
    factors,
    'DELETE FROM mfa WHERE user_id = ?1`',
    'DELETE FROM mfa WHERE user_id >= substr(?1, 1, 0)`',
  ),
  sabotage(
    'AUTH-2',
    'new recovery codes of one cost everybody theirs',
    factors,
    'DELETE FROM recovery_codes WHERE user_id = ?1`',
    'DELETE FROM recovery_codes WHERE user_id >= substr(?1, 1, 0)`',
  ),
  sabotage(
    'AUTH-2',
    "one code uses up everybody's",
    factors,
    'UPDATE mfa SET last_step = ?2 WHERE user_id = ?1 AND last_step < ?2`',
    'UPDATE mfa SET last_step = ?2 WHERE user_id >= substr(?1, 1, 0) AND last_step < ?2`',
  ),
  sabotage(
    'AUTH-2',
    'one session in use keeps all alive',
    sessions,
    'UPDATE sessions SET idle_expires_at = ?2 WHERE id = ?1 AND revoked_at IS NULL`',
    'UPDATE sessions SET idle_expires_at = ?2 WHERE id >= substr(?1, 1, 0) AND revoked_at IS NULL`',
  ),
  sabotage(
    'AUTH-2',
    'a login ends the sessions of everybody',
    sessions,
    'UPDATE sessions SET revoked_at = ?2 WHERE token_hash = ?1 AND revoked_at IS NULL\n',
    'UPDATE sessions SET revoked_at = ?2 WHERE token_hash >= substr(?1, 1, 0) AND revoked_at IS NULL\n',
  ),
  sabotage(
    'AUTH-2',
    'the newest link of one makes those of everybody worthless',
    tokens,
    'SET used_at = ?3\n   WHERE user_id = ?1 AND purpose = ?2 AND used_at IS NULL`',
    'SET used_at = ?3\n   WHERE user_id >= substr(?1, 1, 0) AND purpose = ?2 AND used_at IS NULL`',
  ),
  sabotage(
    'AUTH-2',
    'one token that is used up uses up all of its purpose',
    tokens,
    'used_by = ?4\n   WHERE token_hash = ?1 AND purpose = ?2 AND used_at IS NULL AND expires_at > ?3`',
    'used_by = ?4\n   WHERE token_hash >= substr(?1, 1, 0) AND purpose = ?2 AND used_at IS NULL AND expires_at > ?3`',
  ),
  sabotage(
    'AUTH-2',
    'a wrong code counts against everybody between the steps',
    tokens,
    'SET failures = failures + 1\n   WHERE token_hash = ?1 AND used_at IS NULL AND failures < 5`',
    'SET failures = failures + 1\n   WHERE token_hash >= substr(?1, 1, 0) AND used_at IS NULL AND failures < 5`',
  ),
];
