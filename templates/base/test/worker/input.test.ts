import { describe, expect, it } from 'vitest';
import { newTenant, newUser } from './arrange.ts';
import { Browser, origin } from './browser.ts';

describe('API-1 all input is validated: shape, type, length, values', () => {
  it.each([
    ['a missing field', {}, 'body.name'],
    ['another type', { name: 7 }, 'body.name'],
    ['an empty text', { name: '   ' }, 'body.name'],
    ['a text too long', { name: 'x'.repeat(101) }, 'body.name'],
    ['a control character', { name: 'a\u0000b' }, 'body.name'],
    ['a line break where one line belongs', { name: 'a\nb' }, 'body.name'],
    ['a line separator', { name: 'a\u2028b' }, 'body.name'],
    ['a paragraph separator', { name: 'a\u2029b' }, 'body.name'],
    ['half a surrogate pair', { name: 'a\ud800' }, 'body.name'],
    ['an unknown field', { name: 'x', role: 'owner' }, 'body'],
    ['an unknown field of the row', { name: 'x', tenantId: 'other' }, 'body'],
    ['a list instead of an object', [], 'body'],
    ['null', null, 'body'],
  ])('%s is refused, by the name of the field', async (_what, body, field) => {
    const { owner, path } = await newTenant();
    const answer = await owner.post(`${path}/projects`, JSON.stringify(body));
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_input']);
    expect(answer.json.errors).toEqual([{ field, message: expect.any(String) }]);
    expect((await owner.get(`${path}/projects`)).json.items).toEqual([]);
  });

  it.each([
    '?limit=0',
    '?limit=101',
    '?limit=1.5',
    '?limit=',
    '?limit=ten',
    '?limit=1e1',
    '?cursor=x',
    '?surprise=1',
    '?limit=1&limit=2',
    '?limit=1&limit=1',
    '?sort=description',
    '?sort=created_at%20DESC',
    '?sort=constructor',
    `?q=${'x'.repeat(101)}`,
  ])('the query %s is refused', async (query) => {
    const { owner, path } = await newTenant();
    const answer = await owner.get(`${path}/projects${query}`);
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_input']);
  });

  it('a route that declares no query refuses one', async () => {
    const { browser } = await newUser();
    expect((await browser.get('/api/me?as=admin')).status).toBe(400);
  });

  it('an error never repeats what was sent', async () => {
    const sent = 'a-password-typed-into-the-wrong-field';
    for (const body of [
      { email: sent, password: sent.repeat(9), name: sent, [sent]: sent },
      { email: [sent], password: { sent }, name: `${sent}\u0000` },
    ]) {
      const answer = await new Browser().post('/api/auth/signup', body);
      expect(answer.status).toBe(400);
      expect(answer.text).not.toContain(sent);
    }
  });

  it('text is stored in one Unicode form', async () => {
    const { owner, path } = await newTenant();
    const created = await owner.post(`${path}/projects`, { name: ' Cafe\u0301 ' });
    expect(created.json.name).toBe('Caf\u00e9');
    const found = await owner.get(`${path}/projects?q=${encodeURIComponent('e\u0301')}`);
    expect(found.json.items).toEqual([created.json]);
  });

  it('and is measured in it: some letters are longer there', async () => {
    const { owner, path } = await newTenant();
    const save = (name: string) => owner.post(`${path}/projects`, { name });
    expect((await save('\u0958'.repeat(51))).status).toBe(400);
    for (const _ of [1, 2]) expect((await save('\u0958'.repeat(50))).status).toBe(201);
    const at = `${path}/projects?sort=name&limit=1`;
    const { nextCursor } = (await owner.get(at)).json;
    expect((await owner.get(`${at}&cursor=${nextCursor}`)).json.items).toHaveLength(1);
  });
});

describe('API-5 request bodies have size limits', () => {
  const limit = 64 * 1024;
  const body = (bytes: number) => JSON.stringify({ name: 'x'.repeat(bytes - 11) });

  it('an announced length above the limit is 413 before anything is read', async () => {
    const { browser } = await newUser();
    const answer = await browser.post('/api/tenants', body(limit + 1));
    expect([answer.status, answer.json.code]).toEqual([413, 'payload_too_large']);
  });

  it('a body of exactly the limit is read', async () => {
    const { browser } = await newUser();
    const answer = await browser.post('/api/tenants', body(limit));
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_input']);
  });

  it('a chunked body, which announces nothing, is counted as it comes and not read to its end', async () => {
    const { browser } = await newUser();
    let chunks = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        chunks += 1;
        if (chunks > 1_000) controller.close();
        else controller.enqueue(new Uint8Array(16 * 1024).fill(32));
      },
    });
    const request = new Request(`${origin}/api/tenants`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Origin: origin,
        Cookie: browser.cookieHeader(),
      },
      body: endless,
    });
    expect((await browser.fetch(request)).status).toBe(413);
    expect(chunks).toBeLessThan(20);
  });

  it('deep nesting is refused without exhausting the stack', async () => {
    const { browser } = await newUser();
    const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
    const answer = await browser.post('/api/tenants', deep);
    expect(answer.json.errors).toEqual([
      { field: 'body', message: expect.stringContaining('deep') },
    ]);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/jsonp',
    '',
  ])('the media type "%s" is 415', async (type) => {
    const { browser } = await newUser();
    const answer = await browser.post('/api/tenants', '{"name":"x"}', { 'Content-Type': type });
    expect([answer.status, answer.json.code]).toEqual([415, 'unsupported_media_type']);
  });

  it('what is not JSON is 400', async () => {
    const { browser } = await newUser();
    for (const text of ['', '{', '{"name":', 'name=x', '\ufeff{"name":"x"}x']) {
      expect((await browser.post('/api/tenants', text)).status).toBe(400);
    }
  });
});
