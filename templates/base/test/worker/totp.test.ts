import { describe, expect, it } from 'vitest';
import { toBase32 } from '../../src/auth/base32.ts';
import { codeAt, findStep, newSeed, otpauthUri, stepAt } from '../../src/auth/totp.ts';

const seed = new TextEncoder().encode('12345678901234567890');

describe('AUTH-4 codes are those of RFC 6238', () => {
  // Appendix B, the rows for SHA-1; the last six of their eight digits.
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at second %i the code is %s', async (seconds, code) => {
    expect(await codeAt(seed, stepAt(seconds * 1_000))).toBe(code);
  });

  it('a code is good one step early and one step late, and no longer', async () => {
    const now = 1_234_567_890_000;
    const found = [];
    for (let late = -12; late <= 12; late += 1) {
      const code = await codeAt(seed, stepAt(now) + late);
      found.push([late, await findStep(seed, code, now)]);
    }
    expect(found.filter(([, step]) => step !== null)).toEqual([
      [-1, stepAt(now) - 1],
      [0, stepAt(now)],
      [1, stepAt(now) + 1],
    ]);
  });

  it.each([0, 1, 2, 3, 4, 5])('a code with another digit at place %i is none', async (place) => {
    const code = '287082';
    const digit = (Number(code[place]) + 1) % 10;
    const other = code.slice(0, place) + String(digit) + code.slice(place + 1);
    expect(await findStep(seed, other, 59_000)).toBeNull();
    expect(await findStep(seed, code, 59_000)).toBe(1);
  });

  it.each(['', '28708', '0287082', '287082x', '２８７０８２'])('"%s" is no code', async (text) => {
    expect(await findStep(seed, text, 59_000)).toBeNull();
  });

  it('a seed has 160 bits, and no two are alike', () => {
    const seeds = Array.from({ length: 50 }, () => newSeed());
    expect(seeds.every(({ byteLength }) => byteLength === 20)).toBe(true);
    expect(new Set(seeds.map((each) => each.toHex())).size).toBe(50);
  });

  it('an authenticator app is told the secret, the issuer and the account', () => {
    const uri = otpauthUri(seed, { issuer: 'app.example', account: 'a+b@example.com' });
    expect(uri).toBe(
      'otpauth://totp/app.example:a%2Bb%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=app.example',
    );
  });
});

describe('AUTH-4 secrets are written in the Base32 of RFC 4648', () => {
  // Section 10, without the padding.
  it.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('"%s" is "%s"', (text, encoded) => {
    expect(toBase32(new TextEncoder().encode(text))).toBe(encoded);
  });
});
