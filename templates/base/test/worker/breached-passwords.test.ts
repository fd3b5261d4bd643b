import { describe, expect, it, vi } from 'vitest';
import { freshEmail, newUser, password, rowsOf } from './arrange.ts';
import { Browser } from './browser.ts';
import { post } from './post.ts';

const url = 'https://breached.example/range/';
const breached = 'correct horse 7 battery';

/** SHA-1 in upper-case digits, as the service has it. */
async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex().toUpperCase();
}

/** Stands in for the service, at the edge of the app: what it was asked, and what it knows. */
function standIn(answer?: (request: Request) => Promise<Response>) {
  const asked: Request[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    asked.push(request);
    if (answer !== undefined) return answer(request);
    const hash = await hashOf(breached);
    const known = request.url === url + hash.slice(0, 5) ? `${hash.slice(5)}:1207` : '';
    const padding = `${(await hashOf(password)).slice(5)}:0`;
    return new Response([`${'0'.repeat(35)}:3`, padding, known].join('\r\n'));
  });
  return asked;
}

function checking(browser = new Browser()): Browser {
  browser.env = { ...browser.env, BREACH_LIST_URL: url };
  return browser;
}

const signUp = (chosen: string) =>
  checking().post('/api/auth/signup', { email: freshEmail(), password: chosen, name: 'Ada' });

describe('AUTH-2 a password known from a breach protects nobody', () => {
  it('nobody signs up with one', async () => {
    standIn();
    const before = (await rowsOf('users')).length;
    const answer = await signUp(breached);
    expect([answer.status, answer.json.errors]).toEqual([
      400,
      [{ field: 'body.password', message: expect.stringContaining('breach') }],
    ]);
    expect(await rowsOf('users')).toHaveLength(before);
    expect((await signUp(password)).status).toBe(202);
  });

  it('nobody changes to one', async () => {
    standIn();
    const { browser } = await newUser();
    const change = (chosen: string) =>
      checking(browser).post('/api/auth/password/change', { current: password, password: chosen });
    expect((await change(breached)).status).toBe(400);
    expect((await change('another battery staple')).status).toBe(204);
  });

  it('whoever has chosen five may still choose a better one: the current password was right', async () => {
    standIn();
    const { browser } = await newUser();
    const change = (chosen: string) =>
      checking(browser).post('/api/auth/password/change', { current: password, password: chosen });
    for (let chosen = 0; chosen < 5; chosen += 1) {
      expect((await change(breached)).status).toBe(400);
    }
    expect((await change('another battery staple')).status).toBe(204);
  });

  it('nobody resets to one, and the link stays good for a better one; without a link nothing is asked', async () => {
    const asked = standIn();
    const { email } = await newUser();
    await new Browser().post('/api/auth/password/forgot', { email });
    const token = post.tokenFor(email);
    const reset = (chosen: string, by = token) =>
      checking().post('/api/auth/password/reset', { token: by, password: chosen });
    expect((await reset(breached)).status).toBe(400);
    expect(asked).toHaveLength(1);
    expect((await reset(breached, 'A'.repeat(43))).json.errors).toMatchObject([
      { field: 'body.token' },
    ]);
    expect(asked).toHaveLength(1);
    expect((await reset('another battery staple')).status).toBe(204);
  });

  it('only five digits of its hash leave the app, and the answer is asked to be padded', async () => {
    const asked = standIn();
    await signUp(password);
    expect(asked.map((request) => request.url)).toEqual([
      url + (await hashOf(password)).slice(0, 5),
    ]);
    expect(asked.map(({ redirect }) => redirect)).toEqual(['manual']);
    expect(asked.map(({ headers }) => [...headers])).toEqual([
      [
        ['add-padding', 'true'],
        ['traceparent', expect.any(String)],
      ],
    ]);
  });

  it('a password that only fills the answer up is not known', async () => {
    standIn(async () => new Response(`${(await hashOf(password)).slice(5)}:0\r\n`));
    expect((await signUp(password)).status).toBe(202);
  });

  it('without an address nothing is asked', async () => {
    const asked = standIn();
    const body = { email: freshEmail(), password: breached, name: 'Ada' };
    expect((await new Browser().post('/api/auth/signup', body)).status).toBe(202);
    expect(asked).toEqual([]);
  });
});

describe('ERR-4 a service of breached passwords that fails keeps nobody out', () => {
  const noted = '"dependency":"breached passwords"';
  const failed = () => new Response('canary', { status: 503 });

  it.each([
    ['is down, which is logged', () => Promise.reject(new Error('canary')), 1],
    ['answers an error, which is logged', () => Promise.resolve(failed()), 1],
    ['answers nonsense', () => Promise.resolve(new Response('<html>canary')), 0],
  ])('when it %s', async (_what, answer, notices) => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
    standIn(answer);
    expect((await signUp(breached)).status).toBe(202);
    expect(warned.mock.calls.join('\n')).not.toContain('canary');
    const notes = warned.mock.calls.map((call) => call.join(' '));
    const fitting = notes.filter((note) => note.includes(noted));
    expect([notes.length, fitting.length]).toEqual([notices, notices]);
  });

  it('when it hangs, which is noticed and logged', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const timeouts = vi.spyOn(AbortSignal, 'timeout');
    standIn(
      ({ signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')));
        }),
    );
    expect((await signUp(breached)).status).toBe(202);
    expect(timeouts.mock.calls).toEqual([[1_500]]);
    expect(warned.mock.calls.join('\n')).toContain(noted);
  });
});
