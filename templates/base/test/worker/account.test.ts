import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import * as passwords from '../../src/auth/password.ts';
import { Database } from '../../src/db/database.ts';
import { createLogger } from '../../src/ops/logger.ts';
import { removeOldRows } from '../../src/ops/retention.ts';
import { freshEmail, newTenant, newUser, password, rowsOf, signUpAndLogIn } from './arrange.ts';
import { Browser } from './browser.ts';
import { interceptD1 } from './doubles.ts';
import { post } from './post.ts';
import { newPerson } from './team.ts';

const minute = 60 * 1_000;
const other = 'another long password';

const logIn = async (email: string, secret: string) => {
  const browser = new Browser();
  const { status } = await browser.post('/api/auth/login', { email, password: secret });
  return { browser, status };
};
const isVerified = async (browser: Browser) =>
  (await browser.get('/api/me')).json.user?.emailVerified;

describe('AUTH-5 an address is proven by its owner', () => {
  it('the link in the mail and the browser that signed up are enough', async () => {
    const email = freshEmail();
    const browser = await signUpAndLogIn(email);
    expect(browser.cookies.get('__Host-signup')).toMatch(/^[\w-]{43}$/);
    const visitor = new Browser();
    visitor.cookies.set('__Host-signup', browser.cookies.get('__Host-signup') ?? '');
    const token = post.tokenFor(email);
    expect((await visitor.post('/api/auth/verify-email', { token })).status).toBe(204);
    expect(visitor.cookies.size).toBe(0);
    const proven = (await logIn(email, password)).browser;
    expect(await isVerified(proven)).toBe(true);
    expect((await visitor.post('/api/auth/verify-email', { token })).status).toBe(400);
    const mails = post.to(email).length;
    expect((await proven.post('/api/auth/verify-email/send')).status).toBe(202);
    expect(post.to(email)).toHaveLength(mails);
  });

  it('the link alone is not: who signs up with the address of another gains nothing', async () => {
    const email = freshEmail();
    const attacker = await signUpAndLogIn(email);
    const token = post.tokenFor(email);
    const owner = new Browser();
    expect((await owner.post('/api/auth/verify-email', { token })).status).toBe(401);
    const wrong = await owner.post('/api/auth/verify-email', { token, password: other });
    expect(wrong.status).toBe(401);
    expect(await isVerified(attacker)).toBe(false);
    const right = await owner.post('/api/auth/verify-email', { token, password });
    expect(right.status).toBe(204);
    expect((await attacker.get('/api/me')).status).toBe(401);
  });

  it('who signs up with the address of another plants no second factor: a reset gives its owner all of it', async () => {
    const email = freshEmail();
    const squatter = await signUpAndLogIn(email);
    const refused = await squatter.post('/api/auth/mfa/enroll');
    expect([refused.status, refused.json.code]).toEqual([409, 'conflict']);
    expect((await squatter.post('/api/auth/mfa/activate', { code: '000000' })).status).toBe(409);
    const wished = freshEmail();
    await squatter.post('/api/me/email', { email: wished });
    await squatter.post('/api/me/email/confirm', { token: post.tokenFor(wished) });
    const moving = post.tokenFor(email);
    await new Browser().post('/api/auth/password/forgot', { email });
    const reset = { token: post.tokenFor(email), password: other };
    expect((await new Browser().post('/api/auth/password/reset', reset)).status).toBe(204);
    expect((await squatter.get('/api/me')).status).toBe(401);
    expect((await logIn(email, password)).status).toBe(401);
    const late = await new Browser().post('/api/me/email/confirm', { token: moving });
    expect(late.status).toBe(400);
    const owner = new Browser();
    const answer = await owner.post('/api/auth/login', { email, password: other });
    expect(answer.json).toEqual({ status: 'ok' });
    await owner.post('/api/auth/verify-email/send');
    await owner.post('/api/auth/verify-email', { token: post.tokenFor(email) });
    expect((await owner.get('/api/me')).json.user).toMatchObject({ email, emailVerified: true });
    expect((await owner.post('/api/auth/mfa/enroll')).status).toBe(200);
  });

  it('a session of somebody else does not do', async () => {
    const email = freshEmail();
    await new Browser().post('/api/auth/signup', { email, password, name: 'Ada' });
    const { browser } = await newUser();
    const token = post.tokenFor(email);
    expect((await browser.post('/api/auth/verify-email', { token })).status).toBe(401);
  });

  it('verifying ends every session opened before, and gives its own browser a new one', async () => {
    const email = freshEmail();
    const browser = await signUpAndLogIn(email);
    const elsewhere = (await logIn(email, password)).browser;
    const before = browser.cookies.get('__Host-sid');
    browser.cookies.delete('__Host-signup');
    await browser.post('/api/auth/verify-email', { token: post.tokenFor(email) });
    expect(browser.cookies.get('__Host-sid')).not.toBe(before);
    expect(await isVerified(browser)).toBe(true);
    expect((await elsewhere.get('/api/me')).status).toBe(401);
  });

  it('a token dies after 24 hours, and when a newer one is sent', async () => {
    const email = freshEmail();
    const browser = await signUpAndLogIn(email);
    const first = post.tokenFor(email);
    expect((await browser.post('/api/auth/verify-email/send')).status).toBe(202);
    const second = post.tokenFor(email);
    expect(second).not.toBe(first);
    expect((await browser.post('/api/auth/verify-email', { token: first })).status).toBe(400);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 24 * 60 * minute + 1_000 });
    const late = await browser.post('/api/auth/verify-email', { token: second, password });
    expect(late.status).toBe(400);
  });

  it('signing up with an address that has an account mails its owner instead', async () => {
    const email = freshEmail();
    await signUpAndLogIn(email);
    const visitor = new Browser();
    await visitor.post('/api/auth/signup', { email, password: other, name: 'Eve' });
    expect(visitor.cookies.get('__Host-signup')).toMatch(/^[\w-]{43}$/);
    expect(post.to(email).at(-1)?.subject).toBe('You already have an account');
    expect((await logIn(email, other)).status).toBe(401);
  });
});

