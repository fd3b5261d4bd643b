import { acrossTenants } from '../db/across-tenants.ts';
import { accountByEmail, accountById, setPassword } from '../db/statements/accounts.ts';
import type { RequestContext } from '../http/context.ts';
import { Problem } from '../http/problem.ts';
import { messages } from '../mail/messages.ts';
import { deliverMail, mailStatement } from '../mail/outbox.ts';
import { spendToken, tokenStatements } from './one-time-token.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { eventStatement, type SecurityEvent } from './security-events.ts';
import { mintToken } from './token.ts';

/** Mails a link to choose a new password, if the address has an account. Run it after the answer. */
export async function sendReset(context: RequestContext, email: string): Promise<void> {
  const account = await acrossTenants(context.database, 'accounts').first(accountByEmail, email);
  if (account === null || account.disabledAt !== null) return;
  const text = mintToken();
  await context.database.batch([
    ...(await tokenStatements(context, 'reset password', { text, userId: account.id })),
    await mailStatement(context, messages.resetPassword(account.email, text)),
  ]);
  await deliverMail(context, context.now);
}

/**
 * Sets a new password with a mailed token. It opens no session: whoever has it still logs in, and
 * still takes the second step (ASVS 5.0, 6.4.3).
 * @throws {Problem} 400 when the token is not, or no longer, good
 */
export async function resetPassword(
  context: RequestContext,
  token: string,
  password: string,
): Promise<void> {
  const { userId } = await spendToken(context, 'reset password', token);
  await replacePassword(context, userId, password, 'password_reset');
}

/**
 * Changes the password of who knows the current one, and ends every session.
 * @returns the account with its new epoch, to open a session for this browser again
 * @throws {Problem} 401 when the current password is wrong
 */
export async function changePassword(
  context: RequestContext,
  userId: string,
  { current, password }: { current: string; password: string },
): Promise<{ id: string; sessionEpoch: number }> {
  const account = await acrossTenants(context.database, 'accounts').first(accountById, userId);
  const isRight = await verifyPassword(current, account?.passwordHash ?? null);
  if (account === null || !isRight) throw new Problem('unauthenticated');
  await replacePassword(context, userId, password, 'password_changed');
  return { id: userId, sessionEpoch: account.sessionEpoch + 1 };
}

async function replacePassword(
  context: RequestContext,
  userId: string,
  password: string,
  event: SecurityEvent,
): Promise<void> {
  const accounts = acrossTenants(context.database, 'accounts');
  const account = await accounts.first(accountById, userId);
  if (account === null) throw new Problem('not_found');
  await context.database.batch([
    accounts.bind(setPassword, userId, await hashPassword(password)),
    eventStatement(context, userId, event),
    await mailStatement(context, messages.passwordChanged(account.email)),
  ]);
  context.background('deliver mail', deliverMail(context, context.now));
}
