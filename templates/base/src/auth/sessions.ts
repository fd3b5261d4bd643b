import { acrossTenants } from '../db/across-tenants.ts';
import {
  extendSession,
  insertSession,
  liveSessionsOfUser,
  raiseSessionEpoch,
  revokeSessionByToken,
  revokeSessionOfUser,
  sessionsOfUser,
  stepUpSession,
} from '../db/statements/sessions.ts';
import { removeEmailChange } from '../db/statements/email-changes.ts';
import { insertEventOfSession } from '../db/statements/security-events.ts';
import type { RequestContext } from '../http/context.ts';
import { Problem } from '../http/problem.ts';
import { within } from '../ops/deadline.ts';
import { describeFault } from '../ops/logger.ts';
import { retireAllStatement } from './one-time-token.ts';
import { eventIf, eventStatement } from './security-events.ts';
import { hashToken, mintToken } from './token.ts';

/**
 * How long a session lives (ASVS 5.0, 7.3). D1 enforces both. Longer is more comfortable, and
 * gives a stolen cookie more time.
 */
export const sessionLifetime = {
  /** without a request */
  idleMs: 24 * 60 * 60 * 1_000,
  /** whatever happens */
  absoluteMs: 30 * 24 * 60 * 60 * 1_000,
  /** Idle expiry is moved at most this often, so that most requests write nothing. */
  extensionMs: 60 * 60 * 1_000,
} as const;

/** A session as its user sees it in the list of devices. */
export interface SessionSummary {
  readonly id: string;
  readonly createdAt: string;
  readonly device: string | null;
}

/**
 * Opens a session and answers its token, which is stored nowhere. D1 has the session; KV has what
 * it remembers (the device), which grants nothing and may be late, stale or lost.
 * @param account the user and the epoch read together with the password hash: if the epoch
 * is another one by then, this one is born dead
 * @param since what the session goes on with: when its user last proved who they are, and until when
 * it may live at most. A login proves it now; a session that only gets a new token proves nothing.
 */
export async function openSession(
  context: RequestContext,
  account: { id: string; sessionEpoch: number },
  device: string,
  since: { mfaAt: number | null; expiresAt: number },
): Promise<string> {
  const token = mintToken();
  const tokenHash = await hashToken(token);
  await acrossTenants(context.database, 'sessions').change(
    insertSession,
    tokenHash,
    crypto.randomUUID(),
    account.id,
    account.sessionEpoch,
    context.now,
    context.now + sessionLifetime.idleMs,
    since.expiresAt,
    since.mfaAt,
  );
  remember(context, tokenHash, device);
  return token;
}

/** Moves the idle expiry, in the background and at most hourly. */
export function keepAlive(
  context: RequestContext,
  session: { id: string; idleExpiresAt: number },
): void {
  const idleExpiresAt = context.now + sessionLifetime.idleMs;
  if (idleExpiresAt - session.idleExpiresAt < sessionLifetime.extensionMs) return;
  context.background('extend a session', () =>
    acrossTenants(context.database, 'sessions').change(extendSession, session.id, idleExpiresAt),
  );
}

/** Ends the session of a token, for good and everywhere: the next request that carries it is refused. */
export async function endSession(context: RequestContext, token: string): Promise<void> {
  const ended = await acrossTenants(context.database, 'sessions').first(
    revokeSessionByToken,
    await hashToken(token),
    context.now,
  );
  if (ended !== null) forget(context, ended.tokenHash);
}

/** Ends one of a user's own sessions. Answers false for one that is not theirs, or was ended by itself before. */
export async function endSessionOfUser(
  context: RequestContext,
  userId: string,
  sessionId: string,
): Promise<boolean> {
  const ended = await acrossTenants(context.database, 'sessions').first(
    revokeSessionOfUser,
    sessionId,
    userId,
    context.now,
  );
  if (ended === null) return false;
  forget(context, ended.tokenHash);
  return true;
}

/**
 * Ends every session of a user, those included that are being opened at this moment, and whatever
 * somebody in one of them may have set going: mailed tokens, a change of address.
 */
export async function endAllSessions(context: RequestContext, userId: string): Promise<void> {
  await context.database.batch([
    acrossTenants(context.database, 'sessions').bind(raiseSessionEpoch, userId),
    retireAllStatement(context, userId),
    acrossTenants(context.database, 'accounts').bind(removeEmailChange, userId),
    eventStatement(context, userId, 'logged_out_everywhere'),
  ]);
  forgetEndedSessions(context, userId);
}

/**
 * Notes that a session's user has just proven anew who they are, and gives the session a new token: a
 * copy that somebody has of the old one must not step up as well (ASVS 5.0, 7.2.4).
 * @returns the new token
 * @throws {Problem} 401 where the session has ended, or has got another one meanwhile
 */
export async function noteStepUp(
  context: RequestContext,
  userId: string,
  oldToken: string,
  device: string,
): Promise<string> {
  const token = mintToken();
  const [oldHash, tokenHash] = [await hashToken(oldToken), await hashToken(token)];
  const across = acrossTenants(context.database, 'sessions');
  await context.database.batchOr(new Problem('unauthenticated'), [
    across.bind(stepUpSession, oldHash, tokenHash, context.now),
    eventIf(context, userId, 'stepped_up', insertEventOfSession, tokenHash),
  ]);
  remember(context, tokenHash, device);
  forget(context, oldHash);
  return token;
}

/**
 * Removes, after the answer, what KV remembers of a user's sessions that are over. It grants nothing, but
 * it is theirs: whatever ends more than one session calls this.
 */
export function forgetEndedSessions(context: RequestContext, userId: string): void {
  context.background('forget ended sessions', async () => {
    const sessions = acrossTenants(context.database, 'sessions');
    forgetSessions(context, await sessions.all(sessionsOfUser, userId, 'ended'));
  });
}

/** The same of all there are, live or over, which are asked for before their rows go with the user. */
export function forgetSessions(
  context: RequestContext,
  sessions: readonly { tokenHash: string }[],
): void {
  for (const { tokenHash } of sessions) forget(context, tokenHash);
}

/** A user's live sessions, newest first, named by device where KV still knows it. */
export async function listSessions(
  context: RequestContext,
  userId: string,
): Promise<SessionSummary[]> {
  const rows = await acrossTenants(context.database, 'sessions').all(
    liveSessionsOfUser,
    userId,
    context.now,
  );
  return Promise.all(
    rows.map(async (row) => ({
      id: row.id,
      createdAt: new Date(row.createdAt).toISOString(),
      device: await readDevice(context, row.tokenHash),
    })),
  );
}

/** How long the name of a device is waited for. */
const deviceMs = 1_000;

async function readDevice(context: RequestContext, tokenHash: string): Promise<string | null> {
  try {
    const asked = context.sessionData.get(tokenHash, 'json');
    const data: unknown = await within(deviceMs, asked);
    if (typeof data !== 'object' || data === null || !('device' in data)) return null;
    return typeof data.device === 'string' ? data.device : null;
  } catch (thrown) {
    const fault = describeFault(thrown);
    context.logger.log('warn', 'dependency failed', { dependency: 'session data', fault });
    return null;
  }
}

function remember(context: RequestContext, tokenHash: string, device: string): void {
  const expirationTtl = sessionLifetime.absoluteMs / 1_000;
  context.background('remember the device of a session', () =>
    context.sessionData.put(tokenHash, JSON.stringify({ device }), { expirationTtl }),
  );
}

function forget(context: RequestContext, tokenHash: string): void {
  context.background('forget a session', () => context.sessionData.delete(tokenHash));
}
