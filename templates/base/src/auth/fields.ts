import * as z from 'zod';
import commonPasswordList from './common-passwords.txt';

/**
 * The 3,000 most frequent passwords of at least 8 characters, in lower case, from published breaches
 * (ASVS 5.0, 6.2.4).
 */
const commonPasswords: ReadonlySet<string> = new Set(commonPasswordList.trim().split(/\s+/));

/**
 * A password somebody chooses: 8 to 128 characters and not one of the common ones. No composition
 * rules, and room for a sentence (ASVS 5.0, 6.2.1, 6.2.4, 6.2.5, 6.2.9).
 */
export const newPassword = z
  .string()
  .max(128)
  .normalize('NFKC')
  .min(8)
  .refine(
    (password) => !commonPasswords.has(password.toLowerCase()),
    'Too many people use this password',
  );

/** A password somebody claims to know. */
export const knownPassword = z.string().max(128);

/** A token from a mail or a link. Whether it is one of ours is looked at where it is used. */
export const mailedToken = z.string().max(64);

/** A code of the second factor, or a recovery code, with the spaces and dashes people type. */
export const mfaCode = z.string().max(64);
