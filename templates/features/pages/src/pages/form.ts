import { defaultBodyLimit, readText } from '../http/body.ts';
import { Problem } from '../http/problem.ts';
import type { Refusal } from './api.ts';

/** What somebody typed into a form. */
export type Typed = Readonly<Record<string, string>>;

/** Reads a form as a browser sends it. @throws {Problem} 415 for anything else, 413 */
export async function readForm(request: Request): Promise<Typed> {
  const mediaType = (request.headers.get('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (mediaType !== 'application/x-www-form-urlencoded') {
    throw new Problem('unsupported_media_type');
  }
  const fields = new URLSearchParams(await readText(request, defaultBodyLimit));
  // A browser ends lines with two characters, the API stores one.
  return Object.fromEntries([...fields].map(([name, text]) => [name, text.replace(/\r\n/g, '\n')]));
}

/** Some fields of a form, as the body of a request. */
export function pick(typed: Typed, names: readonly string[]): Typed {
  return Object.fromEntries(Object.entries(typed).filter(([name]) => names.includes(name)));
}

/** Never sent back to the browser, whatever form they stood in. */
export const secretFields: ReadonlySet<string> = new Set(['code', 'current', 'password']);

/** A form as it is shown: empty, or as it was sent with what was wrong with it. */
export class Attempt {
  readonly #typed: Typed;
  readonly refusal: Refusal | null;

  constructor(typed: Typed = {}, refusal: Refusal | null = null) {
    this.#typed = typed;
    this.refusal = refusal;
  }

  /** What was typed, but for secrets. */
  valueOf(name: string): string | undefined {
    return secretFields.has(name) ? undefined : this.#typed[name];
  }

  errorOf(name: string): string | undefined {
    const message = this.refusal?.errors.get(name);
    return message === undefined ? undefined : inPlainWords(message);
  }

  /** The fields that are wrong. */
  get wrongFields(): readonly string[] {
    return [...(this.refusal?.errors.keys() ?? [])];
  }
}

/** The messages of the validator, as one would say them. */
function inPlainWords(message: string): string {
  const [, least] = />=\s?(\d+)/.exec(message) ?? [];
  if (least !== undefined) {
    return least === '1' ? 'Fill this in' : `Use at least ${least} characters`;
  }
  const [, most] = /<=\s?(\d+)/.exec(message) ?? [];
  if (most !== undefined) return `Use at most ${most} characters`;
  if (/email/i.test(message)) return 'This is no address such as ada@example.com';
  if (message.startsWith('Invalid option')) return 'Choose one of these';
  return message.startsWith('Invalid') ? 'This is not valid' : message;
}
