import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { nameDevice } from '../../src/auth/device.ts';
import { hashToken } from '../../src/auth/token.ts';
import { freshEmail, newTenant, newUser, password } from './arrange.ts';
import { Authenticator } from './authenticator.ts';
import { Browser } from './browser.ts';
import { post } from './post.ts';
import type { Person } from './team.ts';

const another = 'another correct horse battery staple';

/** A browser logged in through the endpoint, and the key under which KV remembers its device. */
async function logIn(email: string, secret = password) {
  const browser = new Browser();
  await browser.post('/api/auth/login', { email, password: secret });
  return { browser, key: await keyOf(browser) };
}
const keyOf = (browser: Browser) => hashToken(browser.cookies.get('__Host-sid') ?? '');
const namesInKv = async () => (await env.SESSIONS.list()).keys.map(({ name }) => name);
/** Switches the second factor of somebody on, whose address counts as proven for it. */
async function switchOn(browser: Browser, userId: string): Promise<{ codes: string[] }> {
  await env.DB.prepare('UPDATE users SET email_verified_at = 1 WHERE id = ?1').bind(userId).run();
  const { secret } = (await browser.post('/api/auth/mfa/enroll')).json;
  const code = await new Authenticator(secret).code();
  return { codes: (await browser.post('/api/auth/mfa/activate', { code })).json.recoveryCodes };
}
const remembered = async (key: string) => (await env.SESSIONS.get(key)) !== null;

describe('AUTH-7 a login opens a session that is idle for 24 hours at most', () => {
  const hour = 60 * 60 * 1_000;

  it.each([
    [24 * hour - 60_000, 200],
    [24 * hour, 401],
  ])('after %i ms without a request it answers %i', async (idleMs, status) => {
    const { email } = await newUser();
    const start = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: start });
    const { browser } = await logIn(email);
    vi.setSystemTime(start + idleMs);
    expect((await browser.get('/api/me')).status).toBe(status);
  });
});

describe('AUTH-2 a session that is over is listed nowhere', () => {
  it.each(['idle_expires_at', 'expires_at', 'revoked_at'])('by its %s', async (column) => {
    const { browser, email, userId } = await newUser();
    const other = await logIn(email);
    const { session } = (await other.browser.get('/api/me')).json;
    await env.DB.prepare(`UPDATE sessions SET ${column} = ?2 WHERE id = ?1`)
      .bind(session.id, Date.now())
      .run();
    const { items } = (await browser.get('/api/auth/sessions')).json;
    expect(items).toEqual([expect.objectContaining({ current: true })]);
    expect((await browser.get('/api/me')).json.user.id).toBe(userId);
  });
});

