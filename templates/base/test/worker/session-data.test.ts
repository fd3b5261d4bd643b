import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { hashToken } from '../../src/auth/token.ts';
import { newUser, password } from './arrange.ts';
import { Browser } from './browser.ts';

/** A browser logged in through the endpoint, and the key under which KV remembers its device. */
async function logIn(email: string) {
  const browser = new Browser();
  await browser.post('/api/auth/login', { email, password });
  const keyOf = () => hashToken(browser.cookies.get('__Host-sid') ?? '');
  return { browser, key: await keyOf(), keyOf };
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
    const { browser, key, keyOf } = await logIn(email);
    await browser.post('/api/auth/step-up', { password });
    expect([await remembered(key), await remembered(await keyOf())]).toEqual([false, true]);
  });

  it('when its user is deleted', async () => {
    const { email } = await newUser();
    const { browser, key } = await logIn(email);
    expect((await browser.delete('/api/me')).status).toBe(204);
    expect(await remembered(key)).toBe(false);
  });
});
