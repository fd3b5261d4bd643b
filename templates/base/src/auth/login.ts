import { acrossTenants } from '../db/across-tenants.ts';
import { accountByEmail, replacePasswordHash, type AccountRow } from '../db/statements/accounts.ts';
import { mayHaveLoggedInBefore } from '../db/statements/security-events.ts';
import type { AppContext, RequestContext } from '../http/context.ts';
import { Problem } from '../http/problem.ts';
import { limitAccount } from '../limits/enforce.ts';
import { limits } from '../limits/policies.ts';
import { mayMail } from '../mail/allowance.ts';
import { messages } from '../mail/messages.ts';
import { writeAndMail } from '../mail/outbox.ts';
import { securityEventsKeptMs } from '../ops/retention.ts';
import type { UserActor } from './access.ts';
import { giveCookie, readCookie, takeCookie, takeSession } from './cookie.ts';
import { keepDevice, knownDevice, rememberDevice } from './device-cookie.ts';
import { nameDevice } from './device.ts';
import { hashPassword, needsRehash, verifyPassword } from './password.ts';
import { beginSecondStep, passSecondStep } from './second-step.ts';
import { eventStatement } from './security-events.ts';
import { endAllSessions, endSession, openSession, sessionLifetime } from './sessions.ts';
import { isToken } from './token.ts';

/**
 * The first step of a login: address and password. The limit comes before the hash, and counts
 * failures: for a browser the account knows on its own, for all others together. It costs one query and
 * one hash also where there is no account, so that the time of an answer tells nobody who has one.
 * @throws {Problem} 401 for whatever is wrong with them, 429
 */
export async function checkCredentials(
  c: AppContext,
  { email, password }: { email: string; password: string },
): Promise<AccountRow> {
  const context = c.get('context');
  const claimed = await acrossTenants(context.database, 'accounts').first(accountByEmail, email);
  const device = await knownDevice(c, claimed);
  const key = device === null ? email : `device|${device}`;
  const attempt = await limitAccount(context, limits.loginByAccount, key);
  const isRight = await verifyPassword(password, claimed?.passwordHash ?? null);
  if (claimed === null || !isRight || claimed.disabledAt !== null) {
    throw new Problem('unauthenticated');
  }
  await attempt.giveBack();
  rehashIfOld(context, claimed, password);
  return claimed;
}

function rehashIfOld(
  context: RequestContext,
  { id, passwordHash }: AccountRow,
  password: string,
): void {
  if (passwordHash === null || !needsRehash(passwordHash)) return;
  const accounts = acrossTenants(context.database, 'accounts');
  context.background('rehash a password', async () =>
    accounts.change(replacePasswordHash, id, await hashPassword(password), passwordHash),
  );
}

/** What a login is for. All of it comes from one query, so that none of it is older than the rest. */
type LoginAccount = Pick<AccountRow, 'id' | 'email' | 'sessionEpoch' | 'mfaActivatedAt'>;

/**
 * Where every login ends up, however it began: it ends the session the browser had, so that a
 * planted cookie is worth nothing, and opens a new one. With a second factor there is no session
 * yet: the browser gets a token that opens the second step and nothing else (ASVS 5.0, 6.3.3). `mfaAt`
 * is null for who proved nothing here: a provider answers from a session of its own, without asking anybody.
 */
export async function completeLogin(
  c: AppContext,
  account: LoginAccount,
  mfaAt: number | null,
): Promise<'ok' | 'mfa_required'> {
  const context = c.get('context');
  await endPreviousSession(c);
  if (account.mfaActivatedAt !== null) {
    takeCookie(c, 'sid');
    giveCookie(c, 'mfa', await beginSecondStep(context, account));
    return 'mfa_required';
  }
  await openLogin(c, account, mfaAt);
  return 'ok';
}

/** The second step of a login. @throws {Problem} 401 when the code or the token is not good; 429 */
export async function completeSecondStep(c: AppContext, code: string): Promise<void> {
  const account = await passSecondStep(c, code);
  await endPreviousSession(c);
  takeCookie(c, 'mfa');
  await openLogin(c, account, c.get('context').now);
}

/**
 * Gives this browser a new session after its own request ended all there were. It lives no longer than
 * the old one, and proves nothing anew unless it is told so, or a new token would do for a step-up. Where
 * all were ended once more meanwhile, it is born dead.
 */
export async function renewSession(
  c: AppContext,
  { user, session }: UserActor,
  mfaAt = session.mfaAt,
): Promise<void> {
  const context = c.get('context');
  const account = { id: user.id, sessionEpoch: session.epoch + 1 };
  const since = { mfaAt, expiresAt: session.expiresAt };
  const device = nameDevice(c.req.header('User-Agent'));
  giveCookie(c, 'sid', await openSession(context, account, device, since));
  await rememberDevice(c, account);
}

/** Ends every session of a user, this browser's too. */
export async function logOutEverywhere(c: AppContext, { user, session }: UserActor): Promise<void> {
  await endAllSessions(c.get('context'), user.id);
  takeSession(c);
  await keepDevice(c, { id: user.id, sessionEpoch: session.epoch });
}

async function endPreviousSession(c: AppContext): Promise<void> {
  const previous = readCookie(c, 'sid');
  if (isToken(previous)) await endSession(c.get('context'), previous);
}

/** Opens the session. The owner hears of a device that is new. */
async function openLogin(
  c: AppContext,
  account: Pick<AccountRow, 'id' | 'email' | 'sessionEpoch'>,
  mfaAt: number | null,
): Promise<void> {
  const context = c.get('context');
  const device = nameDevice(c.req.header('User-Agent'));
  const since = { mfaAt, expiresAt: context.now + sessionLifetime.absoluteMs };
  giveCookie(c, 'sid', await openSession(context, account, device, since));
  const isKnown = (await knownDevice(c, account)) !== null;
  if (!isKnown) await rememberDevice(c, account);
  context.background('note a login', () => noteLogin(context, account, isKnown ? null : device));
}

async function noteLogin(
  context: RequestContext,
  account: { id: string; email: string },
  newDevice: string | null,
): Promise<void> {
  const events = acrossTenants(context.database, 'security events');
  const since = context.now - securityEventsKeptMs;
  const isFirst = (await events.first(mayHaveLoggedInBefore, account.id, since)) === null;
  await context.database.batch([eventStatement(context, account.id, 'logged_in')]);
  if (newDevice === null || isFirst) return;
  if (!(await mayMail(context, account.email, limits.warningsByAddress))) return;
  await writeAndMail(context, [], [messages.newDevice(account.email, newDevice)]);
}
