import { acrossTenants } from '../db/across-tenants.ts';
import { accountById, changeEmail } from '../db/statements/accounts.ts';
import {
  confirmEmailChange,
  removeEmailChange,
  requestEmailChange,
} from '../db/statements/email-changes.ts';
import { insertEventOfEmailChange } from '../db/statements/security-events.ts';
import type { RequestContext } from '../http/context.ts';
import { limits } from '../limits/policies.ts';
import { mayMail, mayMailOwn } from '../mail/allowance.ts';
import { messages } from '../mail/messages.ts';
import { writeAndMail } from '../mail/outbox.ts';
import { retireAllStatement, unusable } from './one-time-token.ts';
import { eventIf, eventStatement } from './security-events.ts';
import { forgetEndedSessions } from './sessions.ts';
import { hashToken, isToken, mintToken } from './token.ts';

/** How long both sides have to confirm. */
const lifetimeMs = 60 * 60 * 1_000;

/**
 * Asks the old address and the new one to confirm. Nothing changes before both did. An address that
 * was sent too much already gets no more, and the answer does not tell.
 */
export async function askForEmailChange(
  context: RequestContext,
  user: { id: string; email: string; emailVerified: boolean },
  email: string,
): Promise<void> {
  const oldToken = mintToken();
  const newToken = mintToken();
  const mayMailOld = await mayMailOwn(context, user);
  const mayMailNew = await mayMail(context, email, limits.movesByAddress);
  const [oldHash, newHash] = [await hashToken(oldToken), await hashToken(newToken)];
  const expiresAt = context.now + lifetimeMs;
  const accounts = acrossTenants(context.database, 'accounts');
  await writeAndMail(
    context,
    [
      accounts.bind(requestEmailChange, user.id, email, oldHash, newHash, expiresAt),
      eventStatement(context, user.id, 'email_change_requested'),
    ],
    [
      ...(mayMailOld ? [messages.confirmOldEmail(user.email, email, oldToken)] : []),
      ...(mayMailNew ? [messages.confirmNewEmail(email, newToken)] : []),
    ],
  );
}

/**
 * Confirms one side; with the second, the address changes, counts as proven, and every session and
 * every other mailed token ends.
 * @returns whether the address was changed by this
 * @throws {Problem} 400 for a token that is not good, or when the address was taken meanwhile
 */
export async function confirmEmail(context: RequestContext, token: string): Promise<boolean> {
  const accounts = acrossTenants(context.database, 'accounts');
  const change = isToken(token)
    ? await accounts.first(confirmEmailChange, await hashToken(token), context.now)
    : null;
  if (change === null) throw unusable('body.token');
  if (change.oldConfirmedAt === null || change.newConfirmedAt === null) return false;
  const { email, userId } = change;
  const account = await accounts.first(accountById, userId);
  if (account === null || account.disabledAt !== null) throw unusable('body.token');
  await writeAndMail(
    context,
    [
      accounts.bind(changeEmail, userId, email, context.now),
      eventIf(context, userId, 'email_changed', insertEventOfEmailChange, email),
      accounts.bind(removeEmailChange, userId),
      retireAllStatement(context, userId),
    ],
    [messages.emailChanged(account.email), messages.emailChanged(email)],
    unusable('body.token'),
  );
  forgetEndedSessions(context, userId);
  return true;
}