describe('AUTH-5 recovery tells nobody who has an account', () => {
  const forget = (email: string) => new Browser().post('/api/auth/password/forgot', { email });

  it('a newer link ends the one before, which has time left', async () => {
    const { email } = await newUser();
    await forget(email);
    const first = post.tokenFor(email);
    await forget(email);
    const second = post.tokenFor(email);
    const reset = async (token: string) =>
      (await new Browser().post('/api/auth/password/reset', { token, password: other })).status;
    expect([await reset(first), await reset(second)]).toEqual([400, 204]);
  });

  it('the answer is the same, and takes one query, whoever asks', async () => {
    const { email } = await newUser();
    const work = async (address: string) => {
      const order: string[] = [];
      const visitor = new Browser();
      visitor.env = { ...visitor.env, DB: interceptD1(() => order.push('query')) };
      const respond = visitor.app.fetch;
      vi.spyOn(visitor.app, 'fetch').mockImplementation(async (...parameters) => {
        const response = await respond(...parameters);
        order.push('answer');
        return response;
      });
      const { status, text } = await visitor.post('/api/auth/password/forgot', { email: address });
      vi.restoreAllMocks();
      return { status, text, before: order.slice(0, order.indexOf('answer')), all: order.length };
    };
    const known = await work(email);
    expect(known).toMatchObject({ status: 202, text: '{"status":"accepted"}', before: ['query'] });
    expect(known.all).toBeGreaterThan(2);
    const { all: _, ...same } = known;
    expect(await work(freshEmail())).toMatchObject(same);
    expect(post.to(email).at(-1)?.subject).toBe('Choose a new password');
  });

  it('a forged Host changes no link', async () => {
    const { email } = await newUser();
    const request = new Request('https://evil.example/api/auth/password/forgot', {
      method: 'POST',
      headers: {
        Origin: 'https://app.example',
        'Content-Type': 'application/json',
        'X-Forwarded-Host': 'evil.example',
      },
      body: JSON.stringify({ email }),
    });
    expect((await new Browser().fetch(request)).status).toBe(202);
    const mail = post.to(email).at(-1);
    expect(mail?.text).toContain('https://app.example/reset-password#token=');
    expect(JSON.stringify(mail)).not.toContain('evil.');
  });

  it('a reset sets the password once, ends every session, and opens none', async () => {
    const { browser, email } = await newUser();
    await forget(email);
    const body = { token: post.tokenFor(email), password: other };
    const visitor = new Browser();
    expect((await visitor.post('/api/auth/password/reset', body)).status).toBe(204);
    expect([...visitor.cookies.keys()]).toEqual(['__Host-device']);
    expect((await browser.get('/api/me')).status).toBe(401);
    expect((await logIn(email, password)).status).toBe(401);
    expect((await logIn(email, other)).status).toBe(200);
    expect((await visitor.post('/api/auth/password/reset', body)).status).toBe(400);
    const subjects = post.to(email).map(({ subject }) => subject);
    expect(subjects).toContain('Your password was changed');
  });

  it('of ten parallel resets with one token, one succeeds', async () => {
    const { email } = await newUser();
    await forget(email);
    const body = { token: post.tokenFor(email), password: other };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => new Browser().post('/api/auth/password/reset', body)),
    );
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  });

  it('the newest token wins, and none outlives 30 minutes or serves another purpose', async () => {
    const email = freshEmail();
    await new Browser().post('/api/auth/signup', { email, password, name: 'Ada' });
    const verification = post.tokenFor(email);
    await forget(email);
    const first = post.tokenFor(email);
    await forget(email);
    const second = post.tokenFor(email);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 30 * minute + 1_000 });
    for (const token of [verification, first, second, 'x', '']) {
      const body = { token, password: other };
      const answer = await new Browser().post('/api/auth/password/reset', body);
      expect([token, answer.status]).toEqual([token, 400]);
    }
  });

  it('five mails an hour go to one address, and the answer never changes', async () => {
    const { email } = await newUser();
    const start = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: start });
    const statuses = [];
    for (let mails = 0; mails < 7; mails += 1) statuses.push((await forget(email)).status);
    expect(new Set(statuses)).toEqual(new Set([202]));
    vi.setSystemTime(start + 59 * minute);
    await forget(email);
    expect(post.to(email)).toHaveLength(5);
    await new Browser().post('/api/auth/signup', { email, password, name: 'Eve' });
    expect(post.to(email)).toHaveLength(5);
    vi.setSystemTime(start + 60 * minute);
    await forget(email);
    expect(post.to(email)).toHaveLength(6);
  });
});

