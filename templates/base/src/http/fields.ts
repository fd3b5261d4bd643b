import * as z from 'zod';

/** An id that the app made. Anything else cannot exist, and need not be looked up. */
export const identifier = z.string().max(64);

/** One line of text a person typed: NFC, trimmed, no control characters, at least one character. */
export function line(maximumLength: number) {
  return z
    .string()
    .normalize('NFC')
    .trim()
    .min(1)
    .max(maximumLength)
    .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, 'Control characters are not allowed');
}

/** Text of several lines: NFC, no control characters but tab and newline; it may be empty. */
export function paragraph(maximumLength: number) {
  return z
    .string()
    .normalize('NFC')
    .max(maximumLength)
    .regex(/^(?:[^\p{Cc}\p{Cs}]|[\t\r\n])*$/u, 'Control characters are not allowed');
}

/** An address in the one form it is stored and compared in: NFKC, trimmed, lower case (RFC 5321: 254). */
export const emailAddress = z
  .string()
  .max(254)
  .transform((text) => text.normalize('NFKC').trim().toLowerCase())
  .pipe(z.email().max(254));
