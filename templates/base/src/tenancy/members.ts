import { removeInvitationsOf } from '../db/statements/invitations.ts';
import {
  changeRole,
  listMembers,
  readMember,
  removeMember,
  type MemberRow,
} from '../db/statements/members.ts';
import type { Role } from '../db/tenant.ts';
import type { TenantDatabase } from '../db/with-tenant.ts';
import type { Page } from '../http/pagination.ts';
import type { Author } from './audit.ts';
import { isAtLeast } from './roles.ts';

/** Who belongs to one tenant, and as what. */
export interface MemberRepository {
  /** The members after `position`, oldest first; one more than `limit`, which tells of a next page. */
  list(page: Page): Promise<MemberRow[]>;
  read(userId: string): Promise<MemberRow | null>;
  /**
   * Gives a member, as they were read, another role. Who is demoted takes what they invited along.
   * Answers false where no owner would be left, or where either role has changed meanwhile.
   */
  changeRole(member: MemberRow, role: Role, by: Author): Promise<boolean>;
  /** Removes a member with what they invited, or answers false as above. */
  remove(member: MemberRow, by: Author): Promise<boolean>;
}

export function memberRepository(database: TenantDatabase): MemberRepository {
  return {
    list: ({ position, limit }) =>
      database.all(listMembers, position.createdAt, position.id, limit + 1),
    read: (userId) => database.first(readMember, userId),
    changeRole: (member, role, by) =>
      database.write(
        { by, action: 'member.role_changed', target: member.id, result: role },
        database.bind(changeRole, member.id, role, member.role, by.userId, database.tenant.role),
        ...(isAtLeast(role, member.role) ? [] : [database.bind(removeInvitationsOf, member.id)]),
      ),
    remove: (member, by) =>
      database.write(
        { by, action: 'member.removed', target: member.id, result: member.role },
        database.bind(removeMember, member.id, member.role, by.userId, database.tenant.role),
      ),
  };
}
