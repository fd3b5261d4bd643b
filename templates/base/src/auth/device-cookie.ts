import type { AppContext } from '../http/context.ts';
import { hmac, isHmac } from '../limits/keys.ts';
import { cookieMaxAgeSeconds, giveCookie, readCookie } from './cookie.ts';
import { isToken, mintToken } from './token.ts';

/**
 * Tells a browser that has logged in to an account before: `nonce.time.signature` in a cookie. It
 * opens nothing. It only has failed logins counted for itself, so that nobody who guesses at an
 * account from elsewhere can lock its owner out. It is good for 90 days, whatever the browser keeps.
 */
export async function knownDevice(c: AppContext, email: string): Promise<string | null> {
  const [nonce, issuedAt, signature = ''] = (readCookie(c, 'device') ?? '').split('.');
  if (!isToken(nonce) || issuedAt === undefined) return null;
  const { configuration, now } = c.get('context');
  const text = signedText(email, nonce, issuedAt);
  const { hmacKey, previousHmacKey } = configuration;
  const isSigned =
    (await isHmac(hmacKey, text, signature)) ||
    (previousHmacKey !== null && (await isHmac(previousHmacKey, text, signature)));
  if (!isSigned) return null;
  return Number(issuedAt) > now - cookieMaxAgeSeconds.device * 1_000 ? nonce : null;
}

/** Makes this browser known to the account. */
export async function rememberDevice(c: AppContext, email: string): Promise<void> {
  const { configuration, now } = c.get('context');
  const nonce = mintToken();
  const signature = await hmac(configuration.hmacKey, signedText(email, nonce, String(now)));
  giveCookie(c, 'device', `${nonce}.${now}.${signature}`);
}

function signedText(email: string, nonce: string, issuedAt: string): string {
  return `device|${email}|${nonce}|${issuedAt}`;
}
