import { describe, expect, it, vi } from 'vitest';
import decision from '../../.ai/adr-002.md?raw';
import * as passwords from '../../src/auth/password.ts';
import { freshEmail, newUser, password } from './arrange.ts';
import { newUserWithMfa, takeFirstStep } from './authenticator.ts';
import { Browser, type Answer } from './browser.ts';
import { interceptD1 } from './doubles.ts';

/** Counts the statements that D1 is given and the passwords that are hashed until an answer is there. */
async function costOf(browser: Browser, ask: () => Promise<Answer>) {
  let statements = 0;
  let isAnswered = false;
  const count = () => {
    if (!isAnswered) statements += 1;
  };
  browser.env = { ...browser.env, DB: interceptD1(count) };
  const respond = browser.app.fetch;
  vi.spyOn(browser.app, 'fetch').mockImplementation(async (...parameters) => {
    const response = await respond(...parameters);
    isAnswered = true;
    return response;
  });
  const hashed = vi.spyOn(passwords, 'hashPassword');
  const verified = vi.spyOn(passwords, 'verifyPassword');
  const { status } = await ask();
  const hashes = hashed.mock.calls.length + verified.mock.calls.length;
  vi.restoreAllMocks();
  return `| ${status} | ${hashes} | ${statements} |`;
}

/** The line of the record's table for a request, without the spaces that align it. */
function recorded(request: string): string {
  const line = decision.split('\n').find((text) => text.startsWith(`| ${request} `)) ?? '';
  return line.replace(/ +/g, ' ').slice(`| ${request} `.length);
}

describe('AUTH-1 what a request costs is what the decision record says', () => {
  it('a request with a session', async () => {
    const { browser } = await newUser();
    expect(await costOf(browser, () => browser.get('/api/me'))).toBe(recorded('`GET /api/me`'));
  });

  it('a login, a wrong password and an unknown address', async () => {
    const { email } = await newUser();
    const logIn = (body: { email: string; password: string }) => {
      const browser = new Browser();
      return costOf(browser, () => browser.post('/api/auth/login', body));
    };
    expect(await logIn({ email, password })).toBe(recorded('login'));
    const refused = recorded('login, refused');
    expect(await logIn({ email, password: 'not this one' })).toBe(refused);
    expect(await logIn({ email: freshEmail(), password })).toBe(refused);
  });

  it('a login in two steps', async () => {
    const { email, authenticator } = await newUserWithMfa();
    const browser = new Browser();
    const first = async () => (await takeFirstStep(email, browser)).answer;
    expect(await costOf(browser, first)).toBe(recorded('login, first of two steps'));
    const code = await authenticator.nextCode();
    const second = () => browser.post('/api/auth/mfa/verify', { code });
    expect(await costOf(browser, second)).toBe(recorded('login, second step'));
  });

  it('a signup, with a fresh address and with a taken one', async () => {
    const { email: taken } = await newUser();
    for (const email of [freshEmail(), taken]) {
      const browser = new Browser();
      const body = { email, password, name: 'Ada' };
      const cost = await costOf(browser, () => browser.post('/api/auth/signup', body));
      expect(cost).toBe(recorded('signup'));
    }
  });

  it('a forgotten password', async () => {
    const { email } = await newUser();
    const browser = new Browser();
    const forget = () => browser.post('/api/auth/password/forgot', { email });
    expect(await costOf(browser, forget)).toBe(recorded('forgotten password'));
  });

  it('a logout', async () => {
    const { browser } = await newUser();
    expect(await costOf(browser, () => browser.post('/api/auth/logout'))).toBe(recorded('logout'));
  });
});
