import { acrossTenants } from '../db/across-tenants.ts';
import { accountById, changeEmail } from '../db/statements/accounts.ts';
import {
  confirmEmailChange,
  removeEmailChange,
  requestEmailChange,
} from '../db/statements/email-changes.ts';
import type { RequestContext } from '../http/context.ts';
import { Problem } from '../http/problem.ts';
import { messages } from '../mail/messages.ts';
import { deliverMail, mailStatement } from '../mail/outbox.ts';
import { eventStatement } from './security-events.ts';
import { hashToken, isToken, mintToken } from './token.ts';

/** How long both sides have to confirm. */
const lifetimeMs = 60 * 60 * 1_000;

/** Asks the old address and the new one to confirm. Nothing changes before both did. */
export async function askForEmailChange(
  context: RequestContext,
  user: { id: string; email: string },
  email: string,
): Promise<void> {
  const oldToken = mintToken();
  const newToken = mintToken();
  await context.database.batch([
    acrossTenants(context.database, 'accounts').bind(
      requestEmailChange,
      user.id,
      email,
      await hashToken(oldToken),
      await hashToken(newToken),
      context.now + lifetimeMs,
    ),
    eventStatement(context, user.id, 'email_change_requested'),
    await mailStatement(context, messages.confirmOldEmail(user.email, email, oldToken)),
    await mailStatement(context, messages.confirmNewEmail(email, newToken)),
  ]);
  context.background('deliver mail', deliverMail(context, context.now));
}

/**
 * Confirms one side; with the second, the address changes, counts as proven, and every session ends.
 * @returns whether the address was changed by this
 * @throws {Problem} 400 for a token that is not good, 409 when the address was taken meanwhile
 */
export async function confirmEmail(context: RequestContext, token: string): Promise<boolean> {
  const accounts = acrossTenants(context.database, 'accounts');
  const change = isToken(token)
    ? await accounts.first(confirmEmailChange, await hashToken(token), context.now)
    : null;
  if (change === null) {
    const message = 'This link or code has expired or was used; ask for the change again';
    throw new Problem('invalid_input', { errors: [{ field: 'body.token', message }] });
  }
  if (change.oldConfirmedAt === null || change.newConfirmedAt === null) return false;
  const account = await accounts.first(accountById, change.userId);
  if (account === null) throw new Problem('not_found');
  await context.database.batch([
    accounts.bind(changeEmail, change.userId, change.email, context.now),
    accounts.bind(removeEmailChange, change.userId),
    eventStatement(context, change.userId, 'email_changed'),
    await mailStatement(context, messages.emailChanged(account.email)),
    await mailStatement(context, messages.emailChanged(change.email)),
  ]);
  context.background('deliver mail', deliverMail(context, context.now));
  return true;
}