describe('AUTH-2 a changed password ends every session', () => {
  it('the browser that changed it goes on with a new token, and the owner is told', async () => {
    const { browser, email } = await newUser();
    const elsewhere = (await logIn(email, password)).browser;
    const captured = browser.cookieHeader();
    const body = { current: password, password: other };
    const device = { 'User-Agent': 'Firefox/140 Linux' };
    expect((await browser.post('/api/auth/password/change', body, device)).status).toBe(204);
    const { items } = (await browser.get('/api/auth/sessions')).json;
    expect(items).toMatchObject([{ current: true, device: 'Firefox on Linux' }]);
    expect((await elsewhere.get('/api/me')).status).toBe(401);
    expect((await new Browser().get('/api/me', { Cookie: captured })).status).toBe(401);
    expect(post.to(email).at(-1)?.subject).toBe('Your password was changed');
  });

  it('needs the current one, and five wrong guesses are enough', async () => {
    const { browser } = await newUser();
    const change = (current: string) =>
      browser.post('/api/auth/password/change', { current, password: other });
    for (let guesses = 0; guesses < 5; guesses += 1) {
      expect((await change('not this one')).status).toBe(401);
    }
    expect((await change(password)).status).toBe(429);
  });

  it.each(['password1', 'PASSWORD1', 'qwertyuiop', '1234567890'])(
    'the common password %s is refused',
    async (common) => {
      const body = { email: freshEmail(), password: common, name: 'Ada' };
      const answer = await new Browser().post('/api/auth/signup', body);
      expect(answer.json.errors).toEqual([{ field: 'body.password', message: expect.any(String) }]);
    },
  );
});

