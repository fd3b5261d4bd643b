import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { newTenant, newUser, rowsOf } from './arrange.ts';
import { askApp } from './ask-app.ts';
import { freshAddress, origin, type Browser, type Json } from './browser.ts';
import { formOf, joined, samples } from './sample-files.ts';
import { auditOf, newTeam } from './team.ts';

const text = (content: string) => joined(new TextEncoder().encode(content));
const script = text('<script>alert(1)</script>');

const kept = async (tenantId: string) => {
  const rows = (await rowsOf('files')).filter((row) => row['tenant_id'] === tenantId);
  const { objects } = await env.FILES.list({ prefix: `tenants/${tenantId}/` });
  return { rows, keys: objects.map(({ key }) => key) };
};
const nothing = { rows: [], keys: [] };

/** A multipart body byte by byte, as no browser would send it. */
function rawForm(...parts: readonly (readonly [headers: string, content: string])[]) {
  const boundary = 'a-boundary';
  const body = parts
    .map(([headers, content]) => `--${boundary}\r\n${headers}\r\n\r\n${content}\r\n`)
    .join('');
  return { body: `${body}--${boundary}--\r\n`, type: `multipart/form-data; boundary=${boundary}` };
}
const pdf = new TextDecoder().decode(samples.pdf);
const disposition = (name: string) =>
  `Content-Disposition: form-data; name="file"; filename="${name}"`;

async function download(browser: Browser, path: string) {
  const headers = { Cookie: browser.cookieHeader(), 'CF-Connecting-IP': freshAddress() };
  const request = new Request(origin + path, { headers });
  const response = await askApp(browser.app, request, browser.env, createExecutionContext());
  return { headers: response.headers, bytes: new Uint8Array(await response.arrayBuffer()) };
}

/** As a camera makes it: a whole small picture in a segment before the big one. */
const withThumbnail = joined(
  samples.jpeg.slice(0, 2),
  new Uint8Array([0xff, 0xe1, 0, samples.jpeg.length + 2]),
  samples.jpeg,
  samples.jpeg.slice(2),
);

