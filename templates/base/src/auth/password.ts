import { Buffer } from 'node:buffer';
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/**
 * The work one guess costs: OWASP's scrypt parameters at 16 MiB, about 150 ms of CPU. There is no
 * way to lower it for tests, since that would be a way to lower it. Whoever raises it changes only
 * these numbers: they stand in each hash, and a login with an older hash makes a new one.
 */
const cost = { N: 2 ** 14, r: 8, p: 5 };
const keyLength = 32;
const scheme = `scrypt$${cost.N}$${cost.r}$${cost.p}`;

/** Checked when no account has the address, so that a wrong address costs as much as a wrong password. */
export const nobodysHash = `${scheme}$${'A'.repeat(22)}==$${'A'.repeat(43)}=`;

/** Hashes a password as `scrypt$N$r$p$salt$key`, salt and key in Base64. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return `${scheme}$${salt.toString('base64')}$${key.toString('base64')}`;
}

/** Whether the password has this hash. `null` stands for no account: the same work, always false. */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const [, N, r, p, salt, expected] = (hash ?? nobodysHash).split('$');
  if (salt === undefined || expected === undefined) throw new Error('a stored hash is malformed');
  const parameters = { N: Number(N), r: Number(r), p: Number(p) };
  const key = await derive(password, Buffer.from(salt, 'base64'), parameters);
  return timingSafeEqual(key, Buffer.from(expected, 'base64')) && hash !== null;
}

/** Whether a hash was made with other parameters than today's. */
export function needsRehash(hash: string): boolean {
  return !hash.startsWith(`${scheme}$`);
}

/** The same characters typed on another keyboard are the same password: NFKC (NIST SP 800-63B). */
function derive(password: string, salt: Buffer, parameters: typeof cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, keyLength, parameters, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
