import { acrossTenants } from '../../db/across-tenants.ts';
import { DatabaseError } from '../../db/errors.ts';
import { accountById, type AccountRow } from '../../db/statements/accounts.ts';
import {
  deleteIdentity,
  identitiesOfUser,
  insertIdentity,
  insertVerifiedAccount,
  noteUnlinked,
  ownerOfIdentity,
} from '../../db/statements/identities.ts';
import type { RequestContext } from '../../http/context.ts';
import { Problem } from '../../http/problem.ts';
import { deliverMail, mailStatement } from '../../mail/outbox.ts';
import { requireOpen } from '../../ops/require-open.ts';
import type { UserActor } from '../access.ts';
import { eventStatement, type SecurityEvent } from '../security-events.ts';
import { OAuthFailure } from './failure.ts';
import type { Provider, ProvenIdentity } from './provider.ts';
import { nameOfIssuer } from './providers.ts';

type User = UserActor['user'];

/**
 * The account to log in to with an identity: the one it belongs to, or a new one. An address that has
 * an account is never taken over: whoever owns both logs in there and links the identity.
 * @throws {OAuthFailure} `account_exists`, `account_disabled`, `signup_closed`
 */
export async function accountFor(
  context: RequestContext,
  provider: Provider,
  identity: ProvenIdentity,
): Promise<AccountRow> {
  const known = await ownerOf(context, provider, identity);
  if (known === null) await createAccount(context, provider, identity);
  // Asked again also where creating was refused: this identity may have been faster in another tab.
  const owner = known ?? (await ownerOf(context, provider, identity));
  if (owner === null) throw new OAuthFailure('account_exists');
  const account = await acrossTenants(context.database, 'accounts').first(accountById, owner);
  if (account === null || account.disabledAt !== null) throw new OAuthFailure('account_disabled');
  return account;
}

async function createAccount(
  context: RequestContext,
  provider: Provider,
  identity: ProvenIdentity,
): Promise<void> {
  await requireOpen(context, 'signup', new OAuthFailure('signup_closed'));
  const { email, name } = identity;
  const userId = crypto.randomUUID();
  const across = acrossTenants(context.database, 'accounts');
  try {
    await context.database.batch([
      across.bind(insertVerifiedAccount, userId, email, name, context.now),
      identityStatement(context, userId, provider, identity),
      eventStatement(context, userId, 'signed_up'),
    ]);
  } catch (thrown) {
    if (!(thrown instanceof DatabaseError && thrown.kind === 'conflict')) throw thrown;
  }
}

/**
 * Adds an identity to the account of who is logged in, and tells its owner.
 * @throws {OAuthFailure} `link_conflict`, which does not say whose the identity is
 */
export async function linkIdentity(
  context: RequestContext,
  user: User,
  provider: Provider,
  identity: ProvenIdentity,
): Promise<void> {
  if ((await ownerOf(context, provider, identity)) === user.id) return;
  await context.database.batchOr(new OAuthFailure('link_conflict'), [
    identityStatement(context, user.id, provider, identity),
    eventStatement(context, user.id, 'identity_linked'),
    await mailStatement(context, notice(user, `You can now log in with ${provider.title}`)),
  ]);
  context.background('deliver mail', () => deliverMail(context));
}

/** The identities a user can log in with. */
export async function listIdentities(context: RequestContext, userId: string) {
  const rows = await acrossTenants(context.database, 'accounts').all(identitiesOfUser, userId);
  return rows.map(({ id, issuer, email, createdAt }) => ({
    id,
    provider: nameOfIssuer(issuer),
    email,
    createdAt: new Date(createdAt).toISOString(),
  }));
}

/**
 * Takes an identity off an account, and tells its owner.
 * @throws {Problem} 404 when it is not theirs, 409 when it is the last way to log in
 */
export async function unlinkIdentity(
  context: RequestContext,
  user: User,
  identityId: string,
): Promise<void> {
  const identities = await listIdentities(context, user.id);
  if (!identities.some(({ id }) => id === identityId)) throw new Problem('not_found');
  const across = acrossTenants(context.database, 'accounts');
  const event: SecurityEvent = 'identity_unlinked';
  const eventId = crypto.randomUUID();
  await context.database.batchOr(new Problem('conflict'), [
    across.bind(noteUnlinked, eventId, user.id, event, context.now, identityId),
    across.bind(deleteIdentity, identityId, user.id),
    await mailStatement(context, notice(user, 'A way to log in was removed')),
  ]);
  context.background('deliver mail', () => deliverMail(context));
}

const notice = ({ email }: User, subject: string) => ({
  to: email,
  subject,
  paragraphs: [
    'The accounts at other services that you can log in with have changed.',
    'If it was not you, choose a new password, log out everywhere and look the list over.',
  ],
});

async function ownerOf(context: RequestContext, { server }: Provider, { subject }: ProvenIdentity) {
  const across = acrossTenants(context.database, 'accounts');
  return (await across.first(ownerOfIdentity, server.issuer, subject))?.userId ?? null;
}

function identityStatement(
  context: RequestContext,
  userId: string,
  { server }: Provider,
  { subject, email }: ProvenIdentity,
) {
  const across = acrossTenants(context.database, 'accounts');
  const id = crypto.randomUUID();
  return across.bind(insertIdentity, id, userId, server.issuer, subject, email, context.now);
}
