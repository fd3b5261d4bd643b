import { acrossTenants } from '../db/across-tenants.ts';
import {
  deleteAccount,
  leaveTenantsUnlessSoleOwner,
  renameAccount,
} from '../db/statements/accounts.ts';
import { insertAuditOfDeletedUser } from '../db/statements/audit.ts';
import { tenantsOfUser } from '../db/statements/tenants.ts';
import type { RequestContext } from '../http/context.ts';
import type { UserActor } from './access.ts';
import { listSecurityEvents } from './security-events.ts';
import { forgetSessions, listSessions } from './sessions.ts';

const beginning = { createdAt: -1, id: '' };
const everything = 10_000;

/**
 * What the app holds about a user, for the user (GDPR, article 20): the profile, the memberships, the
 * live sessions and the last 10,000 security events.
 */
export async function exportPersonalData(context: RequestContext, { user }: UserActor) {
  const page = { position: beginning, limit: everything };
  const tenants = await acrossTenants(context.database, 'my tenants').all(
    tenantsOfUser,
    user.id,
    beginning.createdAt,
    beginning.id,
    everything,
  );
  return {
    user,
    memberships: tenants.map(({ id, name, role }) => ({ tenantId: id, tenant: name, role })),
    sessions: await listSessions(context, user.id),
    securityEvents: (await listSecurityEvents(context, user.id, page)).map(
      ({ kind, createdAt }) => ({ kind, createdAt: new Date(createdAt).toISOString() }),
    ),
  };
}

/** Changes the name a user goes by. */
export async function renameUser(
  context: RequestContext,
  userId: string,
  name: string,
): Promise<void> {
  await acrossTenants(context.database, 'accounts').change(renameAccount, userId, name);
}

/**
 * Deletes a user with all that is theirs alone: sessions, tokens, events.
 * @throws {DatabaseError} `conflict` while a tenant would be left without an owner; nothing is deleted then
 */
export async function deleteUser(context: RequestContext, userId: string): Promise<void> {
  const accounts = acrossTenants(context.database, 'accounts');
  await forgetSessions(context, userId);
  await context.database.batch([
    accounts.bind(insertAuditOfDeletedUser, userId, context.requestId, context.now),
    accounts.bind(leaveTenantsUnlessSoleOwner, userId),
    accounts.bind(deleteAccount, userId),
  ]);
}
