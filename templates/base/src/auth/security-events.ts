import { acrossTenants } from '../db/across-tenants.ts';
import type { BoundStatement } from '../db/database.ts';
import {
  insertEventOfEmailChange,
  insertEventOfPassword,
  insertEventOfToken,
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
  | 'recovery_code_used'
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

/** An event that lets its batch through only if the user's password now has this hash. */
export function eventIfPassword(
  context: RequestContext,
  userId: string,
  kind: SecurityEvent,
  passwordHash: string,
): BoundStatement<never> {
  const across = acrossTenants(context.database, 'security events');
  const id = crypto.randomUUID();
  return across.bind(insertEventOfPassword, id, userId, kind, context.now, passwordHash);
}

/** An event that lets its batch through only if this request has spent the token in it. */
export function eventIfSpent(
  context: RequestContext,
  userId: string,
  kind: SecurityEvent,
  tokenHash: string,
): BoundStatement<never> {
  const across = acrossTenants(context.database, 'security events');
  const id = crypto.randomUUID();
  const { now, requestId } = context;
  return across.bind(insertEventOfToken, id, userId, kind, now, tokenHash, requestId);
}

/** An event that lets its batch through only while both sides have confirmed this address. */
export function eventIfConfirmed(
  context: RequestContext,
  userId: string,
  kind: SecurityEvent,
  email: string,
): BoundStatement<never> {
  const across = acrossTenants(context.database, 'security events');
  const id = crypto.randomUUID();
  return across.bind(insertEventOfEmailChange, id, userId, kind, context.now, email);
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
