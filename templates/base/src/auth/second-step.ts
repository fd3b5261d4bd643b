import { acrossTenants } from '../db/across-tenants.ts';
import { countSecondStepTry, findSecondStep, type SecondStepRow } from '../db/statements/tokens.ts';
import type { AppContext, RequestContext } from '../http/context.ts';
import { Problem } from '../http/problem.ts';
import { limitAccount } from '../limits/enforce.ts';
import { limits } from '../limits/policies.ts';
import { readCookie } from './cookie.ts';
import { knownDevice } from './device-cookie.ts';
import { spendsCode } from './mfa-code.ts';
import { spendStatement, tokenStatement } from './one-time-token.ts';
import { eventStatement } from './security-events.ts';
import { hashToken, isToken, mintToken } from './token.ts';

/**
 * Remembers that a browser took the first step of a login. Others of the same user stay good, so
 * that somebody who knows the password cannot keep interrupting its owner.
 * @returns a token that opens the second step, within 5 minutes and 5 tries
 */
export async function beginSecondStep(
  context: RequestContext,
  account: { id: string; sessionEpoch: number },
): Promise<string> {
  const text = mintToken();
  const token = { text, userId: account.id, sessionEpoch: account.sessionEpoch };
  await context.database.batch([await tokenStatement(context, 'second step', token)]);
  return text;
}

/**
 * Checks the code of the second step, and uses up both it and the browser's token.
 * @throws {Problem} 401 when either is not good; 429
 */
export async function passSecondStep(c: AppContext, code: string): Promise<SecondStepRow> {
  const context = c.get('context');
  const token = readCookie(c, 'mfa');
  if (!isToken(token)) throw new Problem('unauthenticated');
  const tokens = acrossTenants(context.database, 'one-time tokens');
  const hash = await hashToken(token);
  const account = await tokens.first(findSecondStep, hash, context.now);
  if (account === null) throw new Problem('unauthenticated');
  const device = await knownDevice(c, account);
  const key = device === null ? account.id : `device|${device}`;
  const attempt = await limitAccount(context, limits.secondStepByAccount, key);
  if ((await tokens.change(countSecondStepTry, hash)) !== 1) throw new Problem('unauthenticated');
  if (!(await spendsCode(context, account.id, code))) {
    const failed = eventStatement(context, account.id, 'second_step_failed');
    context.background('note a failed second step', () => context.database.batch([failed]));
    throw new Problem('unauthenticated');
  }
  const spent = await context.database.batch([spendStatement(context, 'second step', hash)]);
  if (spent[0] !== 1) throw new Problem('unauthenticated');
  await attempt.giveBack();
  return account;
}
