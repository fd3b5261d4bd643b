import type { Configuration } from '../env.ts';

/** The version of the key a new text is sealed with. It stands in front of the text. */
const keyVersion = 'v1';

/**
 * Encrypts a text that must rest in the database but may not be read there: AES-256-GCM with a
 * fresh nonce, as `version.nonce.ciphertext`. `purpose` is authenticated with it, so that what was
 * sealed for one use cannot be opened for another.
 */
export async function seal(
  configuration: Configuration,
  purpose: string,
  text: string,
): Promise<string> {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt(
    parameters(nonce, purpose),
    await importKey(configuration),
    new TextEncoder().encode(text),
  );
  return [keyVersion, nonce.toBase64(), new Uint8Array(sealed).toBase64()].join('.');
}

/** Decrypts what `seal` made for the same purpose. @throws when it was changed or sealed otherwise */
export async function unseal(
  configuration: Configuration,
  purpose: string,
  text: string,
): Promise<string> {
  const [version, nonce = '', sealed = ''] = text.split('.');
  if (version !== keyVersion) throw new Error('sealed with a key that is not known');
  const opened = await crypto.subtle.decrypt(
    parameters(Uint8Array.fromBase64(nonce), purpose),
    await importKey(configuration),
    Uint8Array.fromBase64(sealed),
  );
  return new TextDecoder().decode(opened);
}

function parameters(nonce: Uint8Array<ArrayBuffer>, purpose: string) {
  return { name: 'AES-GCM', iv: nonce, additionalData: new TextEncoder().encode(purpose) };
}

/** The key is derived from the secret, so that any secret of enough characters makes a 256-bit key. */
async function importKey({ encryptionKey }: Configuration): Promise<CryptoKey> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(encryptionKey));
  return crypto.subtle.importKey('raw', digest, 'AES-GCM', false, ['encrypt', 'decrypt']);
}
