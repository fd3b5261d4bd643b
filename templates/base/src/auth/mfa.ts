import { acrossTenants } from '../db/across-tenants.ts';
import {
  activateFactor,
  deleteFactor,
  deleteRecoveryCodes,
  enrollFactor,
  mfaOfUser,
} from '../db/statements/mfa.ts';
import { raiseSessionEpoch } from '../db/statements/sessions.ts';
import type { RequestContext } from '../http/context.ts';
import { Problem } from '../http/problem.ts';
import { limitAccount } from '../limits/enforce.ts';
import { limits } from '../limits/policies.ts';
import { messages } from '../mail/messages.ts';
import { writeAndMail } from '../mail/outbox.ts';
import type { UserActor } from './access.ts';
import { toBase32 } from './base32.ts';
import { findTypedStep, newRecoveryCodes, sealSeed, spendsCode } from './mfa-code.ts';
import { eventStatement } from './security-events.ts';
import { forgetEndedSessions } from './sessions.ts';
import { newSeed, otpauthUri } from './totp.ts';

type User = UserActor['user'];

/**
 * Makes a pending second factor, in place of one that was pending. It asks for nothing before it is active.
 * The address must be proven first: a reset leaves the factor, so whoever signed up with the address of
 * another would keep its owner out for good.
 * @throws {Problem} 409 where one is active, or the address is not proven
 */
export async function enrollMfa(
  context: RequestContext,
  user: User,
): Promise<{ secret: string; uri: string }> {
  if (!user.emailVerified) throw new Problem('conflict');
  const seed = newSeed();
  const factors = acrossTenants(context.database, 'second factors');
  const sealed = await sealSeed(context, user.id, seed);
  const enrolled = await factors.change(enrollFactor, user.id, sealed, context.now);
  if (enrolled !== 1) throw new Problem('conflict');
  const issuer = new URL(context.configuration.origin).hostname;
  return { secret: toBase32(seed), uri: otpauthUri(seed, { issuer, account: user.email }) };
}

/**
 * Switches the pending factor on with its first code, and ends every session.
 * @returns the recovery codes, to be shown once
 * @throws {Problem} 401 for a wrong code, 409 where none is pending, 429
 */
export async function activateMfa(
  context: RequestContext,
  user: User,
  code: string,
): Promise<string[]> {
  const factors = acrossTenants(context.database, 'second factors');
  const mfa = await factors.first(mfaOfUser, user.id);
  if (mfa === null || mfa.activatedAt !== null) throw new Problem('conflict');
  const attempt = await limitAccount(context, limits.stepUpByAccount, user.id);
  const step = await findTypedStep(context, mfa, code);
  if (step === null) throw new Problem('unauthenticated');
  await attempt.giveBack();
  const { codes, statements } = await newRecoveryCodes(context, user.id);
  const writes = [
    factors.bind(activateFactor, user.id, step, context.now, mfa.seedCiphertext),
    ...statements,
    acrossTenants(context.database, 'sessions').bind(raiseSessionEpoch, user.id),
    eventStatement(context, user.id, 'mfa_activated'),
  ];
  await writeAndMail(context, writes, [messages.mfaActivated(user.email)]);
  forgetEndedSessions(context, user.id);
  return codes;
}

/**
 * Switches the factor off, recovery codes included, and ends every session.
 * @throws {Problem} 401 for a wrong code, 409 where none is active, 429
 */
export async function disableMfa(context: RequestContext, user: User, code: string): Promise<void> {
  await proveCode(context, user, code);
  const writes = [
    acrossTenants(context.database, 'second factors').bind(deleteFactor, user.id),
    acrossTenants(context.database, 'sessions').bind(raiseSessionEpoch, user.id),
    eventStatement(context, user.id, 'mfa_disabled'),
  ];
  await writeAndMail(context, writes, [messages.mfaDisabled(user.email)]);
  forgetEndedSessions(context, user.id);
}

/** Makes ten new recovery codes; the ones before are gone. @throws {Problem} as above */
export async function replaceRecoveryCodes(
  context: RequestContext,
  user: User,
  code: string,
): Promise<string[]> {
  await proveCode(context, user, code);
  const { codes, statements } = await newRecoveryCodes(context, user.id);
  const writes = [
    acrossTenants(context.database, 'second factors').bind(deleteRecoveryCodes, user.id),
    ...statements,
    eventStatement(context, user.id, 'recovery_codes_replaced'),
  ];
  await writeAndMail(context, writes, [messages.recoveryCodesReplaced(user.email)]);
  return codes;
}

async function proveCode(context: RequestContext, user: User, code: string): Promise<void> {
  if (!user.mfaEnabled) throw new Problem('conflict');
  const attempt = await limitAccount(context, limits.stepUpByAccount, user.id);
  if (!(await spendsCode(context, user.id, code))) throw new Problem('unauthenticated');
  await attempt.giveBack();
}
