import type { Configuration } from '../env.ts';

/**
 * Encrypts a text that must rest in the database but may not be read there: AES-256-GCM with a
 * fresh nonce, as `key.nonce.ciphertext`, where `key` names the key and tells nothing of it. `purpose` is authenticated with it, so that what was
 * sealed for one use cannot be opened for another.
 */
export async function seal(
  configuration: Configuration,
  purpose: string,
  text: string,
): Promise<string> {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const { name, key } = await importKey(configuration.encryptionKey);
  const sealed = await crypto.subtle.encrypt(
    parameters(nonce, purpose),
    key,
    new TextEncoder().encode(text),
  );
  return [name, nonce.toBase64(), new Uint8Array(sealed).toBase64()].join('.');
}

/** Decrypts what `seal` made for the same purpose, under this key or the one before. @throws when it was changed or sealed otherwise */
export async function unseal(
  configuration: Configuration,
  purpose: string,
  text: string,
): Promise<string> {
  const [name, nonce = '', sealed = ''] = text.split('.');
  const { encryptionKey, previousEncryptionKey } = configuration;
  const known = [encryptionKey, ...(previousEncryptionKey === null ? [] : [previousEncryptionKey])];
  const keys = await Promise.all(known.map(importKey));
  const used = keys.find((key) => key.name === name);
  if (used === undefined) throw new Error('sealed with a key that is not known');
  const opened = await crypto.subtle.decrypt(
    parameters(Uint8Array.fromBase64(nonce), purpose),
    used.key,
    Uint8Array.fromBase64(sealed),
  );
  return new TextDecoder().decode(opened);
}

function parameters(nonce: Uint8Array<ArrayBuffer>, purpose: string) {
  return { name: 'AES-GCM', iv: nonce, additionalData: new TextEncoder().encode(purpose) };
}

/** With what each text begins that is sealed with the key in use. */
export async function nameInUse({ encryptionKey }: Configuration): Promise<string> {
  return (await importKey(encryptionKey)).name;
}

/**
 * The key is derived from the secret, so that any secret of enough characters makes a 256-bit key.
 * Its name is derived from the key: nobody counts versions, and none can be mistaken for another.
 */
async function importKey(secret: string): Promise<{ name: string; key: CryptoKey }> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret));
  const ofKey = new Uint8Array(await crypto.subtle.digest('SHA-256', digest));
  const key = await crypto.subtle.importKey('raw', digest, 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ]);
  return { name: ofKey.slice(0, 4).toHex(), key };
}