describe('AUTH-5 the owner hears of a new device', () => {
  const subjects = (email: string) => post.to(email).map(({ subject }) => subject);

  it('when a browser logs in that never did, but not at the first login, nor again', async () => {
    const email = freshEmail();
    const browser = await signUpAndLogIn(email);
    expect(subjects(email)).toEqual(['Confirm your address']);
    await browser.post('/api/auth/login', { email, password });
    expect(subjects(email)).toEqual(['Confirm your address']);
    const device = { 'User-Agent': 'Firefox/140 Linux: all is well, http://evil.example' };
    await new Browser().post('/api/auth/login', { email, password }, device);
    expect(subjects(email)).toEqual(['Confirm your address', 'A new device logged in']);
    const { text = '', html = '' } = post.to(email).at(-1) ?? {};
    for (const form of [text, html]) {
      expect(form).toContain('it does not know: Firefox on Linux.');
      expect(form).not.toContain('evil');
    }
  });

  it('when they were away for so long that nothing is known of the logins before', async () => {
    const { email, userId } = await newUser();
    await logIn(email, password);
    const later = Date.now() + 366 * 24 * 60 * minute;
    vi.useFakeTimers({ toFake: ['Date'], now: later });
    await removeOldRows({ database: Database.open(env), logger: createLogger('') }, later);
    const left = (await rowsOf('security_events')).filter((row) => row['user_id'] === userId);
    expect([left, subjects(email)]).toEqual([[], []]);
    await logIn(email, password);
    expect(subjects(email)).toEqual(['A new device logged in']);
  });

  it('however much strangers have had mailed to them', async () => {
    const { email } = await newUser();
    await logIn(email, password);
    for (let asked = 0; asked < 6; asked += 1) {
      await new Browser().post('/api/auth/password/forgot', { email });
    }
    await logIn(email, password);
    expect(subjects(email)).toEqual([
      ...Array<string>(5).fill('Choose a new password'),
      'A new device logged in',
    ]);
  });

  it('five times an hour; of more they read in the list of what happened', async () => {
    const { browser, email } = await newUser();
    vi.spyOn(passwords, 'verifyPassword').mockResolvedValue(true);
    for (let logins = 0; logins < 8; logins += 1) await logIn(email, password);
    expect(subjects(email)).toEqual(Array<string>(5).fill('A new device logged in'));
    const { items } = (await browser.get('/api/me/security-events')).json;
    const kinds = items.map(({ kind }: { kind: string }) => kind);
    expect(kinds).toEqual(Array<string>(8).fill('logged_in'));
  });
});

describe('AUTH-5 an address changes when both the old and the new one agree', () => {
  const confirm = (token: string) =>
    new Browser().post('/api/me/email/confirm', { token, password });

  it.each([
    ['old first', 0],
    ['new first', 1],
  ])('%s', async (_what, order) => {
    const { browser, email: oldEmail } = await newUser();
    const newEmail = freshEmail();
    await browser.post('/api/me/email', { email: newEmail });
    const tokens = [post.tokenFor(oldEmail), post.tokenFor(newEmail)];
    const [first = '', second = ''] = order === 0 ? tokens : tokens.toReversed();
    expect((await confirm(first)).json).toEqual({ status: 'waiting_for_other_address' });
    expect((await confirm(first)).json).toEqual({ status: 'waiting_for_other_address' });
    expect((await logIn(newEmail, password)).status).toBe(401);
    expect((await confirm(second)).json).toEqual({ status: 'changed' });
    expect((await browser.get('/api/me')).status).toBe(401);
    expect((await logIn(oldEmail, password)).status).toBe(401);
    const moved = await logIn(newEmail, password);
    expect((await moved.browser.get('/api/me')).json.user).toMatchObject({
      email: newEmail,
      emailVerified: true,
    });
    expect(post.to(oldEmail).at(-1)?.subject).toBe('The address of your account was changed');
    expect((await confirm(second)).status).toBe(400);
  });

  it('a link alone is not enough: by a click nobody is given the account of another', async () => {
    const { browser, email } = await newUser();
    const wished = freshEmail();
    await browser.post('/api/me/email', { email: wished });
    const token = post.tokenFor(wished);
    const follow = (visitor: Browser, secret?: string) =>
      visitor.post('/api/me/email/confirm', { token, password: secret });
    expect((await follow(new Browser())).status).toBe(401);
    expect((await follow(new Browser(), other)).status).toBe(401);
    expect((await follow((await newUser()).browser)).status).toBe(401);
    expect((await confirm(post.tokenFor(email))).json).toEqual({
      status: 'waiting_for_other_address',
    });
    expect((await follow(browser)).json).toEqual({ status: 'changed' });
  });

  it('a taken address is refused at the end, not told at the beginning', async () => {
    const { email: taken } = await newUser();
    const { browser, email } = await newUser();
    const asked = await browser.post('/api/me/email', { email: taken });
    expect([asked.status, asked.text]).toEqual([202, '{"status":"accepted"}']);
    await confirm(post.tokenFor(email));
    expect((await confirm(post.tokenFor(taken))).status).toBe(400);
    expect((await browser.get('/api/me')).json.user.email).toBe(email);
  });

  it('both have an hour', async () => {
    const { browser, email } = await newUser();
    await browser.post('/api/me/email', { email: freshEmail() });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60 * minute + 1_000 });
    expect((await confirm(post.tokenFor(email))).status).toBe(400);
  });
});

