import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { CookieOptions } from 'hono/utils/cookie';
import type { Environment } from '../env.ts';
import type { AppContext } from '../http/context.ts';
import { sessionLifetime } from './sessions.ts';

/**
 * SameSite=Lax, because Strict would drop the session when Stripe or an identity provider sends
 * the browser back. `__Host-` binds the cookie to this host over HTTPS; only development, which is
 * plain HTTP, goes without, and no other environment reads its cookie.
 */
function options(environment: Environment): CookieOptions {
  return { httpOnly: true, secure: environment !== 'development', sameSite: 'Lax', path: '/' };
}

/** `sid` is the session; `mfa` opens the second step of a login and nothing else; `signup` shows at verification that the browser is the one that signed up; `device` that it logged in before. */
type CookieName = 'sid' | 'mfa' | 'signup' | 'device';

/** How long a browser keeps each. */
export const cookieMaxAgeSeconds: Readonly<Record<CookieName, number>> = {
  sid: sessionLifetime.absoluteMs / 1_000,
  mfa: 5 * 60,
  signup: 24 * 60 * 60,
  device: 90 * 24 * 60 * 60,
};

function prefixed(name: CookieName, environment: Environment): string {
  return environment === 'development' ? name : `__Host-${name}`;
}

/** The token a browser sent, as it is: nobody has looked at it yet. */
export function readCookie(c: AppContext, name: CookieName): string | undefined {
  return getCookie(c, prefixed(name, c.get('context').configuration.environment));
}

/** Gives the browser a token. Max-Age is a courtesy: D1 holds the lifetime that counts. */
export function giveCookie(c: AppContext, name: CookieName, token: string): void {
  const { environment } = c.get('context').configuration;
  const maxAge = cookieMaxAgeSeconds[name];
  setCookie(c, prefixed(name, environment), token, { ...options(environment), maxAge });
}

/** Takes a cookie from the browser. */
export function takeCookie(c: AppContext, name: CookieName): void {
  const { environment } = c.get('context').configuration;
  deleteCookie(c, prefixed(name, environment), options(environment));
}
