import type { Browser, Answer } from './browser.ts';
import { origin } from './browser.ts';

/** What a browser says of itself when a person follows a link, and when they send a form. */
export const navigation = { Accept: 'text/html', 'Sec-Fetch-Site': 'same-origin' };

/** Follows a link. */
export function open(browser: Browser, path: string): Promise<Answer> {
  return browser.get(path, navigation);
}

/** Sends a form as a browser does, without following where it leads. */
export function sendForm(
  browser: Browser,
  path: string,
  fields: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return browser.send('POST', path, new URLSearchParams(fields).toString(), {
    ...navigation,
    'Content-Type': 'application/x-www-form-urlencoded',
    Referer: `${origin}/dashboard`,
    ...headers,
  });
}

/** The forms on a page: where each leads, and the names of its fields. */
export function formsOn({
  text,
}: Answer): readonly { action: string; fields: readonly string[] }[] {
  return [...text.matchAll(/<form method="post" action="([^"]*)"[^>]*>(.*?)<\/form>/gs)].map(
    ([, action = '', inside = '']) => ({
      action,
      fields: [...inside.matchAll(/ name="([^"]*)"/g)].map(([, name = '']) => name),
    }),
  );
}

/** A field of a page, as it is written there. */
export function inputOn({ text }: Answer, name: string): string {
  return new RegExp(`<input [^>]*name="${name}"[^>]*>`).exec(text)?.[0] ?? `no field ${name}`;
}
