import { acrossTenants } from '../db/across-tenants.ts';
import { accountById, verifyEmail, type AccountRow } from '../db/statements/accounts.ts';
import { removeEmailChange } from '../db/statements/email-changes.ts';
import { insertEventOfToken } from '../db/statements/security-events.ts';
import type { RequestContext } from '../http/context.ts';
import { Problem } from '../http/problem.ts';
import { limitAccount } from '../limits/enforce.ts';
import { limits } from '../limits/policies.ts';
import { messages } from '../mail/messages.ts';
import { writeAndMail } from '../mail/outbox.ts';
import {
  findUsableToken,
  retireAllStatement,
  spendStatement,
  tokenStatements,
  unusable,
} from './one-time-token.ts';
import { verifyPassword } from './password.ts';
import { eventIf } from './security-events.ts';
import { forgetEndedSessions } from './sessions.ts';
import { hashToken, mintToken } from './token.ts';

/** Mails a link that proves the address; who calls it has asked whether it may. `browserToken` is in a cookie of the browser that signed up. */
export async function sendVerification(
  context: RequestContext,
  account: { id: string; email: string },
  browserToken?: string,
): Promise<void> {
  const text = mintToken();
  const token = { text, userId: account.id, ...(browserToken !== undefined && { browserToken }) };
  const writes = await tokenStatements(context, 'verify email', token);
  await writeAndMail(context, writes, [messages.verifyEmail(account.email, text)]);
}

/** What shows that whoever follows the link also owns the account. */
export interface Ownership {
  readonly password: string | undefined;
  readonly browserToken?: string | undefined;
  readonly sessionUserId: string | undefined;
}

/**
 * Takes an address as proven. The link alone is not enough: somebody may have signed up with the
 * address of another and wait for them to click. It takes the account's password, its session or
 * the browser that signed up as well, and every session opened before is ended.
 * @returns the user whose address it is
 * @throws {Problem} 400 for a token that is not good, 401 where ownership is not shown; 429
 */
export async function verifyAddress(
  context: RequestContext,
  token: string,
  ownership: Ownership,
): Promise<string> {
  const { tokenHash, userId, browserHash } = await findUsableToken(context, 'verify email', token);
  await requireOwner(context, userId, ownership, browserHash);
  const accounts = acrossTenants(context.database, 'accounts');
  await context.database.batchOr(unusable('body.token'), [
    spendStatement(context, 'verify email', tokenHash),
    accounts.bind(verifyEmail, userId, context.now),
    eventIf(context, userId, 'email_verified', insertEventOfToken, tokenHash, context.requestId),
    retireAllStatement(context, userId),
    accounts.bind(removeEmailChange, userId),
  ]);
  forgetEndedSessions(context, userId);
  return userId;
}

/** The account of who follows a link. @throws {Problem} 401 where ownership is not shown, or it is disabled; 429 */
export async function requireOwner(
  context: RequestContext,
  userId: string,
  ownership: Ownership,
  browserHash: string | null = null,
): Promise<AccountRow> {
  const account = await acrossTenants(context.database, 'accounts').first(accountById, userId);
  if (account === null || account.disabledAt !== null) throw new Problem('unauthenticated');
  if (!(await isOwner(context, account, browserHash, ownership)))
    throw new Problem('unauthenticated');
  return account;
}

async function isOwner(
  context: RequestContext,
  account: AccountRow,
  browserHash: string | null,
  { password, browserToken, sessionUserId }: Ownership,
): Promise<boolean> {
  if (sessionUserId === account.id) return true;
  if (browserToken !== undefined && (await hashToken(browserToken)) === browserHash) return true;
  if (password === undefined) return false;
  const attempt = await limitAccount(context, limits.stepUpByAccount, account.id);
  const isRight = await verifyPassword(password, account.passwordHash);
  if (isRight) await attempt.giveBack();
  return isRight;
}