describe('AUTH-2 what is stored opens nothing', () => {
  it('after every flow, no token, code or password is in D1 or KV', async () => {
    const email = freshEmail();
    const browser = await signUpAndLogIn(email);
    const secrets = [password, other, ...browser.cookies.values(), post.tokenFor(email)];
    await browser.post('/api/auth/verify-email', { token: post.tokenFor(email) });
    await browser.post('/api/auth/password/forgot', { email });
    secrets.push(...browser.cookies.values(), post.tokenFor(email));
    const reset = { token: post.tokenFor(email), password: other };
    await browser.post('/api/auth/password/reset', reset);
    await browser.post('/api/auth/login', { email, password: other });
    const newEmail = freshEmail();
    await browser.post('/api/me/email', { email: newEmail });
    await browser.post('/api/auth/step-up', { password: other });
    secrets.push(...browser.cookies.values());
    await env.DB.prepare('UPDATE users SET password_hash = NULL WHERE email = ?1')
      .bind(email)
      .run();
    await browser.post('/api/auth/step-up/email');
    for (const { text } of [...post.to(email), ...post.to(newEmail)]) {
      secrets.push(...[...text.matchAll(/[\w-]{43}/g)].map(String));
    }

    const { results } = await env.DB.prepare(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '_cf_%'`,
    ).all<{ name: string }>();
    const rows = await Promise.all(results.map(({ name }) => rowsOf(name)));
    const { keys } = await env.SESSIONS.list();
    const values = await Promise.all(keys.map(({ name }) => env.SESSIONS.get(name)));
    const stored = JSON.stringify([rows, keys, values]);
    expect(secrets.length).toBeGreaterThan(10);
    expect(secrets.filter((secret) => stored.includes(secret))).toEqual([]);
  });
});

describe('API-1 an account, as its user sees and changes it', () => {
  it('changes the name, and only the name', async () => {
    const { browser } = await newUser();
    expect((await browser.patch('/api/me', { name: 'Grace' })).json.user.name).toBe('Grace');
    expect((await browser.get('/api/me')).json.user.name).toBe('Grace');
    expect((await browser.patch('/api/me', { email: 'x@example.com' })).status).toBe(400);
  });

  it('exports what the app holds about the user, and no secret', async () => {
    const email = freshEmail();
    const browser = await signUpAndLogIn(email);
    await browser.post('/api/tenants', { name: 'Acme' });
    const { json, text } = await browser.get('/api/me/export');
    expect(json).toMatchObject({
      user: { email, name: 'Ada' },
      memberships: [{ tenant: 'Acme', role: 'owner' }],
      sessions: [{ id: (await browser.get('/api/me')).json.session.id }],
      securityEvents: [{ kind: 'logged_in' }, { kind: 'signed_up' }],
    });
    expect(text).not.toMatch(/scrypt|token|hash/i);
  });

  it('is deleted with all that is theirs alone, but not while they are the only owner of a tenant', async () => {
    const { owner, addMember, path } = await newTenant();
    expect((await owner.delete('/api/me')).status).toBe(409);
    expect((await owner.get(path)).status).toBe(200);
    await addMember('owner');
    const { user } = (await owner.get('/api/me')).json;
    expect((await owner.delete('/api/me')).status).toBe(204);
    expect((await owner.get('/api/me')).status).toBe(401);
    for (const table of [
      'users',
      'sessions',
      'memberships',
      'security_events',
      'one_time_tokens',
    ]) {
      expect(JSON.stringify(await rowsOf(table))).not.toContain(user.id);
    }
  });
});

describe('AUTH-5 the owner hears when the account is deleted', () => {
  it('at a proven address, and at no other', async () => {
    const [proven, unproven] = [await newPerson(), await newUser()];
    const { owner } = await newTenant();
    const { user: alone } = (await owner.get('/api/me')).json;
    await env.DB.prepare('UPDATE users SET email_verified_at = 1 WHERE id = ?1')
      .bind(alone.id)
      .run();
    expect((await owner.delete('/api/me')).status).toBe(409);
    for (const { browser } of [proven, unproven]) {
      expect((await browser.delete('/api/me')).status).toBe(204);
    }
    const told = [proven, unproven, alone].map(({ email }) =>
      post.to(email).map(({ subject }) => subject),
    );
    expect(told).toEqual([['Your account was deleted'], [], []]);
  });
});
