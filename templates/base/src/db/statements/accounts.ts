import { crossTenantStatement } from '../statement.ts';

export interface AccountRow {
  readonly id: string;
  readonly passwordHash: string;
  readonly sessionEpoch: number;
  readonly disabledAt: number | null;
}

/** An address that already has an account changes nothing, and nobody can tell. */
export const insertAccount = crossTenantStatement<never, 'accounts'>(
  'accounts.insert',
  'accounts',
  `INSERT INTO users (id, email, name, password_hash, created_at)
   VALUES (?1, ?2, ?3, ?4, ?5)
   ON CONFLICT (email) DO NOTHING`,
);

export const accountByEmail = crossTenantStatement<AccountRow, 'accounts'>(
  'accounts.byEmail',
  'accounts',
  `SELECT id, password_hash AS passwordHash, session_epoch AS sessionEpoch, disabled_at AS disabledAt
   FROM users WHERE email = ?1`,
);

export const replacePasswordHash = crossTenantStatement<never, 'accounts'>(
  'accounts.replacePasswordHash',
  'accounts',
  `UPDATE users SET password_hash = ?2 WHERE id = ?1 AND password_hash = ?3`,
);
