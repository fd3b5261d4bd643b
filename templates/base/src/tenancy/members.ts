import { insertMember } from '../db/statements/tenants.ts';
import type { Role } from '../db/tenant.ts';
import type { TenantDatabase } from '../db/with-tenant.ts';

/** Who belongs to one tenant, and as what. */
export interface MemberRepository {
  /** @throws {DatabaseError} `conflict` when the user is a member already, or does not exist */
  add(member: { userId: string; role: Role }, now: number): Promise<void>;
}

export function memberRepository(database: TenantDatabase): MemberRepository {
  return {
    async add({ userId, role }, now) {
      await database.change(insertMember, userId, role, now);
    },
  };
}
