import { describe, expect, it } from 'vitest';
import { defaultBodyLimit, readJson } from '../../src/http/body.ts';

describe('API-5 a body that announces too much', () => {
  it('is refused before a byte is read, however small it is', async () => {
    const request = new Request('https://app.example', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Content-Length': String(defaultBodyLimit + 1),
      },
      body: '{}',
    });
    await expect(readJson(request)).rejects.toMatchObject({ code: 'payload_too_large' });
    expect(request.bodyUsed).toBe(false);
  });
});

const json = (body: BodyInit) =>
  new Request('https://app.example', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body,
  });

describe('API-5 JSON nests at most 20 levels deep', () => {
  const nested = (levels: number) => json('['.repeat(levels) + ']'.repeat(levels));

  it('20 are read, and 21 are not', async () => {
    expect(await readJson(nested(20))).toBeInstanceOf(Array);
    await expect(readJson(nested(21))).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('API-1 JSON is UTF-8', () => {
  it.each([
    ['half a character', [0xc3]],
    ['half a surrogate pair', [0xed, 0xa0, 0x80]],
    ['Latin-1', [0xe9]],
  ])('%s is refused, and not replaced by something else', async (_what, bytes) => {
    const text = new Uint8Array([0x22, ...bytes, 0x22]);
    await expect(readJson(json(text))).rejects.toMatchObject({ code: 'invalid_input' });
  });
});
