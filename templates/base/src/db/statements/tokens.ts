import { crossTenantStatements } from '../statement.ts';

const across = crossTenantStatements('one-time tokens');

/** What a one-time token is good for; a token of one purpose opens nothing else. */
export type TokenPurpose = 'verify email' | 'reset password' | 'step up' | 'second step';

export interface TokenRow {
  readonly tokenHash: string;
  readonly userId: string;
  readonly browserHash: string | null;
}

export const insertToken = across<never>(
  'tokens.insert',
  `INSERT INTO one_time_tokens
     (token_hash, purpose, user_id, browser_hash, created_at, expires_at, session_epoch)
   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
);

/** The newest token wins: ?1 user, ?2 purpose, ?3 now. */
export const retireTokens = across<never>(
  'tokens.retire',
  `UPDATE one_time_tokens SET used_at = ?3
   WHERE user_id = ?1 AND purpose = ?2 AND used_at IS NULL`,
);

/** ?1 token hash, ?2 purpose, ?3 now. */
export const findToken = across<TokenRow>(
  'tokens.find',
  `SELECT token_hash AS tokenHash, user_id AS userId, browser_hash AS browserHash
   FROM one_time_tokens
   WHERE token_hash = ?1 AND purpose = ?2 AND used_at IS NULL AND expires_at > ?3`,
);

/**
 * Uses a token up: of any number of parallel tries one changes the row. Whatever it is for follows in
 * the same batch, bound to this request. ?1 token hash, ?2 purpose, ?3 now, ?4 request.
 */
export const spendToken = across<never>(
  'tokens.spend',
  `UPDATE one_time_tokens SET used_at = ?3, used_by = ?4
   WHERE token_hash = ?1 AND purpose = ?2 AND used_at IS NULL AND expires_at > ?3`,
);

/** What was mailed before a password or an address changed is worth nothing after. ?1 user, ?2 now. */
export const retireAllTokens = across<never>(
  'tokens.retireAll',
  `UPDATE one_time_tokens SET used_at = ?2 WHERE user_id = ?1 AND used_at IS NULL`,
);

/** Who took the first step of a login, to a browser that shows its token. */
export interface SecondStepRow {
  readonly id: string;
  readonly email: string;
  readonly sessionEpoch: number;
}

/** Ended where the epoch of sessions is another one, since the password of the first step may be the old one. ?1 token hash, ?2 now. */
export const findSecondStep = across<SecondStepRow>(
  'tokens.findSecondStep',
  `SELECT users.id, users.email, users.session_epoch AS sessionEpoch
   FROM one_time_tokens
   JOIN users ON users.id = one_time_tokens.user_id
   WHERE one_time_tokens.token_hash = ?1
     AND one_time_tokens.purpose = 'second step'
     AND one_time_tokens.used_at IS NULL
     AND one_time_tokens.expires_at > ?2
     AND one_time_tokens.session_epoch = users.session_epoch
     AND users.disabled_at IS NULL`,
);

/** Counts a try before its code is looked at: of any number of parallel tries, five get on. ?1 token hash. */
export const countSecondStepTry = across<never>(
  'tokens.countSecondStepTry',
  `UPDATE one_time_tokens SET failures = failures + 1
   WHERE token_hash = ?1 AND used_at IS NULL AND failures < 5`,
);
