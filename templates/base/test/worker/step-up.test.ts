import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { freshEmail, newUser, password, signUpAndLogIn } from './arrange.ts';
import { Browser } from './browser.ts';
import { post } from './post.ts';

const minute = 60 * 1_000;
const other = 'another long password';

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

  it('who has no password gets a code by mail, good once', async () => {
    const { browser, email, userId } = await newUser();
    await env.DB.prepare('UPDATE users SET password_hash = NULL WHERE id = ?1').bind(userId).run();
    later();
    expect((await browser.post('/api/auth/step-up/email')).status).toBe(202);
    const emailCode = /[\w-]{43}/.exec(post.to(email).at(-1)?.text ?? '')?.[0];
    expect((await browser.post('/api/auth/step-up', { emailCode })).status).toBe(204);
    expect((await browser.post('/api/me/email', { email: freshEmail() })).status).toBe(202);
    expect((await browser.post('/api/auth/step-up', { emailCode })).status).toBe(400);
  });

  it('a code does not serve who has a password, nor anybody else', async () => {
    const { browser, email } = await newUser();
    await browser.post('/api/auth/step-up/email');
    const emailCode = /[\w-]{43}/.exec(post.to(email).at(-1)?.text ?? '')?.[0];
    expect((await browser.post('/api/auth/step-up', { emailCode })).status).toBe(401);
    const stranger = await newUser();
    await env.DB.prepare('UPDATE users SET password_hash = NULL WHERE id = ?1')
      .bind(stranger.userId)
      .run();
    expect((await stranger.browser.post('/api/auth/step-up', { emailCode })).status).toBe(401);
  });
});
