import { acrossTenants } from '../db/across-tenants.ts';
import { changeEmail } from '../db/statements/accounts.ts';
import {
  confirmEmailChange,
  findEmailChange,
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
import { requireOwner, type Ownership } from './verification.ts';

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
 * every other mailed token ends. The link alone is not enough: somebody may move an account of theirs
 * to the address of another, and wait for them to click.
 * @returns whether the address was changed by this
 * @throws {Problem} 400 for a token that is not good, or when the address was taken meanwhile; 401 where
 * ownership is not shown, and then nothing is noted; 429
 */
export async function confirmEmail(
  context: RequestContext,
  token: string,
  ownership: Ownership,
): Promise<boolean> {
  const accounts = acrossTenants(context.database, 'accounts');
  const side = [await hashToken(token), context.now] as const;
  const asked = isToken(token) ? await accounts.first(findEmailChange, ...side) : null;
  if (asked === null) throw unusable('body.token');
  const account = await requireOwner(context, asked.userId, ownership);
  const change = await accounts.first(confirmEmailChange, ...side);
  if (change === null) throw unusable('body.token');
  if (change.oldConfirmedAt === null || change.newConfirmedAt === null) return false;
  const { email, userId } = change;
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
