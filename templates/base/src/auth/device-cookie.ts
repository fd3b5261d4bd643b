import type { AppContext } from '../http/context.ts';
import { hmac, isHmac } from '../limits/keys.ts';
import { cookieMaxAgeSeconds, giveCookie, readCookie } from './cookie.ts';
import { isToken, mintToken } from './token.ts';

/** Whom a browser is known to. */
interface Account {
  readonly id: string;
  readonly sessionEpoch: number;
}

/**
 * Tells a browser that has logged in to an account before, or has chosen its password with a mailed link:
 * `nonce.time.signature` in a cookie. It opens nothing. It only has failed logins counted for itself, so that
 * nobody who guesses at an account from elsewhere can lock its owner out, and its logins not told as those of a
 * new device. It is good for 90 days, whatever the browser keeps, and
 * no longer than until its owner logs out everywhere or changes what they log in with: a thief's browser is a
 * stranger then. Another role in a tenant ends the sessions alone.
 * @param account null where there is none: the same work, and nobody is known
 */
export async function knownDevice(c: AppContext, account: Account | null): Promise<string | null> {
  const [nonce, issuedAt, signature = ''] = (readCookie(c, 'device') ?? '').split('.');
  if (!isToken(nonce) || issuedAt === undefined) return null;
  const { configuration, now } = c.get('context');
  const text = signedText(account, nonce, issuedAt);
  const { hmacKey, previousHmacKey } = configuration;
  const isSigned =
    (await isHmac(hmacKey, text, signature)) ||
    (previousHmacKey !== null && (await isHmac(previousHmacKey, text, signature)));
  if (!isSigned) return null;
  return Number(issuedAt) > now - cookieMaxAgeSeconds.device * 1_000 ? nonce : null;
}

/** Makes this browser known to the account. */
export async function rememberDevice(
  c: AppContext,
  account: Account,
  nonce = mintToken(),
): Promise<void> {
  const { configuration, now } = c.get('context');
  const signature = await hmac(configuration.hmacKey, signedText(account, nonce, String(now)));
  giveCookie(c, 'device', `${nonce}.${now}.${signature}`);
}

/**
 * Keeps a browser known whose own request has ended every session, or a rescue would cost the owner
 * what keeps guesses from elsewhere off. What it has failed stays counted.
 * @param before the account as it was
 */
export async function keepDevice(c: AppContext, before: Account): Promise<void> {
  const nonce = await knownDevice(c, before);
  if (nonce !== null) await rememberDevice(c, after(before), nonce);
}

/**
 * Makes the browser known that has chosen a new password with a mailed link: who has it logs in next, and
 * guesses from elsewhere would keep them out. Not where there is a second factor, which the link says nothing
 * of: each link would bring another ten guesses at a code. One that was known is kept.
 * @param before the account as it was
 */
export async function welcomeDevice(
  c: AppContext,
  before: Account & { readonly mfaActivatedAt: number | null },
): Promise<void> {
  const isNew = (await knownDevice(c, before)) === null;
  if (isNew && before.mfaActivatedAt === null) await rememberDevice(c, after(before));
  else await keepDevice(c, before);
}

/** The account once all of its sessions have ended. */
function after({ id, sessionEpoch }: Account): Account {
  return { id, sessionEpoch: sessionEpoch + 1 };
}

function signedText(account: Account | null, nonce: string, issuedAt: string): string {
  return `device|${account?.id}|${account?.sessionEpoch}|${nonce}|${issuedAt}`;
}
