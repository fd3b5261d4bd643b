import type { UserActor } from '../auth/access.ts';
import type { Parameter } from '../db/statement.ts';
import { listAudit, type AuditRow } from '../db/statements/audit.ts';
import type { TenantDatabase } from '../db/with-tenant.ts';
import type { RequestContext } from '../http/context.ts';
import type { Page } from '../http/pagination.ts';

/** What is written down. Words are stable: people search for them. */
export type AuditAction =
  | 'invitation.accepted'
  | 'invitation.created'
  | 'invitation.revoked'
  | 'member.removed'
  | 'member.role_changed'
  | 'project.created'
  | 'project.deleted'
  | 'project.updated'
  | 'tenant.created'
  | 'tenant.deletion_cancelled'
  | 'tenant.deletion_requested'
  | 'tenant.exported'
  | 'tenant.updated';

/** Who does something, in which request, and when. */
export interface Author {
  readonly userId: string;
  readonly requestId: string;
  readonly now: number;
}

/** What somebody does, and to what. Ids and roles only: the log outlives the people in it. */
export interface AuditEntry {
  readonly by: Author;
  readonly action: AuditAction;
  readonly target: string;
  /** What it comes to, where that is more than done: a role. */
  readonly result?: string;
}

/** What was done in one tenant. There is no way to write it but together with a change. */
export interface AuditRepository {
  /** The rows after `position`, oldest first; one more than `limit`, which tells of a next page. */
  list(page: Page): Promise<AuditRow[]>;
}

export function auditRepository(database: TenantDatabase): AuditRepository {
  return {
    list: ({ position, limit }) =>
      database.all(listAudit, position.createdAt, position.id, limit + 1),
  };
}

/** The author of whatever a request changes. */
export function authorOf({ requestId, now }: RequestContext, { user }: UserActor): Author {
  return { userId: user.id, requestId, now };
}

/** An entry as the parameters behind the tenant of the statement that inserts it. */
export function auditParameters({ by, action, target, result = 'done' }: AuditEntry): Parameter[] {
  return [crypto.randomUUID(), by.userId, action, target, result, by.requestId, by.now];
}
