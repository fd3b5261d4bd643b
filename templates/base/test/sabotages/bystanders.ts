import { sabotage, type Sabotage } from './sabotage.ts';

const accounts = 'src/db/statements/accounts.ts';
const factors = 'src/db/statements/mfa.ts';
const sessions = 'src/db/statements/sessions.ts';
const tokens = 'src/db/statements/tokens.ts';

/** A statement that means one user, or one token, and takes all there are. */
const reachesAll = (name: string, file: string, before: string, column: string, after = '`') =>
  sabotage(
    'AUTH-2',
    name,
    file,
    `${before}${column} = ?1${after}`,
    `${before}${column} >= substr(?1, 1, 0)${after}`,
  );

export const bystanders: readonly Sabotage[] = [
  reachesAll(
    'a reset gives everybody the password',
    accounts,
    'SET password_hash = ?2, session_epoch = session_epoch + 1 WHERE ',
    'id',
  ),
  reachesAll(
    'a changed password is that of all who had the same hash',
    accounts,
    'SET password_hash = ?2, session_epoch = session_epoch + 1\n   WHERE ',
    'id',
    ' AND password_hash = ?3`',
  ),
  reachesAll(
    "one proven address proves everybody's",
    accounts,
    'SET email_verified_at = ?2, session_epoch = session_epoch + 1 WHERE ',
    'id',
  ),
  reachesAll('one new name is that of all', accounts, 'SET name = ?2 WHERE ', 'id'),
  reachesAll(
    'who leaves takes everybody out of their tenants',
    accounts,
    'DELETE FROM memberships\n   WHERE ',
    'user_id',
    ' AND NOT EXISTS (\n     SELECT 1 FROM memberships AS mine',
  ),
  reachesAll('one deleted user buries all', accounts, 'SELECT id, ?2 FROM users WHERE ', 'id'),
  reachesAll(
    'switching one second factor off switches all off',
    factors,
    'DELETE FROM mfa WHERE ',
    'user_id',
  ),
  reachesAll(
    'new recovery codes of one cost everybody theirs',
    factors,
    'DELETE FROM recovery_codes WHERE ',
    'user_id',
  ),
  reachesAll(
    "one code uses up everybody's",
    factors,
    'UPDATE mfa SET last_step = ?2 WHERE ',
    'user_id',
    ' AND last_step < ?2`',
  ),
  reachesAll(
    'one session in use keeps all alive',
    sessions,
    'UPDATE sessions SET idle_expires_at = ?2 WHERE ',
    'id',
    ' AND revoked_at IS NULL`',
  ),
  reachesAll(
    'a login ends the sessions of everybody',
    sessions,
    'UPDATE sessions SET revoked_at = ?2 WHERE ',
    'token_hash',
    ' AND revoked_at IS NULL\n',
  ),
  reachesAll(
    'the newest link of one makes those of everybody worthless',
    tokens,
    'SET used_at = ?3\n   WHERE ',
    'user_id',
    ' AND purpose = ?2 AND used_at IS NULL`',
  ),
  reachesAll(
    'one token that is used up uses up all of its purpose',
    tokens,
    'used_by = ?4\n   WHERE ',
    'token_hash',
    ' AND purpose = ?2 AND used_at IS NULL AND expires_at > ?3`',
  ),
  reachesAll(
    'a wrong code counts against everybody between the steps',
    tokens,
    'SET failures = failures + 1\n   WHERE ',
    'token_hash',
    ' AND used_at IS NULL AND failures < 5`',
  ),
];
