import { crossTenantStatements, tenantStatement } from '../statement.ts';
import type { Role } from '../tenant.ts';
import type { MyTenantRow } from './tenants.ts';

const across = crossTenantStatements('invitations');

export interface InvitationRow {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly expiresAt: number;
  readonly createdAt: number;
}

/** A tenant somebody is invited to, in the role they would have, and the role of who invited them. */
export interface OpenInvitationRow extends MyTenantRow {
  readonly inviterRole: Role;
  readonly members: number;
  /** The address that is invited. */
  readonly email: string;
  readonly expiresAt: number;
}

/**
 * Replaces an earlier invitation of the address, unless that is one for an owner and this is none.
 * Nobody is invited who is a member, nor by somebody who no longer has the role the guard found.
 * ?2 id, ?3 address, ?4 role, ?5 token hash, ?6 expiry, ?7 now, ?8 who asks, ?9 their role.
 */
export const insertInvitation = tenantStatement<never>(
  'invitations.insert',
  `INSERT INTO invitations
     (tenant_id, id, email, role, token_hash, expires_at, created_at, invited_by)
   SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, asking.user_id
   FROM memberships AS asking
   WHERE asking.tenant_id = ?1 AND asking.user_id = ?8 AND asking.role = ?9
     AND NOT EXISTS (
       SELECT 1 FROM users
       JOIN memberships ON memberships.tenant_id = ?1 AND memberships.user_id = users.id
       WHERE users.email = ?3
     )
   ON CONFLICT (tenant_id, email) DO UPDATE SET
     id = ?2, role = ?4, token_hash = ?5, expires_at = ?6, created_at = ?7, invited_by = ?8
   WHERE CASE invitations.role WHEN 'owner' THEN ?9 = 'owner' ELSE 1 END`,
);

/** Oldest first: ?2 and ?3 the last invitation of the page before, ?4 how many, ?5 now. */
export const listInvitations = tenantStatement<InvitationRow>(
  'invitations.list',
  `SELECT id, email, role, expires_at AS expiresAt, created_at AS createdAt
   FROM invitations
   WHERE tenant_id = ?1 AND (created_at, id) > (?2, ?3) AND expires_at > ?5
   ORDER BY created_at, id
   LIMIT ?4`,
);

export const readInvitation = tenantStatement<InvitationRow>(
  'invitations.read',
  `SELECT id, email, role, expires_at AS expiresAt, created_at AS createdAt
   FROM invitations WHERE tenant_id = ?1 AND id = ?2`,
);

export const removeInvitation = tenantStatement<never>(
  'invitations.remove',
  `DELETE FROM invitations WHERE tenant_id = ?1 AND id = ?2`,
);

/** The inner question has an index; a DELETE that asks it would read every invitation of the tenant. */
export const removeInvitationsOf = tenantStatement<never>(
  'invitations.removeOf',
  `DELETE FROM invitations WHERE tenant_id = ?1 AND id IN (
     SELECT id FROM invitations WHERE tenant_id = ?1 AND invited_by = ?2
   )`,
);

export const removeInvitations = tenantStatement<never>(
  'invitations.removeAll',
  `DELETE FROM invitations WHERE tenant_id = ?1`,
);

/** Where a token leads, and who sent it; whether it may be followed is for the next statement. ?1 token hash. */
export const findInvitation = across<OpenInvitationRow>(
  'invitations.find',
  `SELECT tenants.id, tenants.name, tenants.tier, tenants.created_at AS createdAt,
     tenants.deletes_at AS deletesAt, tenants.member_count AS members,
     invitations.role, invitations.email, invitations.expires_at AS expiresAt,
     inviters.role AS inviterRole
   FROM invitations
   JOIN memberships AS inviters ON inviters.tenant_id = invitations.tenant_id
     AND inviters.user_id = invitations.invited_by
   JOIN tenants ON tenants.id = invitations.tenant_id
   WHERE invitations.token_hash = ?1
     AND (SELECT disabled_at FROM users WHERE id = invitations.invited_by) IS NULL`,
);

/**
 * Lets a user in who has proven the very address that was invited, while the invitation has not
 * expired, its inviter may log in and still has the role that was found, and the tenant is not about to be deleted
 * and has room. ?1 token hash, ?2 user, ?3 now, ?4 the inviter's role, ?5 how many members there may be.
 */
export const acceptInvitation = across<never>(
  'invitations.accept',
  `INSERT INTO memberships (tenant_id, user_id, role, created_at)
   SELECT invitations.tenant_id, users.id, invitations.role, ?3
   FROM invitations
   JOIN users ON users.id = ?2 AND users.email = invitations.email
     AND users.email_verified_at IS NOT NULL
   JOIN memberships AS inviters ON inviters.tenant_id = invitations.tenant_id
     AND inviters.user_id = invitations.invited_by AND inviters.role = ?4
   JOIN tenants ON tenants.id = invitations.tenant_id AND tenants.deletes_at IS NULL
     AND tenants.member_count < ?5
   WHERE invitations.token_hash = ?1 AND invitations.expires_at > ?3
     AND (SELECT disabled_at FROM users WHERE id = invitations.invited_by) IS NULL`,
);

/** An invitation works once. ?1 token hash. */
export const spendInvitation = across<never>(
  'invitations.spend',
  `DELETE FROM invitations WHERE token_hash = ?1`,
);