describe('API-6 a file is what its bytes say', () => {
  it.each([
    ['png', samples.png, 'image/png'],
    ['jpg', samples.jpeg, 'image/jpeg'],
    ['webp', samples.webp, 'image/webp'],
    ['pdf', samples.pdf, 'application/pdf'],
  ] as const)('a %s is taken, whatever it is called and declared as', async (ending, bytes, is) => {
    const { owner, path, tenantId } = await newTenant();
    const form = formOf(bytes, 'invoice.exe', 'text/html');
    const answer = await owner.post(`${path}/files`, form);
    const expected = {
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      name: `invoice.${ending}`,
      contentType: is,
      size: bytes.length,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    };
    expect([answer.status, answer.json]).toEqual([201, expected]);
    const key = `tenants/${tenantId}/${answer.json.id}`;
    expect((await kept(tenantId)).keys).toEqual([key]);
    expect((await env.FILES.head(key))?.httpMetadata?.contentType).toBe(is);
    expect((await owner.get(`${path}/files`)).json).toEqual({
      items: [answer.json],
      nextCursor: null,
    });
    const file = await download(owner, `${path}/files/${answer.json.id}`);
    expect(file.bytes).toEqual(bytes);
    expect(file.headers.get('Content-Type')).toBe(is);
  });

  it.each([
    ['HTML', text('<!doctype html><script>alert(1)</script>')],
    ['SVG', text('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
    ['a GIF that is a script', text('GIF89a/*<svg/onload=alert(1)>*/=alert(1)//')],
    ['a program', text('MZ\u0090\0\u0003')],
    ['an archive', text('PK\u0003\u0004')],
    ['text', text('hello')],
    ['one byte', text('x')],
    ['HTML before a PDF', joined(script, samples.pdf)],
    ['HTML before a PNG', joined(script, samples.png)],
    ['HTML behind a PNG', joined(samples.png, script)],
    ['HTML behind a WebP', joined(samples.webp, script)],
    ['the beginning of a PNG', samples.png.slice(0, 16)],
    ['a PNG without its last byte', samples.png.slice(0, -1)],
    ['the beginning of a JPEG', samples.jpeg.slice(0, 3)],
    ['a JPEG without its end', samples.jpeg.slice(0, -2)],
    ['a JPEG without its end, and a thumbnail that has one', withThumbnail.slice(0, -2)],
    ['a JPEG of nothing but a thumbnail', withThumbnail.slice(0, samples.jpeg.length + 6)],
    ['a JPEG without its end, but for a byte', joined(samples.jpeg.slice(0, -2), [0xd9])],
    [
      'a JPEG of nothing but a head',
      joined(samples.jpeg.slice(0, 2), [0xff, 0xe1, 0, 2], script, [0xff, 0xd9]),
    ],
    [
      'a WebP of something else',
      joined(samples.webp.slice(0, 12), text('HTML'), samples.webp.slice(16)),
    ],
    ['a WebP cut short', samples.webp.slice(0, -2)],
    ['the beginning of a WebP', samples.webp.slice(0, 12)],
    [
      'a RIFF that is sound',
      joined(samples.webp.slice(0, 8), text('WAVEfmt '), samples.webp.slice(16)),
    ],
    ['a WebP that is no RIFF', joined(text('RIFX'), samples.webp.slice(4))],
    [
      'a PNG that was sent as text',
      joined(samples.png.slice(0, 4), text('\n\u001a\n\n'), samples.png.slice(8)),
    ],
    ['a PDF without its end', samples.pdf.slice(0, -8)],
    ['HTML behind a PDF', joined(samples.pdf, script, text(' '.repeat(1_024)))],
    ['a PDF of no version', text('%PDF-x.y\n%%EOF')],
  ])('%s is refused, declared as a picture or not, and nothing stays', async (_what, bytes) => {
    const { owner, path, tenantId } = await newTenant();
    for (const type of ['image/png', 'application/pdf', '']) {
      const answer = await owner.post(`${path}/files`, formOf(bytes, 'photo.png', type));
      expect([answer.status, answer.json.code]).toEqual([415, 'unsupported_media_type']);
    }
    expect(await kept(tenantId)).toEqual(nothing);
  });

  it.each([
    ['a thumbnail', withThumbnail],
    ['bytes that fill', joined(samples.jpeg.slice(0, 2), [0xff, 0xff], samples.jpeg.slice(2))],
  ])('a JPEG with %s in it is taken', async (_what, bytes) => {
    const { owner, path } = await newTenant();
    const { status, json } = await owner.post(`${path}/files`, formOf(bytes));
    expect([status, json.contentType]).toEqual([201, 'image/jpeg']);
  });

  it('a picture with a script in it is served so that no browser runs it', async () => {
    const { owner, path } = await newTenant();
    const comment = joined(new Uint8Array([0xff, 0xfe, 0, script.length + 2]), script);
    const polyglot = joined(samples.jpeg.slice(0, 2), comment, samples.jpeg.slice(2));
    const { json } = await owner.post(`${path}/files`, formOf(polyglot, 'evil.html', 'text/html'));
    const { headers, bytes } = await download(owner, `${path}/files/${json.id}`);
    expect(bytes).toEqual(polyglot);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'content-disposition': "attachment; filename*=UTF-8''evil.jpg",
      'content-length': String(polyglot.length),
      'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
    });
  });

  it.each([
    ['photo.PNG', 'photo.pdf', 'photo.pdf'],
    ['no ending', 'no ending.pdf', 'no%20ending.pdf'],
    ['two.endings.html', 'two.endings.pdf', 'two.endings.pdf'],
    ['..', 'file.pdf', 'file.pdf'],
    ['.htaccess', '.htaccess'.slice(1).concat('.pdf'), 'htaccess.pdf'],
    ['  Cafe\u0301  ', 'Caf\u00e9.pdf', 'Caf%C3%A9.pdf'],
    [`it's (1)*.pdf`, `it's (1)*.pdf`, 'it%27s%20%281%29%2a.pdf'],
    ['a;b,c=d%.pdf', 'a;b,c=d%.pdf', 'a%3Bb%2Cc%3Dd%25.pdf'],
    ['\u{1f600}'.repeat(100), `${'\u{1f600}'.repeat(100)}.pdf`, '%F0%9F%98%80'],
  ])('"%s" becomes "%s"', async (given, name, escaped) => {
    const { owner, path } = await newTenant();
    const { json } = await owner.post(`${path}/files`, formOf(samples.pdf, given));
    expect(json.name).toBe(name);
    const { headers } = await download(owner, `${path}/files/${json.id}`);
    const sent = headers.get('Content-Disposition') ?? '';
    expect(sent).toMatch(/^attachment; filename\*=UTF-8''[\w.%-]+$/);
    expect(sent).toContain(`''${escaped}`);
  });

  it.each([
    '../../etc/passwd.pdf',
    String.raw`..\\..\\boot.pdf`,
    '/etc/passwd',
    'a\u0007b.pdf',
    'a\tb.pdf',
    'a\u202efdp.exe',
    'a\u2067b.pdf',
    'x'.repeat(201),
  ])('the name "%s" is refused, and not repeated', async (name) => {
    const { owner, path, tenantId } = await newTenant();
    const { body, type } = rawForm([disposition(name), pdf]);
    const answer = await owner.post(`${path}/files`, body, { 'Content-Type': type });
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_input']);
    expect(answer.json.errors).toEqual([
      { field: 'body.file', message: 'Give it a plain name, without a path' },
    ]);
    expect(await kept(tenantId)).toEqual(nothing);
  });

  it.each([
    ['no file', rawForm(['Content-Disposition: form-data; name="other"', 'x'])],
    ['a text instead of a file', rawForm(['Content-Disposition: form-data; name="file"', pdf])],
    ['an empty file', rawForm([disposition('a.pdf'), ''])],
    ['two files', rawForm([disposition('a.pdf'), pdf], [disposition('b.pdf'), pdf])],
    [
      'a file and a field nobody declared',
      rawForm(
        [disposition('a.pdf'), pdf],
        ['Content-Disposition: form-data; name="tenantId"', 'other'],
      ),
    ],
    [
      'a file and the prototype of all objects',
      rawForm(
        [disposition('a.pdf'), pdf],
        ['Content-Disposition: form-data; name="__proto__"', 'x'],
      ),
    ],
    ['nothing', { body: '', type: 'multipart/form-data; boundary=a-boundary' }],
    ['a form without a boundary', { body: 'x', type: 'multipart/form-data' }],
    [
      'a form that breaks off',
      { body: '--b\r\nContent-', type: 'multipart/form-data; boundary=b' },
    ],
  ])('%s is refused, and nothing stays', async (_what, { body, type }) => {
    const { owner, path, tenantId } = await newTenant();
    const answer = await owner.post(`${path}/files`, body, { 'Content-Type': type });
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_input']);
    expect(await kept(tenantId)).toEqual(nothing);
  });

  it.each(['application/json', 'image/png', 'application/octet-stream', 'multipart/mixed', ''])(
    'a body of the type "%s" is 415',
    async (type) => {
      const { owner, path } = await newTenant();
      const answer = await owner.post(`${path}/files`, '{"file":"x"}', { 'Content-Type': type });
      expect([answer.status, answer.json.code]).toEqual([415, 'unsupported_media_type']);
    },
  );
});

