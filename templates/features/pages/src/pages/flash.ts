import { giveCookie, readCookie, takeCookie } from '../auth/cookie.ts';
import type { AppContext } from '../http/context.ts';

/** Every message that a page says once, after something was done. */
const messages = new Set<string>();

/** Makes a text one that pages may say. To be called once, not for each request. */
export function saying(text: string): string {
  messages.add(text);
  return text;
}

export function leaveFlash(c: AppContext, text: string): void {
  giveCookie(c, 'flash', text);
}

/** Takes the message that the page before left. It is one of ours, whatever the cookie holds. */
export function takeFlash(c: AppContext): string | null {
  const text = readCookie(c, 'flash');
  if (text === undefined) return null;
  takeCookie(c, 'flash');
  return messages.has(text) ? text : null;
}
