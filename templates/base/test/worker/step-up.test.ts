import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import * as passwords from '../../src/auth/password.ts';
import {
  freshEmail,
  newUser,
  newUserWithoutPassword,
  password,
  rowsOf,
  signUpAndLogIn,
} from './arrange.ts';
import { newUserWithMfa } from './authenticator.ts';
import { Browser } from './browser.ts';
import { post } from './post.ts';

const minute = 60 * 1_000;
const other = 'another long password';

const takePassword = (userId: string) =>
  env.DB.prepare('UPDATE users SET password_hash = NULL WHERE id = ?1').bind(userId).run();

/** Has a code mailed to step up with. */
const codeFor = async (browser: Browser, email: string) => {
  expect((await browser.post('/api/auth/step-up/email')).status).toBe(204);
  return /[\w-]{43}/.exec(post.to(email).at(-1)?.text ?? '')?.[0];
};

describe('AUTH-4 dangerous actions ask once more', () => {
  const later = () => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5 * minute });

  it('a login is good for five minutes; then the password opens them again', async () => {
    const browser = await signUpAndLogIn();
    const change = () => browser.post('/api/me/email', { email: freshEmail() });
    expect((await change()).status).toBe(202);
    later();
    const refused = await change();
    expect([refused.status, refused.json.code]).toEqual([403, 'step_up_required']);
    expect((await browser.post('/api/auth/step-up', { password: other })).status).toBe(401);
    expect((await browser.post('/api/auth/step-up', {})).status).toBe(401);
    expect((await change()).status).toBe(403);
    expect((await browser.post('/api/auth/step-up', { password })).status).toBe(204);
    expect((await change()).status).toBe(202);
  });

  it('for all of the five minutes, and where nothing was proven for none', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const { browser, userId } = await newUser();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5 * minute - 5_000 });
    const change = () => browser.post('/api/me/email', { email: freshEmail() });
    expect((await change()).status).toBe(202);
    await env.DB.prepare('UPDATE sessions SET mfa_at = NULL WHERE user_id = ?1').bind(userId).run();
    expect((await change()).status).toBe(403);
  });

  it('one session stepping up opens nothing for another', async () => {
    const email = freshEmail();
    const browser = await signUpAndLogIn(email);
    const elsewhere = new Browser();
    await elsewhere.post('/api/auth/login', { email, password });
    later();
    await browser.post('/api/auth/step-up', { password });
    const refused = await elsewhere.post('/api/me/email', { email: freshEmail() });
    expect(refused.json.code).toBe('step_up_required');
  });

  it('a copy of the cookie, taken before, does not step up with its owner: the token is a new one', async () => {
    const { browser } = await newUser();
    later();
    const captured = browser.cookieHeader();
    const steppedUp = await browser.post(
      '/api/auth/step-up',
      { password },
      { 'User-Agent': 'Firefox/140 Linux' },
    );
    expect(steppedUp.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-sid=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; Secure; /),
    ]);
    expect((await new Browser().get('/api/me', { Cookie: captured })).status).toBe(401);
    const { items } = (await browser.get('/api/auth/sessions')).json;
    expect(items).toMatchObject([{ current: true, device: 'Firefox on Linux' }]);
  });

  it('a new token lives no longer than the one before', async () => {
    const { browser, userId } = await newUser();
    const lifetimes = async () =>
      (await rowsOf('sessions'))
        .filter((session) => session['user_id'] === userId)
        .map((session) => [session['idle_expires_at'], session['expires_at']]);
    const before = await lifetimes();
    expect((await browser.post('/api/auth/step-up', { password })).status).toBe(204);
    expect(await lifetimes()).toEqual(before);
  });

  it('of five parallel step-ups in one session one gets it and is noted, and its cookie is good', async () => {
    const { browser, userId } = await newUser();
    later();
    const headers = { Cookie: browser.cookieHeader() };
    const copies = Array.from({ length: 5 }, () => new Browser());
    const answers = await Promise.all(
      copies.map((copy) => copy.post('/api/auth/step-up', { password }, headers)),
    );
    const good = copies.filter((_, index) => answers[index]?.status === 204);
    expect(good).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(4);
    const events = (await rowsOf('security_events')).filter((row) => row['user_id'] === userId);
    expect(events.map(({ kind }) => kind)).toEqual(['stepped_up']);
    expect((await good[0]?.post('/api/me/email', { email: freshEmail() }))?.status).toBe(202);
  });

  it('who has no password gets a code by mail, good once, and no more after a newer one', async () => {
    const { browser, email } = await newUserWithoutPassword();
    later();
    expect((await browser.post('/api/auth/step-up', { password })).status).toBe(401);
    const older = { emailCode: await codeFor(browser, email) };
    const emailCode = await codeFor(browser, email);
    const refused = await browser.post('/api/auth/step-up', older);
    expect([refused.status, refused.json.errors?.[0]?.field]).toEqual([400, 'body.emailCode']);
    expect((await browser.post('/api/auth/step-up', { emailCode })).status).toBe(204);
    expect((await browser.post('/api/me/email', { email: freshEmail() })).status).toBe(202);
    expect((await browser.post('/api/auth/step-up', { emailCode })).status).toBe(400);
  });

  it('of two sessions with one mailed code at the same moment one steps up', async () => {
    const { browser, email, userId } = await newUser();
    const elsewhere = new Browser();
    await elsewhere.post('/api/auth/login', { email, password });
    await takePassword(userId);
    const emailCode = await codeFor(browser, email);
    const answers = await Promise.all(
      [browser, elsewhere].map((each) => each.post('/api/auth/step-up', { emailCode })),
    );
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  });

  it('who has a password or a second factor is mailed none', async () => {
    for (const { browser, email } of [await newUser(), await newUserWithMfa()]) {
      const mails = post.to(email).length;
      const answer = await browser.post('/api/auth/step-up/email');
      expect([answer.status, answer.json.code]).toEqual([409, 'conflict']);
      expect(post.to(email)).toHaveLength(mails);
    }
  });

  it('a mailed code serves nobody who has a password by then, nor anybody else, and is over with every session', async () => {
    const { browser, email, userId } = await newUserWithoutPassword();
    const emailCode = await codeFor(browser, email);
    const stranger = await newUserWithoutPassword();
    expect((await stranger.browser.post('/api/auth/step-up', { emailCode })).status).toBe(401);
    await env.DB.prepare(`UPDATE users SET password_hash = 'scrypt$1$1$1$$' WHERE id = ?1`)
      .bind(userId)
      .run();
    expect((await browser.post('/api/auth/step-up', { emailCode })).status).toBe(401);
    const isGood = async () =>
      (await rowsOf('one_time_tokens')).some(
        (token) => token['user_id'] === userId && token['used_at'] === null,
      );
    expect(await isGood()).toBe(true);
    expect((await browser.post('/api/auth/logout-all')).status).toBe(204);
    expect(await isGood()).toBe(false);
  });
});

