import { acrossTenants } from '../../db/across-tenants.ts';
import { accountByEmail, accountById, type AccountRow } from '../../db/statements/accounts.ts';
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
import { writeAndMail } from '../../mail/outbox.ts';
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
 * @throws {OAuthFailure} `account_exists`, `account_disabled`, `not_invited`, `signup_closed`
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
  const accounts = acrossTenants(context.database, 'accounts');
  if (owner === null) {
    const isTaken = (await accounts.first(accountByEmail, identity.email)) !== null;
    throw new OAuthFailure(isTaken ? 'account_exists' : 'not_invited');
  }
  const account = await accounts.first(accountById, owner);
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
  const { signupPolicy } = context.configuration;
  const across = acrossTenants(context.database, 'accounts');
  // Where it is refused, the identity or the address may have been faster elsewhere: who has it is asked next.
  await context.database.batchIf([
    across.bind(insertVerifiedAccount, userId, email, name, context.now, signupPolicy),
    identityStatement(context, userId, provider, identity),
    eventStatement(context, userId, 'signed_up'),
  ]);
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
  const writes = [
    identityStatement(context, user.id, provider, identity),
    eventStatement(context, user.id, 'identity_linked'),
  ];
  const mail = notice(user, `You can now log in with ${provider.title}`);
  await writeAndMail(context, writes, [mail], new OAuthFailure('link_conflict'));
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
  const writes = [
    across.bind(noteUnlinked, eventId, user.id, event, context.now, identityId),
    across.bind(deleteIdentity, identityId, user.id),
  ];
  await writeAndMail(context, writes, [notice(user, 'A way to log in was removed')]);
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
