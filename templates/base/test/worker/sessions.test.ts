import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { sessionLifetime } from '../../src/auth/sessions.ts';
import { newUser, password, rowsOf, signUpAndLogIn } from './arrange.ts';
import { Browser, origin } from './browser.ts';
import { interceptD1 } from './doubles.ts';
import { bindingsOf } from './environments.ts';

const hour = 60 * 60 * 1_000;

/** A second device of the same user. */
async function logInAgain(email: string): Promise<Browser> {
  const browser = new Browser();
  await browser.post('/api/auth/login', { email, password }, { 'User-Agent': 'Firefox/140 Linux' });
  return browser;
}

describe('AUTH-2 TEST-1 logging out ends the session on the server', () => {
  it('a captured cookie is refused after logout, though KV still serves the old value', async () => {
    const { browser } = await newUser();
    const captured = browser.cookieHeader();
    vi.spyOn(env.SESSIONS, 'delete').mockResolvedValue();
    const loggedOut = await browser.post('/api/auth/logout');
    expect(loggedOut.status).toBe(204);
    expect(loggedOut.headers.get('Clear-Site-Data')).toBe('"storage"');
    expect(browser.cookies.size).toBe(0);
    const replay = await new Browser().get('/api/me', { Cookie: captured });
    expect(replay.status).toBe(401);
  });

  it.each([
    ['POST', '/api/auth/logout'],
    ['POST', '/api/auth/logout-all'],
    ['DELETE', '/api/me'],
  ])('after %s %s the browser keeps no session, nor what pages stored', async (method, path) => {
    const { browser } = await newUser();
    const left = await browser.send(method, path);
    expect(left.status).toBe(204);
    expect(left.headers.get('Clear-Site-Data')).toBe('"storage"');
    expect(browser.cookies.has('__Host-sid')).toBe(false);
  });

  it('logging out everywhere ends the sessions of every device, and nobody else', async () => {
    const { browser: laptop, email } = await newUser();
    const phone = await logInAgain(email);
    const other = (await newUser()).browser;
    expect((await laptop.post('/api/auth/logout-all')).status).toBe(204);
    expect(laptop.cookies.has('__Host-sid')).toBe(false);
    expect((await laptop.get('/api/me')).status).toBe(401);
    expect((await phone.get('/api/me')).status).toBe(401);
    expect((await other.get('/api/me')).status).toBe(200);
  });

  it('a session is listed by device, and can be ended from another', async () => {
    const { browser: laptop, email } = await newUser();
    const phone = await logInAgain(email);
    const { items } = (await laptop.get('/api/auth/sessions')).json;
    expect(items).toHaveLength(2);
    const listed = items.find((item: { current: boolean }) => !item.current);
    expect(listed).toMatchObject({ device: 'Firefox on Linux', createdAt: expect.any(String) });
    expect((await laptop.delete(`/api/auth/sessions/${listed.id}`)).status).toBe(204);
    expect((await phone.get('/api/me')).status).toBe(401);
    expect((await laptop.get('/api/me')).status).toBe(200);
    expect((await laptop.get('/api/auth/sessions')).json.items).toHaveLength(1);
  });

  it.each([
    ['/api/auth/logout', 'SET revoked_at'],
    ['/api/auth/logout-all', 'SET session_epoch'],
    ['/api/auth/login', 'SET revoked_at'],
  ])('what %s cannot end, it does not say to have ended', async (path, failing) => {
    const { browser, email } = await newUser();
    const before = browser.cookieHeader();
    const bindings = browser.env;
    const DB = interceptD1((sql) => {
      if (sql.includes(failing)) throw new Error('D1_ERROR: Network connection lost.');
    });
    browser.env = { ...bindings, DB };
    const login = path.endsWith('login') ? { email, password } : undefined;
    expect((await browser.post(path, login)).status).toBe(503);
    expect(browser.cookieHeader()).toBe(before);
    browser.env = bindings;
    expect((await browser.get('/api/me')).status).toBe(200);
  });

  it("nobody ends another user's session", async () => {
    const victim = await newUser();
    const { session } = (await victim.browser.get('/api/me')).json;
    const { browser } = await newUser();
    expect((await browser.delete(`/api/auth/sessions/${session.id}`)).status).toBe(404);
    expect((await victim.browser.get('/api/me')).status).toBe(200);
  });

  it('a session opened while all others were being ended is born dead', async () => {
    const { browser, userId } = await newUser();
    await env.DB.prepare('UPDATE users SET session_epoch = 1 WHERE id = ?1').bind(userId).run();
    expect((await browser.get('/api/me')).status).toBe(401);
    expect((await browser.get('/api/auth/sessions')).status).toBe(401);
  });

  it('ten parallel logouts all end well', async () => {
    const { browser } = await newUser();
    const cookie = browser.cookieHeader();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        new Browser().post('/api/auth/logout', undefined, { Cookie: cookie }),
      ),
    );
    expect(answers.every(({ status }) => status === 204 || status === 401)).toBe(true);
    expect((await browser.get('/api/me')).status).toBe(401);
  });

  it('what KV remembers of a session grants nothing', async () => {
    const forged = 'A'.repeat(43);
    await env.SESSIONS.put(forged, JSON.stringify({ userId: 'anybody', device: 'Firefox' }));
    const answer = await new Browser().get('/api/me', { Cookie: `__Host-sid=${forged}` });
    expect(answer.status).toBe(401);
  });

  it('a session lives on while KV is down', async () => {
    const { browser } = await newUser();
    vi.spyOn(env.SESSIONS, 'get').mockRejectedValue(new Error('KV is down'));
    const answer = await browser.get('/api/auth/sessions');
    expect(answer.status).toBe(200);
    expect(answer.json.items).toEqual([expect.objectContaining({ device: null, current: true })]);
  });

  it('no token is stored, neither in D1 nor in KV', async () => {
    const browser = await signUpAndLogIn();
    const token = browser.cookies.get('__Host-sid') ?? '';
    expect(token).toMatch(/^[\w-]{43}$/);
    const keys = await env.SESSIONS.list();
    const values = await Promise.all(keys.keys.map(({ name }) => env.SESSIONS.get(name)));
    const stored = JSON.stringify([await rowsOf('sessions'), await rowsOf('users'), keys, values]);
    expect(stored).not.toContain(token);
    expect(stored).not.toContain(password);
  });
});

