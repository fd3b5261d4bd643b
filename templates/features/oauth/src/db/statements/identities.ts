import { crossTenantStatements } from '../statement.ts';

const across = crossTenantStatements('accounts');

export interface IdentityRow {
  readonly id: string;
  readonly issuer: string;
  readonly email: string;
  readonly createdAt: number;
}

/** Whose an identity is: ?1 issuer, ?2 subject. */
export const ownerOfIdentity = across<{ userId: string }>(
  'identities.owner',
  `SELECT user_id AS userId FROM identities WHERE issuer = ?1 AND subject = ?2`,
);

/**
 * An account without a password, whose address a provider has verified. An address that has one is refused;
 * one that the policy keeps out gets none, and what follows in the batch is refused. ?4 now, ?5 policy.
 */
export const insertVerifiedAccount = across<never>(
  'identities.insertAccount',
  `INSERT INTO users (id, email, name, email_verified_at, created_at)
   SELECT ?1, ?2, ?3, ?4, ?4
   WHERE ?5 = 'open' OR EXISTS (
     SELECT 1 FROM invitations
     JOIN tenants ON tenants.id = invitations.tenant_id AND tenants.deletes_at IS NULL
     WHERE invitations.email = ?2 AND invitations.expires_at > ?4
   )`,
);

/** Refused where the identity belongs to anybody, or the user has one with this provider. */
export const insertIdentity = across<never>(
  'identities.insert',
  `INSERT INTO identities (id, user_id, issuer, subject, email, created_at)
   VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
);

/** Bounded by the number of providers. */
export const identitiesOfUser = across<IdentityRow>(
  'identities.ofUser',
  `SELECT id, issuer, email, created_at AS createdAt
   FROM identities WHERE user_id = ?1 ORDER BY created_at, id`,
);

/**
 * An event that lets its batch through only while the user has this identity and another way to log
 * in. It goes before the removal: batches run one after the other, so of the last two one stays.
 * ?2 user, ?5 identity.
 */
export const noteUnlinked = across<never>(
  'identities.noteUnlinked',
  `INSERT INTO security_events (id, user_id, kind, created_at)
   VALUES (?1, (
     SELECT users.id FROM users
     JOIN identities ON identities.user_id = users.id
     WHERE users.id = ?2 AND identities.id = ?5 AND (
       users.password_hash IS NOT NULL OR EXISTS (
         SELECT 1 FROM identities AS others WHERE others.user_id = ?2 AND others.id <> ?5
       )
     )
   ), ?3, ?4)`,
);

export const deleteIdentity = across<never>(
  'identities.delete',
  `DELETE FROM identities WHERE id = ?1 AND user_id = ?2`,
);
