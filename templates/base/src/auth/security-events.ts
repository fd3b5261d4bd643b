import { acrossTenants } from '../db/across-tenants.ts';
import type { BoundStatement } from '../db/database.ts';
import {
  insertSecurityEvent,
  securityEventsOfUser,
  type SecurityEventRow,
} from '../db/statements/security-events.ts';
import type { RequestContext } from '../http/context.ts';
import type { Position } from '../http/pagination.ts';

/** What an account's owner can look up afterwards. */
export type SecurityEvent =
  | 'email_change_requested'
  | 'email_changed'
  | 'email_verified'
  | 'logged_in'
  | 'logged_out_everywhere'
  | 'mfa_activated'
  | 'mfa_disabled'
  | 'password_changed'
  | 'password_reset'
  | 'recovery_codes_replaced'
  | 'second_step_failed'
  | 'signed_up'
  | 'stepped_up';

/** An event to put into the same batch as the change it tells of. */
export function eventStatement(
  context: RequestContext,
  userId: string,
  kind: SecurityEvent,
): BoundStatement<never> {
  const across = acrossTenants(context.database, 'security events');
  return across.bind(insertSecurityEvent, crypto.randomUUID(), userId, kind, context.now);
}

/** What happened to a user's account, oldest first; one more than `limit`, which tells of a next page. */
export function listSecurityEvents(
  context: RequestContext,
  userId: string,
  { position, limit }: { position: Position; limit: number },
): Promise<SecurityEventRow[]> {
  return acrossTenants(context.database, 'security events').all(
    securityEventsOfUser,
    userId,
    position.createdAt,
    position.id,
    limit + 1,
  );
}
