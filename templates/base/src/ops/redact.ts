/** An id as the app mints it: a trace id or a UUID. Its digits say nothing of anybody. */
const id = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/;

const address = /[\p{L}\p{N}._%+-]+(?:@|%40)[\p{L}\p{N}.-]+\.\p{L}{2,}/gu;

/** Nine digits or more, however they are grouped: the number of a card, a phone or an account. */
const longNumber = /\+?\d(?:[ ().-]{0,2}\d){8,}/g;

/** What our tokens, those of others, and signed or encoded texts look like. */
const longSecret = /[\w-]{40,}|(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{32,}/g;

/**
 * The second net below the log's list of fields: takes out of a text what looks like an address, a
 * long number or a token. It knows no names and no passwords: only the list keeps those out.
 */
export function redact(text: string): string {
  if (id.test(text)) return text;
  return text
    .replace(address, '[address]')
    .replace(longSecret, '[token]')
    .replace(longNumber, '[number]');
}
