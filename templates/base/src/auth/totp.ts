import { Buffer } from 'node:buffer';
import { timingSafeEqual } from 'node:crypto';
import { toBase32 } from './base32.ts';

/** RFC 6238 with the only values every authenticator app knows: SHA-1, six digits, 30 seconds. */
const algorithm = { name: 'HMAC', hash: 'SHA-1' };
const digits = 6;
const stepMs = 30_000;

/**
 * How many steps a clock may be off. A code then lives for up to 90 seconds, which deviates from
 * ASVS 5.0, 6.5.5 (at most 30): without it, who types slowly or has a clock a little off is refused.
 * Each code still works only once. Every step more is one more code that a guess may hit.
 */
const tolerance = 1;

/** A new seed of 160 bits, as long as the hash (RFC 4226, section 4). */
export function newSeed(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(20));
}

/** The time step a moment lies in. @param now milliseconds since 1970 */
export function stepAt(now: number): number {
  return Math.floor(now / stepMs);
}

/** The code of one time step (RFC 4226, section 5.3). */
export async function codeAt(seed: Uint8Array, step: number): Promise<string> {
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(step));
  const key = await crypto.subtle.importKey('raw', seed, algorithm, false, ['sign']);
  const mac = new DataView(await crypto.subtle.sign(algorithm, key, counter));
  const offset = mac.getUint8(mac.byteLength - 1) & 0x0f;
  const number = mac.getUint32(offset) & 0x7f_ff_ff_ff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/** The time step that a code of six digits belongs to, or null where it is not good now. */
export async function findStep(
  seed: Uint8Array,
  code: string,
  now: number,
): Promise<number | null> {
  if (!/^\d{6}$/.test(code)) return null;
  let found: number | null = null;
  for (let step = stepAt(now) - tolerance; step <= stepAt(now) + tolerance; step += 1) {
    const expected = await codeAt(seed, step);
    if (timingSafeEqual(Buffer.from(code), Buffer.from(expected))) found = step;
  }
  return found;
}

/** What an authenticator app reads from a QR code (the otpauth "Key Uri Format", whose defaults are the values above). */
export function otpauthUri(
  seed: Uint8Array,
  { issuer, account }: { issuer: string; account: string },
): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const parameters = new URLSearchParams({ secret: toBase32(seed), issuer });
  return `otpauth://totp/${label}?${parameters.toString()}`;
}
