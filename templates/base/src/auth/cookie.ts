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

function name(environment: Environment): string {
  return environment === 'development' ? 'sid' : '__Host-sid';
}

/** The session token a browser sent, as it is: nobody has looked at it yet. */
export function readSessionCookie(c: AppContext): string | undefined {
  return getCookie(c, name(c.get('context').configuration.environment));
}

/** Gives the browser its session. Max-Age is a courtesy: D1 holds the lifetime that counts. */
export function setSessionCookie(c: AppContext, token: string): void {
  const { environment } = c.get('context').configuration;
  const maxAge = sessionLifetime.absoluteMs / 1_000;
  setCookie(c, name(environment), token, { ...options(environment), maxAge });
}

/** Takes the session from the browser. */
export function clearSessionCookie(c: AppContext): void {
  const { environment } = c.get('context').configuration;
  deleteCookie(c, name(environment), options(environment));
}
