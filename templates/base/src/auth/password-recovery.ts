import { acrossTenants } from '../db/across-tenants.ts';
import type { BoundStatement } from '../db/database.ts';
import {
  accountByEmail,
  accountById,
  changePassword as changePasswordStatement,
  resetPassword as resetPasswordStatement,
  type AccountRow,
} from '../db/statements/accounts.ts';
import { removeEmailChange } from '../db/statements/email-changes.ts';
import { insertEventOfPassword, insertEventOfToken } from '../db/statements/security-events.ts';
import type { RequestContext } from '../http/context.ts';
import { Problem } from '../http/problem.ts';
import { limitAccount } from '../limits/enforce.ts';
import { limits } from '../limits/policies.ts';
import { mayMail, mayMailOwn } from '../mail/allowance.ts';
import { messages } from '../mail/messages.ts';
import { writeAndMail } from '../mail/outbox.ts';
import { refuseBreached } from './breached-passwords.ts';
import {
  findUsableToken,
  retireAllStatement,
  spendStatement,
  tokenStatements,
  unusable,
} from './one-time-token.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { eventIf } from './security-events.ts';
import { forgetEndedSessions } from './sessions.ts';
import { mintToken } from './token.ts';

/**
 * Mails a link to choose a new password, if the address has an account. D1 is asked for it before the answer, or
 * one would be promised while D1 is away; all that differs is done after. @throws {DatabaseError}
 */
export async function sendReset(context: RequestContext, email: string): Promise<void> {
  const account = await acrossTenants(context.database, 'accounts').first(accountByEmail, email);
  context.background('send a password reset', () => mailReset(context, email, account));
}

async function mailReset(
  context: RequestContext,
  email: string,
  account: AccountRow | null,
): Promise<void> {
  if (!(await mayMail(context, email))) return;
  if (account === null || account.disabledAt !== null) return;
  const text = mintToken();
  const writes = await tokenStatements(context, 'reset password', { text, userId: account.id });
  await writeAndMail(context, writes, [messages.resetPassword(account.email, text)]);
}

/**
 * Sets a new password with a mailed token. It opens no session: whoever has it still logs in, and
 * still takes the second step (ASVS 5.0, 6.4.3).
 * @returns the account as it was
 * @throws {Problem} 400 when the token is not, or no longer, good, or the password known from a breach
 */
export async function resetPassword(
  context: RequestContext,
  token: string,
  password: string,
): Promise<AccountRow> {
  const { tokenHash, userId } = await findUsableToken(context, 'reset password', token);
  const accounts = acrossTenants(context.database, 'accounts');
  const account = await accounts.first(accountById, userId);
  if (account === null || account.disabledAt !== null) throw unusable('body.token');
  await refuseBreached(context, password);
  const hash = await hashPassword(password);
  const { requestId } = context;
  const writes = [
    spendStatement(context, 'reset password', tokenHash),
    accounts.bind(resetPasswordStatement, userId, hash),
    eventIf(context, userId, 'password_reset', insertEventOfToken, tokenHash, requestId),
  ];
  await rescue(context, account, writes, unusable('body.token'));
  return account;
}

/**
 * Changes the password of who knows the current one, and ends every session. Who does not is counted;
 * who does is not, whatever becomes of the new one.
 * @throws {Problem} 401 when the current password is wrong, or is so by the time of the change; 400
 * when the new one is known from a breach; 429 for the sixth in an hour while the address is not proven
 */
export async function changePassword(
  context: RequestContext,
  userId: string,
  { current, password }: { current: string; password: string },
): Promise<void> {
  const attempt = await limitAccount(context, limits.stepUpByAccount, userId);
  const accounts = acrossTenants(context.database, 'accounts');
  const account = await accounts.first(accountById, userId);
  const old = account?.passwordHash ?? null;
  const isRight = await verifyPassword(current, old);
  if (account === null || !isRight) throw new Problem('unauthenticated');
  await attempt.giveBack();
  await refuseBreached(context, password);
  // Each change is mailed to the address, which may be that of a stranger.
  if (account.emailVerifiedAt === null) await limitAccount(context, limits.mailByUser, userId);
  const hash = await hashPassword(password);
  const writes = [
    accounts.bind(changePasswordStatement, userId, hash, old),
    eventIf(context, userId, 'password_changed', insertEventOfPassword, hash),
  ];
  const own = { email: account.email, emailVerified: account.emailVerifiedAt !== null };
  const isTold = await mayMailOwn(context, own);
  await rescue(context, account, writes, new Problem('unauthenticated'), isTold);
}

/** Gives the account the password; what somebody else may have set going is over, and the owner hears of it. */
async function rescue(
  context: RequestContext,
  { id, email }: AccountRow,
  writes: readonly BoundStatement<never>[],
  refusal: Problem,
  isTold = true,
): Promise<void> {
  const over = [
    retireAllStatement(context, id),
    acrossTenants(context.database, 'accounts').bind(removeEmailChange, id),
  ];
  const mails = isTold ? [messages.passwordChanged(email)] : [];
  await writeAndMail(context, [...writes, ...over], mails, refusal);
  forgetEndedSessions(context, id);
}