describe('AUTH-2 a device is named as its owner would', () => {
  const blink = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0';
  const webKit = 'AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5';
  const iPhone = '(iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15';

  it.each([
    ['Firefox on Linux', '(X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
    ['Chrome on Android', `(Linux; Android 10; K) ${blink} Mobile Safari/537.36`],
    ['Edge on Windows', `(Windows NT 10.0; Win64; x64) ${blink} Safari/537.36 Edg/138.0.0.0`],
    ['Opera on macOS', `(Macintosh; Intel Mac OS X 10_15_7) ${blink} Safari/537.36 OPR/122.0.0.0`],
    ['Safari on iPhone', `(iPhone; CPU iPhone OS 18_5 like Mac OS X) ${webKit} Safari/604.1`],
    ['Safari on iPad', `(iPad; CPU OS 18_5 like Mac OS X) ${webKit} Safari/604.1`],
    ['Chrome on iPhone', `${iPhone} CriOS/138.0.7204.53 Mobile/15E148 Safari/604.1`],
    ['Firefox on iPhone', `${iPhone} FxiOS/140.0 Mobile/15E148 Safari/605.1.15`],
    ['Edge on iPhone', `${iPhone} Version/18.0 EdgiOS/138.0 Mobile/15E148 Safari/604.1`],
    ['Opera on iPhone', `${iPhone} Version/18.5 Mobile/15E148 Safari/604.1 OPT/5.5.0`],
    ['Edge on Android', `(Linux; Android 10; K) ${blink} Mobile Safari/537.36 EdgA/138.0.0.0`],
    [
      'Samsung Internet on Android',
      `(Linux; Android 10; K) AppleWebKit/537.36 SamsungBrowser/28.0 Chrome/130.0.0.0 Safari/537.36`,
    ],
    ['Unknown device', ''],
  ])('%s', (name, userAgent) => {
    expect(nameDevice(`Mozilla/5.0 ${userAgent}`)).toBe(name);
  });
});

describe('ERR-4 a KV that hangs costs who lists their sessions one second, however many they are', () => {
  it('the names of all devices are asked for at once', async () => {
    const { browser, email } = await newUser();
    for (let devices = 0; devices < 2; devices += 1) await logIn(email);
    const answers: (() => void)[] = [];
    const get = () =>
      new Promise((resolve) => {
        answers.push(() => resolve({ device: 'a phone' }));
        if (answers.length === 3) for (const answer of answers) answer();
      });
    const SESSIONS = new Proxy(env.SESSIONS, {
      get: (target, key) => (key === 'get' ? get : Reflect.get(target, key)),
    });
    browser.env = { ...browser.env, SESSIONS };
    const { items } = (await browser.get('/api/auth/sessions')).json;
    expect(items.map(({ device }: { device: unknown }) => device)).toEqual(
      Array<string>(3).fill('a phone'),
    );
  });
});

describe('AUTH-2 what KV remembers of a session goes with it', () => {
  it('in 30 days at the latest', async () => {
    const { email } = await newUser();
    const { key } = await logIn(email);
    const { keys } = await env.SESSIONS.list();
    const { expiration = 0 } = keys.find(({ name }) => name === key) ?? {};
    const days = (expiration - Date.now() / 1_000) / (24 * 60 * 60);
    expect([days > 29, days < 31]).toEqual([true, true]);
  });

  it('when it is logged out, here or from another device', async () => {
    const { email } = await newUser();
    const [laptop, phone] = [await logIn(email), await logIn(email)];
    expect([await remembered(laptop.key), await remembered(phone.key)]).toEqual([true, true]);
    const { items } = (await laptop.browser.get('/api/auth/sessions')).json;
    const phoneSession = (await phone.browser.get('/api/me')).json.session;
    expect(items.map(({ id }: { id: string }) => id)).toContain(phoneSession.id);
    await laptop.browser.delete(`/api/auth/sessions/${phoneSession.id}`);
    expect(await remembered(phone.key)).toBe(false);
    await laptop.browser.post('/api/auth/logout');
    expect(await remembered(laptop.key)).toBe(false);
  });

  it('when the browser logs in again', async () => {
    const { email } = await newUser();
    const { browser, key } = await logIn(email);
    await browser.post('/api/auth/login', { email, password });
    expect(await remembered(key)).toBe(false);
  });

  it('when it gets a new token by stepping up', async () => {
    const { email } = await newUser();
    const { browser, key } = await logIn(email);
    await browser.post('/api/auth/step-up', { password });
    expect([await remembered(key), await remembered(await keyOf(browser))]).toEqual([false, true]);
  });

  it('when its user is deleted, however many they had, and not while they may not be', async () => {
    const { email } = await newUser();
    const { browser, key } = await logIn(email);
    const { id } = (await browser.post('/api/tenants', { name: 'Acme' })).json;
    expect((await browser.delete('/api/me')).status).toBe(409);
    expect(await remembered(key)).toBe(true);
    await env.DB.prepare('DELETE FROM memberships WHERE tenant_id = ?1').bind(id).run();
    // It had many others since the oldest of them.
    const oldest = await hashToken(email);
    await env.DB.prepare(
      `INSERT INTO sessions (token_hash, id, user_id, epoch, created_at, idle_expires_at, expires_at)
       SELECT iif(value = 0, ?1, value || ?1), value || ?1, user_id, epoch, value, idle_expires_at, expires_at
       FROM sessions JOIN json_each(?3) WHERE token_hash = ?2`,
    )
      .bind(oldest, key, JSON.stringify(Array.from({ length: 120 }, (_, index) => index)))
      .run();
    await env.SESSIONS.put(oldest, '{"device":"a phone"}');
    expect((await browser.delete('/api/me')).status).toBe(204);
    expect([await remembered(key), await remembered(oldest)]).toEqual([false, false]);
  });

  /** Whatever ends all sessions of a user; each answers a browser that is logged in after it. */
  const ends = {
    'a logout everywhere': async ({ browser, email }: Person) => {
      await browser.post('/api/auth/logout-all');
      return (await logIn(email)).browser;
    },
    'a new password': async ({ browser }: Person) => {
      await browser.post('/api/auth/password/change', { current: password, password: another });
      return browser;
    },
    'a reset': async ({ email }: Person) => {
      const stranger = new Browser();
      await stranger.post('/api/auth/password/forgot', { email });
      const token = post.tokenFor(email);
      await stranger.post('/api/auth/password/reset', { token, password: another });
      return (await logIn(email, another)).browser;
    },
    'a proven address': async ({ browser, email }: Person) => {
      await browser.post('/api/auth/verify-email/send');
      await browser.post('/api/auth/verify-email', { token: post.tokenFor(email) });
      return browser;
    },
    'another address': async ({ browser, email }: Person) => {
      const moved = freshEmail();
      await browser.post('/api/me/email', { email: moved });
      for (const address of [email, moved]) {
        await browser.post('/api/me/email/confirm', { token: post.tokenFor(address) });
      }
      return (await logIn(moved)).browser;
    },
    'a second factor': async ({ browser, userId }: Person) => {
      await switchOn(browser, userId);
      return browser;
    },
    'the end of a second factor': async ({ browser, userId }: Person) => {
      const { codes } = await switchOn(browser, userId);
      await browser.post('/api/auth/mfa/disable', { code: codes[0] });
      return browser;
    },
    'another role': async ({ userId, email }: Person) => {
      const { tenantId, path, owner } = await newTenant();
      const add = `INSERT INTO memberships (tenant_id, user_id, role, created_at) VALUES (?1, ?2, 'member', 1)`;
      await env.DB.prepare(add).bind(tenantId, userId).run();
      await owner.patch(`${path}/members/${userId}`, { role: 'admin' });
      return (await logIn(email)).browser;
    },
  };

  it.each(Object.entries(ends))(
    'when it is ended by %s, and then with its user',
    async (_how, end) => {
      const { email, userId } = await newUser();
      const others = await namesInKv();
      const laptop = await logIn(email);
      await logIn(email);
      const browser = await end({ browser: laptop.browser, email, userId });
      const kept = (await namesInKv()).filter((name) => !others.includes(name));
      expect(kept).toEqual([await keyOf(browser)]);
      expect((await browser.get('/api/auth/sessions')).json.items).toMatchObject([
        { current: true },
      ]);
      expect((await browser.get('/api/me')).status).toBe(200);
      expect((await browser.delete('/api/me')).status).toBe(204);
      expect(await namesInKv()).toEqual(others);
    },
  );

  it('with its user at the latest, where KV failed when it was ended', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const { email } = await newUser();
    const { browser, key } = await logIn(email);
    vi.spyOn(env.SESSIONS, 'delete').mockRejectedValue(new Error('KV is down'));
    await browser.post('/api/auth/password/change', { current: password, password: another });
    expect(await remembered(key)).toBe(true);
    vi.restoreAllMocks();
    expect((await browser.delete('/api/me')).status).toBe(204);
    expect(await remembered(key)).toBe(false);
  });
});
