import { acrossTenants } from '../db/across-tenants.ts';
import type { BoundStatement } from '../db/database.ts';
import { accountById } from '../db/statements/accounts.ts';
import {
  acceptStep,
  insertRecoveryCode,
  mfaOfUser,
  useRecoveryCode,
  type MfaRow,
} from '../db/statements/mfa.ts';
import type { RequestContext } from '../http/context.ts';
import { messages } from '../mail/messages.ts';
import { writeAndMail } from '../mail/outbox.ts';
import { toBase32 } from './base32.ts';
import { seal, unseal } from './seal.ts';
import { eventStatement } from './security-events.ts';
import { hashToken } from './token.ts';
import { findStep } from './totp.ts';

/** Encrypts a seed for one user: moved to another user's row, it no longer opens. */
export function sealSeed(
  { configuration }: Pick<RequestContext, 'configuration'>,
  userId: string,
  seed: Uint8Array,
): Promise<string> {
  return seal(configuration, `mfa seed|${userId}`, seed.toBase64());
}

/** The seed that was sealed for a user. @throws when it was sealed for another, or with a key that is gone */
export async function unsealSeed(
  { configuration }: Pick<RequestContext, 'configuration'>,
  userId: string,
  seedCiphertext: string,
): Promise<Uint8Array> {
  return Uint8Array.fromBase64(await unseal(configuration, `mfa seed|${userId}`, seedCiphertext));
}

/** The time step that a typed code belongs to under a sealed seed, or null. */
export async function findTypedStep(
  context: RequestContext,
  { userId, seedCiphertext }: MfaRow,
  code: string,
): Promise<number | null> {
  const seed = await unsealSeed(context, userId, seedCiphertext);
  return findStep(seed, withoutSpaces(code), context.now);
}

/**
 * Uses up a code of the active second factor, or a recovery code: neither works twice, nor for two
 * at the same moment (RFC 6238, section 5.2; ASVS 5.0, 6.5.1). Answers whether it was good.
 */
export async function spendsCode(
  context: RequestContext,
  userId: string,
  code: string,
): Promise<boolean> {
  const factors = acrossTenants(context.database, 'second factors');
  const mfa = await factors.first(mfaOfUser, userId);
  if (mfa === null || mfa.activatedAt === null) return false;
  const typed = withoutSpaces(code);
  if (!/^\d{6}$/.test(typed)) {
    const used = await factors.change(useRecoveryCode, await hashToken(typed), userId, context.now);
    if (used !== 1) return false;
    context.background('note a recovery code', () => noteRecoveryCode(context, userId));
    return true;
  }
  const step = await findTypedStep(context, mfa, typed);
  return step !== null && (await factors.change(acceptStep, userId, step)) === 1;
}

/** The owner hears of it: whoever uses one has lost the device, or found the codes. */
async function noteRecoveryCode(context: RequestContext, userId: string): Promise<void> {
  const accounts = acrossTenants(context.database, 'accounts');
  const account = await accounts.first(accountById, userId);
  if (account === null) return;
  const event = eventStatement(context, userId, 'recovery_code_used');
  await writeAndMail(context, [event], [messages.recoveryCodeUsed(account.email)]);
}

/** Ten new recovery codes of 128 bits, and the statements that store their hashes. */
export async function newRecoveryCodes(
  context: RequestContext,
  userId: string,
): Promise<{ codes: string[]; statements: BoundStatement<never>[] }> {
  const random = () => toBase32(crypto.getRandomValues(new Uint8Array(16)));
  const codes = Array.from({ length: 10 }, () => random().replace(/.{4}(?=.)/g, '$&-'));
  const factors = acrossTenants(context.database, 'second factors');
  const hashes = await Promise.all(codes.map((code) => hashToken(withoutSpaces(code))));
  const statements = hashes.map((hash) => factors.bind(insertRecoveryCode, hash, userId));
  return { codes, statements };
}

function withoutSpaces(code: string): string {
  return code.replace(/[\s-]/g, '').toUpperCase();
}
