import { acrossTenants } from '../db/across-tenants.ts';
import { accountById, type AccountRow } from '../db/statements/accounts.ts';
import type { AppContext, RequestContext } from '../http/context.ts';
import { Problem } from '../http/problem.ts';
import { limitAccount } from '../limits/enforce.ts';
import { limits } from '../limits/policies.ts';
import { messages } from '../mail/messages.ts';
import { writeAndMail } from '../mail/outbox.ts';
import type { UserActor } from './access.ts';
import { giveCookie, readCookie } from './cookie.ts';
import { nameDevice } from './device.ts';
import { spendsCode } from './mfa-code.ts';
import { findUsableToken, spendStatement, tokenStatements } from './one-time-token.ts';
import { verifyPassword } from './password.ts';
import { noteStepUp } from './sessions.ts';
import { mintToken } from './token.ts';

/** What proves once more that the person at the device is the account's owner. */
export interface StepUpProof {
  readonly code?: string | undefined;
  readonly password?: string | undefined;
  readonly emailCode?: string | undefined;
}

/**
 * Notes that a session's user has just proven who they are: with the second factor once there is
 * one, else with the password or, for somebody who has none, with a code sent to their address. For
 * five minutes dangerous actions are open.
 * @throws {Problem} 401 when the proof is wrong or of another kind than the account needs; 400 for a mailed
 * code that is not, or no longer, good; 429
 */
export async function stepUp(
  c: AppContext,
  user: UserActor['user'],
  proof: StepUpProof,
): Promise<void> {
  const context = c.get('context');
  const attempt = await limitAccount(context, limits.stepUpByAccount, user.id);
  const account = await acrossTenants(context.database, 'accounts').first(accountById, user.id);
  if (account === null || !(await isProven(context, account, proof))) {
    throw new Problem('unauthenticated');
  }
  await attempt.giveBack();
  const device = nameDevice(c.req.header('User-Agent'));
  giveCookie(c, 'sid', await noteStepUp(context, user.id, readCookie(c, 'sid') ?? '', device));
}

/**
 * Mails a code to step up with.
 * @throws {Problem} 409 for somebody who has a second factor or a password, which alone would do
 */
export async function sendStepUpCode(context: RequestContext, user: UserActor['user']) {
  const account = await acrossTenants(context.database, 'accounts').first(accountById, user.id);
  if (account?.passwordHash !== null || account.mfaActivatedAt !== null) {
    throw new Problem('conflict');
  }
  const text = mintToken();
  const writes = await tokenStatements(context, 'step up', { text, userId: user.id });
  await writeAndMail(context, writes, [messages.stepUpCode(user.email, text)]);
}

async function isProven(
  context: RequestContext,
  account: AccountRow,
  { code, password, emailCode }: StepUpProof,
): Promise<boolean> {
  if (account.mfaActivatedAt !== null) {
    return code !== undefined && (await spendsCode(context, account.id, code));
  }
  if (account.passwordHash !== null) {
    return password !== undefined && (await verifyPassword(password, account.passwordHash));
  }
  if (emailCode === undefined) return false;
  const { tokenHash, userId } = await findUsableToken(
    context,
    'step up',
    emailCode,
    'body.emailCode',
  );
  if (userId !== account.id) return false;
  const spent = await context.database.batch([spendStatement(context, 'step up', tokenHash)]);
  return spent[0] === 1;
}
