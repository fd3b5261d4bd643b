const algorithm = { name: 'HMAC', hash: 'SHA-256' };

/** HMAC-SHA-256 of a text under a secret, in hexadecimal. */
export async function hmac(secret: string, text: string): Promise<string> {
  const signed = await crypto.subtle.sign(algorithm, await importKey(secret), bytesOf(text));
  return new Uint8Array(signed).toHex();
}

/** Whether a text carries this HMAC, compared in constant time. */
export async function isHmac(secret: string, text: string, signature: string): Promise<boolean> {
  if (!/^[0-9a-f]{64}$/.test(signature)) return false;
  const expected = Uint8Array.fromHex(signature);
  return crypto.subtle.verify(algorithm, await importKey(secret), expected, bytesOf(text));
}

function importKey(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', bytesOf(secret), algorithm, false, ['sign', 'verify']);
}

function bytesOf(text: string) {
  return new TextEncoder().encode(text);
}
