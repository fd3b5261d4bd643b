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

const partsOfForms = /<form method="post" action="([^"]*)"[^>]*>(.*?)<\/form>/gs;

/** The forms on a page: where each leads, and the names of its fields. */
export function formsOn({
  text,
}: Answer): readonly { action: string; fields: readonly string[] }[] {
  return [...text.matchAll(partsOfForms)].map(([, action = '', inside = '']) => ({
    action,
    fields: [...inside.matchAll(/ name="([^"]*)"/g)].map(([, name = '']) => name),
  }));
}

/** What the fields of a page that one types into say of what they take, and where they send it. */
export function boundsOn({ text }: Answer) {
  return [...text.matchAll(partsOfForms)].flatMap(([, action = '', inside = '']) =>
    Array.from(inside.matchAll(/<(?:input|textarea) ([^>]*)>/g), ([, tag = '']) => {
      const attribute = (name: string) => new RegExp(`(?:^| )${name}="([^"]*)"`).exec(tag)?.[1];
      const [type = 'text', name = ''] = [attribute('type'), attribute('name')];
      const [least, most] = [attribute('minlength'), attribute('maxlength')];
      const isRequired = attribute('required') !== undefined;
      return {
        action,
        name,
        type,
        autocomplete: attribute('autocomplete') ?? '',
        least,
        most,
        isRequired,
      };
    }).filter(({ type }) => !['hidden', 'file'].includes(type)),
  );
}

/** A field of a page, as it is written there. */
export function inputOn({ text }: Answer, name: string): string {
  return new RegExp(`<input [^>]*name="${name}"[^>]*>`).exec(text)?.[0] ?? `no field ${name}`;
}
