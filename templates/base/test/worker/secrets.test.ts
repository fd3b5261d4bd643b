import { Buffer } from 'node:buffer';
import { createCipheriv, createHash, scryptSync } from 'node:crypto';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { hashPassword, verifyPassword } from '../../src/auth/password.ts';
import { seal, unseal } from '../../src/auth/seal.ts';
import { mintToken } from '../../src/auth/token.ts';
import { newSeed } from '../../src/auth/totp.ts';
import { readConfiguration, type Env } from '../../src/env.ts';
import { newUserWithMfa } from './authenticator.ts';
import { origin } from './browser.ts';

/** How many different bytes, or characters, stand at the place where there are fewest. */
function leastVariety(draws: readonly (string | Uint8Array)[]): number {
  const places = Array.from({ length: draws[0]?.length ?? 0 }, (_, place) => place);
  return Math.min(...places.map((place) => new Set(draws.map((draw) => draw[place])).size));
}

const read = (changed: Env) => readConfiguration(changed, new URL(origin));
const names = ['HMAC_KEY', 'ENCRYPTION_KEY', 'OPERATIONS_TOKEN'] as const;

describe('AUTH-1 a session token cannot be guessed', () => {
  it('each is new, and every one of its 43 characters varies', () => {
    const tokens = Array.from({ length: 200 }, mintToken);
    expect(new Set(tokens).size).toBe(tokens.length);
    expect(tokens[0]).toHaveLength(43);
    expect(leastVariety(tokens)).toBeGreaterThan(8);
  });
});

describe('AUTH-4 what a second factor rests on cannot be guessed', () => {
  it('each of the 20 bytes of a seed varies', () => {
    const seeds = Array.from({ length: 200 }, newSeed);
    expect(seeds[0]).toHaveLength(20);
    expect(leastVariety(seeds)).toBeGreaterThan(64);
  });

  it('each of the 26 letters of a recovery code varies', async () => {
    const people = [await newUserWithMfa(), await newUserWithMfa(), await newUserWithMfa()];
    const codes = people.flatMap(({ recoveryCodes }) => recoveryCodes);
    const letters = codes.map((code) => code.replaceAll('-', ''));
    expect(new Set(letters).size).toBe(30);
    // The last has only three bits.
    expect(leastVariety(letters.map((code) => code.slice(0, 25)))).toBeGreaterThan(8);
    expect(leastVariety(letters)).toBeGreaterThan(2);
  });
});

describe('AUTH-2 a stolen password hash is expensive to break', () => {
  it('says what was decided, and each byte of its salt varies', async () => {
    const hashes = await Promise.all(Array.from({ length: 6 }, () => hashPassword('a password')));
    for (const hash of hashes) expect(hash).toMatch(/^scrypt\$16384\$8\$5\$.{24}\$.{44}$/);
    const salts = hashes.map((hash) => Uint8Array.fromBase64(hash.split('$')[4] ?? ''));
    expect(salts[0]).toHaveLength(16);
    expect(leastVariety(salts)).toBeGreaterThan(2);
  });

  it('costs what it says: scrypt of the same parameters, made elsewhere, is the same', async () => {
    const [, , , , salt = '', key = ''] = (await hashPassword('a password')).split('$');
    const cost = { N: 16_384, r: 8, p: 5 };
    const expected = scryptSync('a password', Buffer.from(salt, 'base64'), 32, cost);
    expect(key).toBe(expected.toString('base64'));
    const own = `scrypt$16384$8$5$${salt}$${expected.toString('base64')}`;
    expect(await verifyPassword('a password', own)).toBe(true);
  });
});

describe('OBS-2 SEC-2 what is sealed in the database', () => {
  const configuration = read(env);

  it('opens for its purpose and says the same', async () => {
    const sealed = await seal(configuration, 'outbox', 'a text');
    expect(sealed).not.toContain('a text');
    expect(await unseal(configuration, 'outbox', sealed)).toBe('a text');
  });

  it('is AES-256-GCM under the SHA-256 of the whole secret, and tells nothing of that key', async () => {
    const [name, nonce = '', text] = (await seal(configuration, 'outbox', 'a text')).split('.');
    const key = createHash('sha256').update(configuration.encryptionKey).digest();
    const cipher = createCipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'));
    cipher.setAAD(Buffer.from('outbox'));
    const parts = [cipher.update('a text', 'utf8'), cipher.final(), cipher.getAuthTag()];
    expect(text).toBe(Buffer.concat(parts).toString('base64'));
    expect(name).toBe(createHash('sha256').update(key).digest('hex').slice(0, 8));
  });

  it('differs each time, in every byte of its nonce', async () => {
    const sealed = await Promise.all(
      Array.from({ length: 200 }, () => seal(configuration, 'outbox', 'a text')),
    );
    const nonces = sealed.map((text) => Uint8Array.fromBase64(text.split('.')[1] ?? ''));
    expect(nonces[0]).toHaveLength(12);
    expect(leastVariety(nonces)).toBeGreaterThan(64);
    expect(new Set(sealed.map((text) => text.split('.')[2])).size).toBe(200);
  });

  it('does not open for another purpose, under another key, or with a byte changed', async () => {
    const sealed = await seal(configuration, 'outbox', 'a text');
    await expect(unseal(configuration, 'another', sealed)).rejects.toThrow(/./);
    const otherKey = read({ ...env, ENCRYPTION_KEY: 'x'.repeat(40) });
    await expect(unseal(otherKey, 'outbox', sealed)).rejects.toThrow(/./);
    const [version = '', nonce = '', text = ''] = sealed.split('.');
    const bytes = Uint8Array.fromBase64(text);
    bytes.set([(bytes[0] ?? 0) ^ 1]);
    const changed = [version, nonce, bytes.toBase64()].join('.');
    await expect(unseal(configuration, 'outbox', changed)).rejects.toThrow(/./);
  });
});

describe('SEC-1 each secret stands for itself', () => {
  it.each(names)('%s is never replaced by another', (name) => {
    const { [name]: _, ...without } = env;
    expect(() => read(without)).toThrow(`${name} is missing`);
    expect(() => read({ ...env, [name]: 'x'.repeat(31) })).toThrow(`${name} is shorter`);
    const key = 'x'.repeat(32);
    const { hmacKey, encryptionKey, operationsToken } = read({ ...env, [name]: key });
    const isKey = [hmacKey, encryptionKey, operationsToken].map((value) => value === key);
    expect(isKey).toEqual(names.map((its) => its === name));
  });
});

describe('SEC-1 one leaked secret opens one thing', () => {
  it.each([
    ['HMAC_KEY', 'ENCRYPTION_KEY'],
    ['HMAC_KEY', 'OPERATIONS_TOKEN'],
    ['ENCRYPTION_KEY', 'OPERATIONS_TOKEN'],
  ])('%s with the value of %s is refused', (one, other) => {
    const key = 'x'.repeat(32);
    expect(() => read({ ...env, [one]: key, [other]: key })).toThrow('are the same');
  });
});

describe('SEC-6 mails link to one https origin', () => {
  it.each(['', 'http://app.example', 'https://app.example/', 'https://app.example/path', 'app'])(
    'LINK_BASE_URL "%s" is refused',
    (value) => {
      expect(() => read({ ...env, LINK_BASE_URL: value })).toThrow('LINK_BASE_URL');
    },
  );
});
