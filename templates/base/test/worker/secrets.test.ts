import { describe, expect, it } from 'vitest';
import { hashPassword } from '../../src/auth/password.ts';
import { mintToken } from '../../src/auth/token.ts';

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
