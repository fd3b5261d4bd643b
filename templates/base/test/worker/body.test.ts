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