describe('API-5 an upload has its own limit', () => {
  const limit = 5 * 1024 * 1024;
  const pdfOf = (bytes: number) => joined(samples.pdf, new Uint8Array(bytes - samples.pdf.length));

  it('up to 5 MB with what surrounds the file, and then 413', async () => {
    const { owner, path, tenantId } = await newTenant();
    const big = pdfOf(limit - 2_000);
    big.set(samples.pdf.slice(-6), big.length - 6);
    expect((await owner.post(`${path}/files`, formOf(big))).status).toBe(201);
    const answer = await owner.post(`${path}/files`, formOf(pdfOf(limit)));
    expect([answer.status, answer.json.code]).toEqual([413, 'payload_too_large']);
    expect((await kept(tenantId)).rows).toHaveLength(1);
  });

  it('what announces nothing is counted as it comes, and not read to its end', async () => {
    const { owner, path, tenantId } = await newTenant();
    let chunks = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        chunks += 1;
        if (chunks > 1_000) controller.close();
        else controller.enqueue(new Uint8Array(64 * 1024).fill(32));
      },
    });
    const request = new Request(`${origin}${path}/files`, {
      method: 'POST',
      headers: {
        'Content-Type': 'multipart/form-data; boundary=b',
        Origin: origin,
        Cookie: owner.cookieHeader(),
      },
      body: endless,
    });
    expect((await owner.fetch(request)).status).toBe(413);
    expect(chunks).toBeLessThan(100);
    expect(await kept(tenantId)).toEqual(nothing);
  });

  it('other routes keep theirs', async () => {
    const { browser } = await newUser();
    const answer = await browser.post('/api/tenants', { name: 'x'.repeat(70_000) });
    expect(answer.status).toBe(413);
  });
});