describe('API-2 only failures count of who proves once more who they are', () => {
  const stepUp = (browser: Browser, proof: object) => browser.post('/api/auth/step-up', proof);

  it('a password that proves an address costs none of the five tries', async () => {
    const { browser, email } = await newUser();
    await browser.post('/api/auth/verify-email/send');
    const check = vi.spyOn(passwords, 'verifyPassword').mockResolvedValue(false);
    for (let tries = 0; tries < 4; tries += 1) {
      expect((await stepUp(browser, { password })).status).toBe(401);
    }
    check.mockResolvedValue(true);
    const proof = { token: post.tokenFor(email), password };
    expect((await new Browser().post('/api/auth/verify-email', proof)).status).toBe(204);
    await browser.post('/api/auth/login', { email, password });
    expect((await stepUp(browser, { password })).status).toBe(204);
  });

  it('nor does a code that has recovery codes replaced', async () => {
    const { browser, authenticator } = await newUserWithMfa();
    const wrong = { code: await authenticator.wrongCode() };
    for (let tries = 0; tries < 4; tries += 1) {
      expect((await stepUp(browser, wrong)).status).toBe(401);
    }
    const replace = { code: await authenticator.nextCode() };
    const replaced = await browser.post('/api/auth/mfa/recovery-codes', replace);
    expect(replaced.status).toBe(200);
    expect((await stepUp(browser, { code: replaced.json.recoveryCodes[0] })).status).toBe(204);
  });
});
