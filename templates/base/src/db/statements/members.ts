import { tenantStatement } from '../statement.ts';
import type { Role } from '../tenant.ts';

export interface MemberRow {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly createdAt: number;
}

/** Oldest first: ?2 and ?3 the last member of the page before, ?4 how many. */
export const listMembers = tenantStatement<MemberRow>(
  'members.list',
  `SELECT users.id, users.name, users.email, memberships.role, memberships.created_at AS createdAt
   FROM memberships
   JOIN users ON users.id = memberships.user_id
   WHERE memberships.tenant_id = ?1
     AND (memberships.created_at, memberships.user_id) > (?2, ?3)
   ORDER BY memberships.created_at, memberships.user_id
   LIMIT ?4`,
);

export const readMember = tenantStatement<MemberRow>(
  'members.read',
  `SELECT users.id, users.name, users.email, memberships.role, memberships.created_at AS createdAt
   FROM memberships
   JOIN users ON users.id = memberships.user_id
   WHERE memberships.tenant_id = ?1 AND memberships.user_id = ?2`,
);

/**
 * Changes nothing where the member's role is no longer the one that was read, where no owner would
 * be left who may log in, or where who asks no longer has the role the guard found.
 * ?2 member, ?3 role, ?4 the role that was read, ?5 who asks, ?6 their role.
 */
export const changeRole = tenantStatement<never>(
  'members.changeRole',
  `UPDATE memberships SET role = ?3
   WHERE tenant_id = ?1 AND user_id = ?2 AND role = ?4
     AND CASE WHEN role = 'owner' AND ?3 <> 'owner' THEN EXISTS (
       SELECT 1 FROM memberships AS others
       WHERE others.tenant_id = ?1 AND others.role = 'owner' AND others.user_id <> ?2
         AND (SELECT disabled_at FROM users WHERE id = others.user_id) IS NULL
     ) ELSE 1 END
     AND EXISTS (
       SELECT 1 FROM memberships AS asking
       WHERE asking.tenant_id = ?1 AND asking.user_id = ?5 AND asking.role = ?6
     )`,
);

/** Under the same conditions. ?2 member, ?3 the role that was read, ?4 who asks, ?5 their role. */
export const removeMember = tenantStatement<never>(
  'members.remove',
  `DELETE FROM memberships
   WHERE tenant_id = ?1 AND user_id = ?2 AND role = ?3
     AND CASE WHEN role = 'owner' THEN EXISTS (
       SELECT 1 FROM memberships AS others
       WHERE others.tenant_id = ?1 AND others.role = 'owner' AND others.user_id <> ?2
         AND (SELECT disabled_at FROM users WHERE id = others.user_id) IS NULL
     ) ELSE 1 END
     AND EXISTS (
       SELECT 1 FROM memberships AS asking
       WHERE asking.tenant_id = ?1 AND asking.user_id = ?4 AND asking.role = ?5
     )`,
);
