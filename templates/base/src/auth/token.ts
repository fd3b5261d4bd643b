const tokenShape = /^[A-Za-z0-9_-]{43}$/;

/** A new secret token: 32 random bytes in Base64url, 43 characters. */
export function mintToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
}

/** Whether text could be one of our tokens; anything else is refused without asking the database. */
export function isToken(text: string | undefined): text is string {
  return text !== undefined && tokenShape.test(text);
}

/** What is stored of a token: its SHA-256 in hexadecimal. 256 random bits need no salt. */
export async function hashToken(token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
  return new Uint8Array(digest).toHex();
}
