import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { hashPassword } from '../../src/auth/password.ts';
import { seal, unseal } from '../../src/auth/seal.ts';
import { mintToken } from '../../src/auth/token.ts';
import { readConfiguration, type Env } from '../../src/env.ts';
import { origin } from './browser.ts';

const read = (changed: Env) => readConfiguration(changed, new URL(origin));

describe('AUTH-1 a session token cannot be guessed', () => {
  it('each is new, and every one of its 43 characters varies', () => {
    const tokens = Array.from({ length: 200 }, mintToken);
    expect(new Set(tokens).size).toBe(tokens.length);
    const variety = Array.from(
      { length: 43 },
      (_, place) => new Set(tokens.map((token) => token.charAt(place))).size,
    );
    expect(Math.min(...variety)).toBeGreaterThan(8);
  });
});

describe('AUTH-2 a stolen password hash is expensive to break', () => {
  it('a hash costs what was decided, and no two of one password are alike', async () => {
    const hashes = [await hashPassword('one password'), await hashPassword('one password')];
    for (const hash of hashes) expect(hash).toMatch(/^scrypt\$16384\$8\$5\$.{24}\$.{44}$/);
    const salts = hashes.map((hash) => hash.split('$')[4]);
    expect(new Set(salts).size).toBe(2);
  });
});

describe('OBS-2 what is sealed in the database', () => {
  const configuration = read(env);

  it('opens for its purpose and says the same', async () => {
    const sealed = await seal(configuration, 'outbox', 'a text');
    expect(sealed).not.toContain('a text');
    expect(await unseal(configuration, 'outbox', sealed)).toBe('a text');
  });

  it('differs each time, in every part', async () => {
    const first = (await seal(configuration, 'outbox', 'a text')).split('.');
    const second = (await seal(configuration, 'outbox', 'a text')).split('.');
    expect(first[1]).not.toBe(second[1]);
    expect(first[2]).not.toBe(second[2]);
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
  it.each(['HMAC_KEY', 'ENCRYPTION_KEY'] as const)('%s is never replaced by another', (name) => {
    const { [name]: _, ...without } = env;
    expect(() => read(without)).toThrow(`${name} is missing`);
    expect(() => read({ ...env, [name]: 'x'.repeat(31) })).toThrow(`${name} is shorter`);
    const key = 'x'.repeat(32);
    const { hmacKey, encryptionKey } = read({ ...env, [name]: key });
    expect([hmacKey, encryptionKey].filter((value) => value === key)).toHaveLength(1);
  });
});

describe('SEC-1 one leaked secret opens one thing', () => {
  it('two secrets with the same value are refused', () => {
    const key = 'x'.repeat(32);
    expect(() => read({ ...env, HMAC_KEY: key, ENCRYPTION_KEY: key })).toThrow('are the same');
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
