import { describe, expect, it, vi } from 'vitest';
import { defaultBodyLimit, readBody, readJson, readText } from '../../src/http/body.ts';
import { hurry } from './broken.ts';

describe('API-5 a body that announces too much', () => {
  it.each([
    ['json', 'application/json'],
    ['form', 'multipart/form-data; boundary=x'],
  ] as const)('is refused before a byte is read, however small it is: %s', async (kind, type) => {
    const request = new Request('https://app.example', {
      method: 'POST',
      headers: { 'Content-Type': type, 'Content-Length': String(defaultBodyLimit + 1) },
      body: '{}',
    });
    const reading = readBody(request, kind, defaultBodyLimit);
    await expect(reading).rejects.toMatchObject({ code: 'payload_too_large' });
    expect(request.bodyUsed).toBe(false);
  });
});

describe('API-5 a form has as many parts as fit into it', () => {
  it('none of which is looked for among all of them: that took minutes of a form of 5 MB', async () => {
    const part = (name: number) =>
      `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n\r\n`;
    const parts = Array.from({ length: 100 }, (_, index) => part(index % 50));
    const request = new Request('https://app.example', {
      method: 'POST',
      headers: { 'Content-Type': 'multipart/form-data; boundary=x' },
      body: `${parts.join('')}--x--`,
    });
    const looked = vi.spyOn(FormData.prototype, 'getAll');
    const form = await readBody(request, 'form', defaultBodyLimit);
    expect(Object.values(Object(form))).toEqual(Array(50).fill(['', '']));
    expect(looked).not.toHaveBeenCalled();
  });
});

describe('API-5 a body that does not end', () => {
  it.each([
    ['json', 'application/json', (request: Request) => readBody(request, 'json', 100)],
    [
      'form',
      'multipart/form-data; boundary=x',
      (request: Request) => readBody(request, 'form', 100),
    ],
    ['text', 'text/plain', (request: Request) => readText(request, 100)],
  ])('is refused after 30 seconds, and let go of: %s', async (_kind, type, read) => {
    const waits = hurry();
    const cancel = vi.fn<() => void>();
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{')),
      pull: () => new Promise<void>(() => {}),
      cancel,
    });
    await Promise.all([
      expect(read(json(body, type))).rejects.toMatchObject({ code: 'invalid_input' }),
      vi.waitFor(() => expect(cancel).toHaveBeenCalledOnce(), 8_000),
    ]);
    expect(waits).toContain(30_000);
  });

  it('nor is more of it read than fits', async () => {
    const cancel = vi.fn<() => void>();
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(60)),
      cancel,
    });
    await expect(readText(json(body), 100)).rejects.toMatchObject({ code: 'payload_too_large' });
    expect(cancel).toHaveBeenCalledOnce();
  });
});

const json = (body: BodyInit, type = 'application/json') =>
  new Request('https://app.example', { method: 'POST', headers: { 'Content-Type': type }, body });

describe('API-5 JSON nests at most 20 levels deep', () => {
  it.each([
    ['lists', (levels: number) => '['.repeat(levels) + ']'.repeat(levels)],
    ['objects', (levels: number) => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`],
  ])('20 are read, and 21 are not: %s', async (_what, nested) => {
    expect(await readJson(json(nested(20)))).toEqual(JSON.parse(nested(20)));
    await expect(readJson(json(nested(21)))).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('API-1 JSON is told by its media type', () => {
  it.each(['application/json; charset=utf-8', 'Application/JSON'])('such as %s', async (type) => {
    await expect(readJson(json('[]', type))).resolves.toEqual([]);
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
