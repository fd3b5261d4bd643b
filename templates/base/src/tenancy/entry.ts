import type { UserActor } from '../auth/access.ts';
import { hashToken } from '../auth/token.ts';
import { acrossTenants } from '../db/across-tenants.ts';
import { insertAuditOfEntry } from '../db/statements/audit.ts';
import { acceptInvitation, findInvitation, spendInvitation } from '../db/statements/invitations.ts';
import type { MyTenantRow } from '../db/statements/tenants.ts';
import type { RequestContext } from '../http/context.ts';
import { Problem } from '../http/problem.ts';
import { auditParameters, authorOf } from './audit.ts';
import { plans } from './plans.ts';
import { mayGovern } from './roles.ts';

/**
 * Makes the user a member of the tenant that a mailed token invites to. The token alone is not
 * enough: the user must have proven the address it was sent to, as it is now, and whoever invited
 * them must still be in a position to.
 * @throws {Problem} 404 for a token that is not, or no longer, good for this user, whatever the reason;
 * 402 where it is good, and the tenant's plan has no room
 */
export async function joinTenant(
  context: RequestContext,
  actor: UserActor,
  token: string,
): Promise<MyTenantRow> {
  const { database, now } = context;
  const across = acrossTenants(database, 'invitations');
  const tokenHash = await hashToken(token);
  const invitation = await across.first(findInvitation, tokenHash);
  if (invitation === null || !mayGovern(invitation.inviterRole, invitation.role)) {
    throw new Problem('not_found');
  }
  const { id, role: result, inviterRole, tier } = invitation;
  const atMost = plans[tier].members;
  const { id: target } = actor.user;
  const by = authorOf(context, actor);
  const entry = auditParameters({ by, action: 'invitation.accepted', target, result });
  const isMember = await database.batchIf([
    across.bind(acceptInvitation, tokenHash, target, now, inviterRole, atMost),
    acrossTenants(database, 'my tenants').bind(insertAuditOfEntry, id, ...entry),
    across.bind(spendInvitation, tokenHash),
  ]);
  if (isMember) return invitation;
  const left = await across.first(findInvitation, tokenHash);
  const { email, emailVerified } = actor.user;
  const isTheirs = emailVerified && left?.email === email && left.expiresAt > now;
  throw new Problem(isTheirs && left.members >= atMost ? 'quota_exceeded' : 'not_found');
}
