import { crossTenantStatements } from '../statement.ts';

const across = crossTenantStatements('accounts');

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

/**
 * An address that already has an account changes nothing, and nobody can tell; nor does one that the
 * policy keeps out, because no invitation that could be accepted waits for it. ?5 now, ?6 policy.
 */
export const insertAccount = across<never>(
  'accounts.insert',
  `INSERT INTO users (id, email, name, password_hash, created_at)
   SELECT ?1, ?2, ?3, ?4, ?5
   WHERE ?6 = 'open' OR EXISTS (
     SELECT 1 FROM invitations
     JOIN tenants ON tenants.id = invitations.tenant_id AND tenants.deletes_at IS NULL
     WHERE invitations.email = ?2 AND invitations.expires_at > ?5
   )
   ON CONFLICT (email) DO NOTHING`,
);

export const accountByEmail = across<AccountRow>(
  'accounts.byEmail',
  `SELECT users.id, users.email, users.name, users.password_hash AS passwordHash,
     users.session_epoch AS sessionEpoch, users.email_verified_at AS emailVerifiedAt,
     users.disabled_at AS disabledAt, mfa.activated_at AS mfaActivatedAt
   FROM users LEFT JOIN mfa ON mfa.user_id = users.id
   WHERE users.email = ?1`,
);

export const accountById = across<AccountRow>(
  'accounts.byId',
  `SELECT users.id, users.email, users.name, users.password_hash AS passwordHash,
     users.session_epoch AS sessionEpoch, users.email_verified_at AS emailVerifiedAt,
     users.disabled_at AS disabledAt, mfa.activated_at AS mfaActivatedAt
   FROM users LEFT JOIN mfa ON mfa.user_id = users.id
   WHERE users.id = ?1`,
);

/** Only the hash it was read with is replaced: a password changed in between stays. */
export const replacePasswordHash = across<never>(
  'accounts.replacePasswordHash',
  `UPDATE users SET password_hash = ?2 WHERE id = ?1 AND password_hash = ?3`,
);

/** A new password in place of the one that was checked, and of no other: ?1 user, ?2 new, ?3 old hash. */
export const changePassword = across<never>(
  'accounts.changePassword',
  `UPDATE users SET password_hash = ?2, session_epoch = session_epoch + 1
   WHERE id = ?1 AND password_hash = ?3`,
);

// What a mailed token is good for. Each stands in a batch with an event that refuses it unless the token
// was spent by the same request, or both sides have confirmed.

/** It ends every session, since whoever opened one may have known the old password. ?1 user, ?2 hash. */
export const resetPassword = across<never>(
  'accounts.resetPassword',
  `UPDATE users SET password_hash = ?2, session_epoch = session_epoch + 1 WHERE id = ?1`,
);

/** It ends every session, since somebody else may have signed up with the address. ?1 user, ?2 now. */
export const verifyEmail = across<never>(
  'accounts.verifyEmail',
  `UPDATE users SET email_verified_at = ?2, session_epoch = session_epoch + 1 WHERE id = ?1`,
);

/** ?1 user, ?2 address, ?3 now. */
export const changeEmail = across<never>(
  'accounts.changeEmail',
  `UPDATE users SET email = ?2, email_verified_at = ?3, session_epoch = session_epoch + 1
   WHERE id = ?1`,
);

export const renameAccount = across<never>(
  'accounts.rename',
  `UPDATE users SET name = ?2 WHERE id = ?1`,
);

/** Leaves every tenant, unless one would be left without an owner who may log in: then nothing is deleted. */
export const leaveTenantsUnlessSoleOwner = across<never>(
  'accounts.leaveTenants',
  `DELETE FROM memberships
   WHERE user_id = ?1 AND NOT EXISTS (
     SELECT 1 FROM memberships AS mine
     WHERE mine.user_id = ?1 AND mine.role = 'owner' AND NOT EXISTS (
       SELECT 1 FROM memberships AS others
       WHERE others.tenant_id = mine.tenant_id AND others.role = 'owner' AND others.user_id <> ?1
         AND (SELECT disabled_at FROM users WHERE id = others.user_id) IS NULL
     )
   )`,
);

/** Leaves the id alone, which outlives every backup that still knows the user. ?1 user, ?2 now. */
export const buryAccount = across<never>(
  'accounts.bury',
  `INSERT INTO deleted_users (id, deleted_at) SELECT id, ?2 FROM users WHERE id = ?1`,
);

/** Refused by D1 while the user still belongs to a tenant. What is the user's alone goes with them. */
export const deleteAccount = across<never>('accounts.delete', `DELETE FROM users WHERE id = ?1`);
