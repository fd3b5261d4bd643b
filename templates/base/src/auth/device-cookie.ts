import type { AppContext } from '../http/context.ts';
import { hmac, isHmac } from '../limits/keys.ts';
import { giveCookie, readCookie } from './cookie.ts';
import { isToken, mintToken } from './token.ts';

/**
 * Tells a browser that has logged in to an account before: `nonce.signature` in a cookie. It opens
 * nothing. It only has failed logins counted for itself, so that nobody who guesses at an account
 * from elsewhere can lock its owner out.
 */
export async function knownDevice(c: AppContext, email: string): Promise<string | null> {
  const [nonce, signature = ''] = (readCookie(c, 'device') ?? '').split('.');
  if (!isToken(nonce)) return null;
  const { hmacKey } = c.get('context').configuration;
  return (await isHmac(hmacKey, signedText(email, nonce), signature)) ? nonce : null;
}

/** Makes this browser known to the account. */
export async function rememberDevice(c: AppContext, email: string): Promise<void> {
  const nonce = mintToken();
  const { hmacKey } = c.get('context').configuration;
  giveCookie(c, 'device', `${nonce}.${await hmac(hmacKey, signedText(email, nonce))}`);
}

function signedText(email: string, nonce: string): string {
  return `device|${email}|${nonce}`;
}
