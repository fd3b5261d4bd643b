import { acrossTenants } from '../db/across-tenants.ts';
import type { AccountRow } from '../db/statements/accounts.ts';
import { hasLoggedInBefore } from '../db/statements/security-events.ts';
import type { AppContext, RequestContext } from '../http/context.ts';
import { Problem } from '../http/problem.ts';
import { limitAccount } from '../limits/enforce.ts';
import { limits } from '../limits/policies.ts';
import { mayMail } from '../mail/allowance.ts';
import { messages } from '../mail/messages.ts';
import { deliverMail, mailStatement } from '../mail/outbox.ts';
import { authenticate } from './authenticate.ts';
import { giveCookie, readCookie } from './cookie.ts';
import { knownDevice, rememberDevice } from './device-cookie.ts';
import { nameDevice } from './device.ts';
import { eventStatement } from './security-events.ts';
import { endSession, openSession, sessionLifetime } from './sessions.ts';
import { isToken } from './token.ts';

/**
 * The first step of a login: address and password. The limit comes before the hash, and counts
 * failures: for a browser the account knows on its own, for all others together.
 * @throws {Problem} 401 for whatever is wrong with them, 429
 */
export async function checkCredentials(
  c: AppContext,
  credentials: { email: string; password: string },
): Promise<AccountRow> {
  const context = c.get('context');
  const device = await knownDevice(c, credentials.email);
  const key = device === null ? credentials.email : `device|${device}`;
  const attempt = await limitAccount(context, limits.loginByAccount, key);
  const account = await authenticate(context, credentials);
  if (account === null) throw new Problem('unauthenticated');
  await attempt.giveBack();
  return account;
}

/**
 * The last step of every login, however it began: opens a new session and ends the one the browser
 * had, so that a planted cookie is worth nothing. The owner hears of a device that is new.
 */
export async function completeLogin(
  c: AppContext,
  account: { id: string; email: string; sessionEpoch: number },
): Promise<void> {
  const context = c.get('context');
  const previous = readCookie(c, 'sid');
  if (isToken(previous)) await endSession(context, previous);
  const device = nameDevice(c.req.header('User-Agent'));
  const since = { mfaAt: context.now, expiresAt: context.now + sessionLifetime.absoluteMs };
  giveCookie(c, 'sid', await openSession(context, account, device, since));
  const isKnown = (await knownDevice(c, account.email)) !== null;
  if (!isKnown) await rememberDevice(c, account.email);
  context.background('note a login', () => noteLogin(context, account, isKnown ? null : device));
}

async function noteLogin(
  context: RequestContext,
  account: { id: string; email: string },
  newDevice: string | null,
): Promise<void> {
  const events = acrossTenants(context.database, 'security events');
  const isFirst = (await events.first(hasLoggedInBefore, account.id)) === null;
  const noted = eventStatement(context, account.id, 'logged_in');
  if (newDevice === null || isFirst || !(await mayMail(context, account.email))) {
    await context.database.batch([noted]);
    return;
  }
  const mail = await mailStatement(context, messages.newDevice(account.email, newDevice));
  await context.database.batch([noted, mail]);
  await deliverMail(context);
}
