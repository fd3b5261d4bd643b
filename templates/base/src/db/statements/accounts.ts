import { crossTenantStatement } from '../statement.ts';

export interface AccountRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string | null;
  readonly sessionEpoch: number;
  readonly emailVerifiedAt: number | null;
  readonly disabledAt: number | null;
  /** When the second factor was switched on; null where it is off or pending. */
  readonly mfaActivatedAt: number | null;
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
  `SELECT users.id, users.email, users.name, users.password_hash AS passwordHash,
     users.session_epoch AS sessionEpoch, users.email_verified_at AS emailVerifiedAt,
     users.disabled_at AS disabledAt, mfa.activated_at AS mfaActivatedAt
   FROM users LEFT JOIN mfa ON mfa.user_id = users.id
   WHERE users.email = ?1`,
);

export const accountById = crossTenantStatement<AccountRow, 'accounts'>(
  'accounts.byId',
  'accounts',
  `SELECT users.id, users.email, users.name, users.password_hash AS passwordHash,
     users.session_epoch AS sessionEpoch, users.email_verified_at AS emailVerifiedAt,
     users.disabled_at AS disabledAt, mfa.activated_at AS mfaActivatedAt
   FROM users LEFT JOIN mfa ON mfa.user_id = users.id
   WHERE users.id = ?1`,
);

/** Only the hash it was read with is replaced: a password changed in between stays. */
export const replacePasswordHash = crossTenantStatement<never, 'accounts'>(
  'accounts.replacePasswordHash',
  'accounts',
  `UPDATE users SET password_hash = ?2 WHERE id = ?1 AND password_hash = ?3`,
);

/**
 * A new password for whoever spent a mailed token in this batch. It ends every session, since
 * whoever opened one may have known the old. ?1 user, ?2 hash, ?3 token hash, ?4 request.
 */
export const resetPassword = crossTenantStatement<never, 'accounts'>(
  'accounts.resetPassword',
  'accounts',
  `UPDATE users SET password_hash = ?2, session_epoch = session_epoch + 1
   WHERE id = ?1 AND disabled_at IS NULL AND EXISTS (
     SELECT 1 FROM one_time_tokens WHERE token_hash = ?3 AND used_by = ?4
   )`,
);

/** A new password in place of the one that was checked, and of no other: ?1 user, ?2 new, ?3 old hash. */
export const changePassword = crossTenantStatement<never, 'accounts'>(
  'accounts.changePassword',
  'accounts',
  `UPDATE users SET password_hash = ?2, session_epoch = session_epoch + 1
   WHERE id = ?1 AND password_hash = ?3`,
);

/**
 * Takes the address as proven by a token spent in this batch. Every session opened before is ended:
 * somebody else may have signed up with it. ?1 user, ?2 now, ?3 token hash, ?4 request.
 */
export const verifyEmail = crossTenantStatement<never, 'accounts'>(
  'accounts.verifyEmail',
  'accounts',
  `UPDATE users SET email_verified_at = ?2, session_epoch = session_epoch + 1
   WHERE id = ?1 AND disabled_at IS NULL AND EXISTS (
     SELECT 1 FROM one_time_tokens WHERE token_hash = ?3 AND used_by = ?4
   )`,
);

/** The new address, once both sides have confirmed it. ?1 user, ?2 address, ?3 now. */
export const changeEmail = crossTenantStatement<never, 'accounts'>(
  'accounts.changeEmail',
  'accounts',
  `UPDATE users SET email = ?2, email_verified_at = ?3, session_epoch = session_epoch + 1
   WHERE id = ?1 AND EXISTS (
     SELECT 1 FROM email_changes
     WHERE user_id = ?1 AND email = ?2
       AND old_confirmed_at IS NOT NULL AND new_confirmed_at IS NOT NULL
   )`,
);

export const renameAccount = crossTenantStatement<never, 'accounts'>(
  'accounts.rename',
  'accounts',
  `UPDATE users SET name = ?2 WHERE id = ?1`,
);

/** Leaves every tenant, unless one would be left without an owner: then nothing is deleted. */
export const leaveTenantsUnlessSoleOwner = crossTenantStatement<never, 'accounts'>(
  'accounts.leaveTenants',
  'accounts',
  `DELETE FROM memberships
   WHERE user_id = ?1 AND NOT EXISTS (
     SELECT 1 FROM memberships AS mine
     WHERE mine.user_id = ?1 AND mine.role = 'owner' AND NOT EXISTS (
       SELECT 1 FROM memberships AS others
       WHERE others.tenant_id = mine.tenant_id AND others.role = 'owner' AND others.user_id <> ?1
     )
   )`,
);

/** Refused by D1 while the user still belongs to a tenant. What is the user's alone goes with them. */
export const deleteAccount = crossTenantStatement<never, 'accounts'>(
  'accounts.delete',
  'accounts',
  `DELETE FROM users WHERE id = ?1`,
);
