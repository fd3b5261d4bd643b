import { crossTenantStatements } from '../statement.ts';

const across = crossTenantStatements('second factors');

export interface MfaRow {
  readonly userId: string;
  readonly seedCiphertext: string;
  readonly activatedAt: number | null;
}

/** A pending factor is replaced, an active one is not: then nothing changes. ?1 user, ?2 seed, ?3 now. */
export const enrollFactor = across<never>(
  'mfa.enroll',
  `INSERT INTO mfa (user_id, seed_ciphertext, created_at) VALUES (?1, ?2, ?3)
   ON CONFLICT (user_id) DO UPDATE
   SET seed_ciphertext = excluded.seed_ciphertext, created_at = excluded.created_at
   WHERE activated_at IS NULL`,
);

export const mfaOfUser = across<MfaRow>(
  'mfa.ofUser',
  `SELECT user_id AS userId, seed_ciphertext AS seedCiphertext, activated_at AS activatedAt
   FROM mfa WHERE user_id = ?1`,
);

/**
 * Where the factor is active already or has another seed by now, last_step would become NULL: D1
 * refuses that, and with it the whole batch. ?1 user, ?2 step of the code, ?3 now, ?4 seed.
 */
export const activateFactor = across<never>(
  'mfa.activate',
  `UPDATE mfa SET activated_at = ?3,
     last_step = CASE WHEN activated_at IS NULL AND seed_ciphertext = ?4 THEN ?2 END
   WHERE user_id = ?1`,
);

/** Takes a code's step; of any number of parallel tries one changes the row. ?1 user, ?2 step. */
export const acceptStep = across<never>(
  'mfa.acceptStep',
  `UPDATE mfa SET last_step = ?2 WHERE user_id = ?1 AND last_step < ?2`,
);

/** What another key has sealed, in pages. ?1 the user after whom to go on, ?2 how many, ?3 the name of the key in use. */
export const otherSeedsAfter = across<{ userId: string; seedCiphertext: string }>(
  'mfa.otherSeedsAfter',
  `SELECT user_id AS userId, seed_ciphertext AS seedCiphertext FROM mfa
   WHERE user_id > ?1 AND substr(seed_ciphertext, 1, 8) <> ?3 ORDER BY user_id LIMIT ?2`,
);

/** Nothing changes where there is another seed by now. ?1 a list in JSON: user, the seed as it was, as it is to be. */
export const replaceSeeds = across<never>(
  'mfa.reseal',
  `UPDATE mfa SET seed_ciphertext = one.value ->> 2 FROM json_each(?1) AS one
   WHERE user_id = one.value ->> 0 AND seed_ciphertext = one.value ->> 1`,
);

/** The recovery codes go with it. */
export const deleteFactor = across<never>('mfa.delete', `DELETE FROM mfa WHERE user_id = ?1`);

export const insertRecoveryCode = across<never>(
  'recoveryCodes.insert',
  `INSERT INTO recovery_codes (code_hash, user_id) VALUES (?1, ?2)`,
);

/** Of any number of parallel tries one changes the row. ?1 hash, ?2 user, ?3 now. */
export const useRecoveryCode = across<never>(
  'recoveryCodes.use',
  `UPDATE recovery_codes SET used_at = ?3
   WHERE code_hash = ?1 AND user_id = ?2 AND used_at IS NULL`,
);

export const deleteRecoveryCodes = across<never>(
  'recoveryCodes.deleteOfUser',
  `DELETE FROM recovery_codes WHERE user_id = ?1`,
);
