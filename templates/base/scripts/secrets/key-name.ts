import { createHash } from 'node:crypto';

/** With what each text begins that an ENCRYPTION_KEY has sealed (src/auth/seal.ts). It tells nothing of the key. */
export function nameOfKey(key: string): string {
  const digest = createHash('sha256').update(key).digest();
  return createHash('sha256').update(digest).digest('hex').slice(0, 8);
}

/** Asks how much another key has sealed than the one of this name. */
export const leftUnder = (name: string) =>
  `SELECT (SELECT count(*) FROM mfa WHERE substr(seed_ciphertext, 1, 8) <> '${name}') AS seeds,
    (SELECT count(*) FROM outbox WHERE dead_at IS NULL AND substr(payload, 1, 8) <> '${name}') AS mails`;
