import { crossTenantStatements } from '../statement.ts';
import type { Role, Tier } from '../tenant.ts';

const acrossAuthorization = crossTenantStatements('authorization');
const acrossSessions = crossTenantStatements('sessions');

/** One query's answer to "who asks": the session, its user and, where a tenant is asked for, the membership. */
export interface AuthorizationRow {
  readonly sessionId: string;
  readonly sessionCreatedAt: number;
  readonly sessionIdleExpiresAt: number;
  readonly sessionExpiresAt: number;
  readonly sessionEpoch: number;
  readonly mfaAt: number | null;
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly emailVerifiedAt: number | null;
  readonly mfaActivatedAt: number | null;
  readonly tenantId: string | null;
  readonly role: Role | null;
  readonly tier: Tier | null;
  /** When the tenant goes; set, it is frozen. */
  readonly deletesAt: number | null;
}

export interface SessionRow {
  readonly id: string;
  readonly tokenHash: string;
  readonly createdAt: number;
}

/**
 * The authority on every request, in one query: the session is neither revoked nor expired, its
 * user is enabled and has not ended all sessions since. ?1 token hash, ?2 now, ?3 tenant asked for.
 */
export const authorize = acrossAuthorization<AuthorizationRow>(
  'sessions.authorize',
  `SELECT sessions.id AS sessionId, sessions.created_at AS sessionCreatedAt,
     sessions.idle_expires_at AS sessionIdleExpiresAt, sessions.expires_at AS sessionExpiresAt,
     sessions.epoch AS sessionEpoch, sessions.mfa_at AS mfaAt,
     users.id AS userId, users.email, users.name, users.email_verified_at AS emailVerifiedAt,
     mfa.activated_at AS mfaActivatedAt,
     memberships.tenant_id AS tenantId, memberships.role, tenants.tier,
     tenants.deletes_at AS deletesAt
   FROM sessions
   JOIN users ON users.id = sessions.user_id
   LEFT JOIN mfa ON mfa.user_id = users.id
   LEFT JOIN memberships ON memberships.tenant_id = ?3 AND memberships.user_id = users.id
   LEFT JOIN tenants ON tenants.id = memberships.tenant_id
   WHERE sessions.token_hash = ?1
     AND sessions.revoked_at IS NULL
     AND sessions.idle_expires_at > ?2
     AND sessions.expires_at > ?2
     AND sessions.epoch = users.session_epoch
     AND users.disabled_at IS NULL`,
);

export const insertSession = acrossSessions<never>(
  'sessions.insert',
  `INSERT INTO sessions (token_hash, id, user_id, epoch, created_at, idle_expires_at, expires_at, mfa_at)
   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`,
);

export const extendSession = acrossSessions<never>(
  'sessions.extend',
  `UPDATE sessions SET idle_expires_at = ?2 WHERE id = ?1 AND revoked_at IS NULL`,
);

/** ?1 token hash, ?2 now. */
export const revokeSessionByToken = acrossSessions<{ tokenHash: string }>(
  'sessions.revokeByToken',
  `UPDATE sessions SET revoked_at = ?2 WHERE token_hash = ?1 AND revoked_at IS NULL
   RETURNING token_hash AS tokenHash`,
);

/** ?1 session, ?2 the user it must belong to, ?3 now. */
export const revokeSessionOfUser = acrossSessions<{ tokenHash: string }>(
  'sessions.revokeOfUser',
  `UPDATE sessions SET revoked_at = ?3 WHERE id = ?1 AND user_id = ?2 AND revoked_at IS NULL
   RETURNING token_hash AS tokenHash`,
);

/** Ends every session of a user, also those that are being opened right now. */
export const raiseSessionEpoch = acrossSessions<never>(
  'sessions.raiseEpoch',
  `UPDATE users SET session_epoch = session_epoch + 1 WHERE id = ?1`,
);

/** ?1 user, ?2 now. */
export const liveSessionsOfUser = acrossSessions<SessionRow>(
  'sessions.liveOfUser',
  `SELECT sessions.id, sessions.token_hash AS tokenHash, sessions.created_at AS createdAt
   FROM sessions
   JOIN users ON users.id = sessions.user_id
   WHERE sessions.user_id = ?1
     AND sessions.revoked_at IS NULL
     AND sessions.idle_expires_at > ?2
     AND sessions.expires_at > ?2
     AND sessions.epoch = users.session_epoch
   ORDER BY sessions.created_at DESC
   LIMIT 100`,
);

/**
 * The newest sessions of a user that there are rows of, however they ended.
 * ?1 user, ?2 `all`, or anything else for those alone that are over for good.
 */
export const sessionsOfUser = acrossSessions<{ tokenHash: string }>(
  'sessions.ofUser',
  `SELECT token_hash AS tokenHash FROM sessions
   WHERE user_id = ?1 AND (
     ?2 = 'all' OR revoked_at IS NOT NULL
     OR epoch < (SELECT session_epoch FROM users WHERE id = ?1)
   )
   ORDER BY created_at DESC
   LIMIT 500`,
);

/** Of any number of parallel tries with one token one changes the row. ?1 token hash, ?2 the new one, ?3 now. */
export const stepUpSession = acrossSessions<never>(
  'sessions.stepUp',
  `UPDATE sessions SET token_hash = ?2, mfa_at = ?3 WHERE token_hash = ?1 AND revoked_at IS NULL`,
);