describe('AUTH-7 TEST-1 session cookies carry safe attributes and bounded lifetimes', () => {
  const logIn = async (browser: Browser, email: string) =>
    (await browser.post('/api/auth/login', { email, password })).headers.getSetCookie();

  it('the cookie is HttpOnly, Secure, SameSite=Lax and bound to the host', async () => {
    const { email } = await newUser();
    const cookies = await logIn(new Browser(), email);
    const lifetimes = { '__Host-sid': 2_592_000, '__Host-device': 7_776_000 };
    const expected = Object.entries(lifetimes).map(([name, seconds]) =>
      expect.stringMatching(
        new RegExp(
          `^${name}=[\\w.-]{43,}; Max-Age=${seconds}; Path=/; HttpOnly; Secure; SameSite=Lax$`,
        ),
      ),
    );
    expect(cookies).toEqual(expected);
  });

  it('each login makes a new token, and the one before is dead', async () => {
    const { browser, email } = await newUser();
    const before = browser.cookieHeader();
    await logIn(browser, email);
    expect(browser.cookieHeader()).not.toBe(before);
    expect((await browser.get('/api/me')).status).toBe(200);
    expect((await new Browser().get('/api/me', { Cookie: before })).status).toBe(401);
  });

  it('a token planted before login is not adopted', async () => {
    const { email } = await newUser();
    const planted = 'B'.repeat(43);
    const browser = new Browser();
    browser.cookies.set('__Host-sid', planted);
    await logIn(browser, email);
    expect(browser.cookies.get('__Host-sid')).not.toBe(planted);
    expect((await new Browser().get('/api/me', { Cookie: `__Host-sid=${planted}` })).status).toBe(
      401,
    );
  });

  it('the lifetimes are the decided ones', () => {
    expect(sessionLifetime).toEqual({
      idleMs: 24 * hour,
      absoluteMs: 720 * hour,
      extensionMs: hour,
    });
  });

  it('a session dies after 24 hours without a request', async () => {
    const start = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: start });
    const { browser } = await newUser();
    vi.setSystemTime(start + 24 * hour - 1_000);
    const idle = (await newUser()).browser;
    expect((await browser.get('/api/me')).status).toBe(200);
    vi.setSystemTime(start + 48 * hour);
    expect((await idle.get('/api/me')).status).toBe(401);
  });

  it('a session in use is extended, but no longer than 30 days after its login', async () => {
    const { email } = await newUser();
    const start = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: start });
    const browser = await logInAgain(email);
    for (let hours = 20; hours < 720; hours += 20) {
      vi.setSystemTime(start + hours * hour);
      expect((await browser.get('/api/me')).status).toBe(200);
    }
    vi.setSystemTime(start + 720 * hour + 1_000);
    expect((await browser.get('/api/me')).status).toBe(401);
  });

  it('the idle expiry is moved at most once an hour', async () => {
    const { browser, userId } = await newUser();
    const expiry = async () =>
      (await rowsOf('sessions')).find((row) => row['user_id'] === userId)?.['idle_expires_at'];
    const before = await expiry();
    await browser.get('/api/me');
    expect(await expiry()).toBe(before);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hour + 1_000 });
    await browser.get('/api/me');
    expect(await expiry()).toBeGreaterThan(Number(before));
  });

  it('staging has the cookies of production', async () => {
    const { email } = await newUser();
    const browser = new Browser();
    browser.env = bindingsOf('staging');
    const names = (await logIn(browser, email)).map((cookie) => cookie.split('=')[0]);
    expect(names).toEqual(['__Host-sid', '__Host-device']);
  });

  it('development, which has no HTTPS, uses another name and is otherwise the same', async () => {
    const { email } = await newUser();
    const browser = new Browser();
    browser.env = bindingsOf('development');
    const request = new Request('http://localhost:8787/api/auth/login', {
      method: 'POST',
      headers: { Origin: 'http://localhost:8787', 'Content-Type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
    const [cookie] = (await browser.fetch(request)).headers.getSetCookie();
    expect(cookie).toMatch(/^sid=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/);
  });
});

describe('AUTH-7 a change asked for by another site is refused', () => {
  const refused = { status: 403, code: 'origin_rejected' };

  it.each([
    ['a foreign Origin', { Origin: 'https://evil.example' }],
    ['an Origin that only begins alike', { Origin: `${origin}.evil.example` }],
    ['our Origin over plain HTTP', { Origin: 'http://app.example' }],
    ['the Origin null', { Origin: 'null' }],
    ['no Origin at all', { Origin: '' }],
    ['Sec-Fetch-Site: cross-site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['Sec-Fetch-Site: same-site', { 'Sec-Fetch-Site': 'same-site' }],
    ['Sec-Fetch-Site: none', { 'Sec-Fetch-Site': 'none' }],
    ['Sec-Fetch-Site: nothing', { 'Sec-Fetch-Site': '' }],
  ])('%s', async (_what, headers) => {
    const { browser } = await newUser();
    for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain']) {
      const body = JSON.stringify({ name: 'Forged' });
      const answer = await browser.post('/api/tenants', body, { ...headers, 'Content-Type': type });
      expect(answer.json).toMatchObject(refused);
    }
    const ended = await browser.post('/api/auth/logout', undefined, headers);
    expect(ended.json).toMatchObject(refused);
    const login = await new Browser().post('/api/auth/login', {}, headers);
    expect(login.json).toMatchObject(refused);
    expect((await browser.get('/api/tenants')).json.items).toEqual([]);
  });

  it('a browser on our own page passes, and reading needs neither header', async () => {
    const { browser } = await newUser();
    const sameOrigin = { 'Sec-Fetch-Site': 'same-origin', Origin: '' };
    expect((await browser.post('/api/tenants', { name: 'Acme' }, sameOrigin)).status).toBe(201);
    const crossSite = { 'Sec-Fetch-Site': 'cross-site', Origin: '' };
    expect((await browser.get('/api/tenants', crossSite)).status).toBe(200);
  });
});