describe('DB-1 files stay in their tenant', () => {
  it('the same id in another tenant is another file', async () => {
    const [one, other] = [await newTenant(), await newTenant()];
    const { json } = await one.owner.post(`${one.path}/files`, formOf(samples.png));
    await env.DB.prepare(
      `INSERT INTO files
       SELECT ?1, id, name, content_type, size, created_at, stored_at FROM files WHERE id = ?2`,
    )
      .bind(other.tenantId, json.id)
      .run();
    await env.FILES.put(`tenants/${other.tenantId}/${json.id}`, samples.jpeg);
    const mine = await download(one.owner, `${one.path}/files/${json.id}`);
    expect(mine.bytes).toEqual(samples.png);
    const theirs = await download(other.owner, `${other.path}/files/${json.id}`);
    expect(theirs.bytes).toEqual(samples.jpeg);
    await one.owner.delete(`${one.path}/files/${json.id}`);
    expect(await kept(one.tenantId)).toEqual(nothing);
    expect((await kept(other.tenantId)).keys).toHaveLength(1);
    const move = env.DB.prepare('UPDATE files SET tenant_id = ?1').bind(one.tenantId).run();
    await expect(move).rejects.toThrow(/tenant_id never changes/);
  });

  it('an upload and a deletion stand in the audit log, by id', async () => {
    const { owner, path, tenantId } = await newTeam();
    const { json } = await owner.browser.post(`${path}/files`, formOf(samples.png, 'secret.png'));
    await owner.browser.delete(`${path}/files/${json.id}`);
    const told = (await auditOf(tenantId)).filter(({ target }) => target === json.id);
    expect(new Set(told.map(({ action }) => action))).toEqual(
      new Set(['file.created', 'file.deleted']),
    );
    expect(JSON.stringify(told)).not.toContain('secret');
  });

  it('a deleted file is nowhere any more', async () => {
    const { owner, path, tenantId } = await newTenant();
    const { json } = await owner.post(`${path}/files`, formOf(samples.png));
    expect((await owner.delete(`${path}/files/${json.id}`)).status).toBe(204);
    expect((await owner.get(`${path}/files/${json.id}`)).status).toBe(404);
    expect((await owner.delete(`${path}/files/${json.id}`)).status).toBe(404);
    expect((await owner.get(`${path}/files`)).json.items).toEqual([]);
    expect(await kept(tenantId)).toEqual(nothing);
  });

  it('the log of the app says neither a name nor what is in a file', async () => {
    const lines: string[] = [];
    for (const level of ['info', 'warn', 'error'] as const) {
      vi.spyOn(console, level).mockImplementation((line: string) => void lines.push(line));
    }
    const { owner, path } = await newTenant();
    const created: Json = (await owner.post(`${path}/files`, formOf(samples.pdf, 'canary.pdf')))
      .json;
    await owner.get(`${path}/files/${created.id}`);
    await owner.post(`${path}/files`, formOf(text('canary'), 'canary/../x'));
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.join('\n')).not.toMatch(/canary|Catalog/);
  });
});
