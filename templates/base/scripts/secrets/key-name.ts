import { createHash } from 'node:crypto';

/** With what each text begins that an ENCRYPTION_KEY has sealed (src/auth/seal.ts). It tells nothing of the key. */
export function nameOfKey(key: string): string {
  const digest = createHash('sha256').update(key).digest();
  return createHash('sha256').update(digest).digest('hex').slice(0, 8);
}
