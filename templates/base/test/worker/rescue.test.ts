import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import runbook from '../../docs/runbooks/account-takeover.md?raw';
import {
  freshEmail,
  newUser,
  newUserWithoutPassword,
  password,
  rowsOf,
  signUpAndLogIn,
} from './arrange.ts';
import { betweenSteps, newUserWithMfa } from './authenticator.ts';
import { Browser } from './browser.ts';
import { beforeBatchWith } from './doubles.ts';
import { post } from './post.ts';

const chosen = 'the password its owner chose';

const forget = (email: string) => new Browser().post('/api/auth/password/forgot', { email });
const reset = async (token: string) =>
  (await new Browser().post('/api/auth/password/reset', { token, password: chosen })).status;
const confirm = (token: string) => new Browser().post('/api/me/email/confirm', { token, password });
const disable = (userId: string) =>
  env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1').bind(userId).run();
const addresses = async () => (await rowsOf('users')).map((user) => user['email']);

describe('AUTH-2 a rescue ends what was set going, and nothing of anybody else', () => {
  it.each(['logout-all', 'verify', 'change'])(
    'after a %s a link to a new password is worth nothing, but those of others still are',
    async (rescue) => {
      const [owner, other] = [await newUser(), await newUser()];
      for (const { email } of [owner, other]) await forget(email);
      const [link, otherLink] = [post.tokenFor(owner.email), post.tokenFor(other.email)];
      const wished = freshEmail();
      await other.browser.post('/api/me/email', { email: wished });
      const rescues: Record<string, () => Promise<unknown>> = {
        'logout-all': () => owner.browser.post('/api/auth/logout-all'),
        verify: async () => {
          await owner.browser.post('/api/auth/verify-email/send');
          const token = post.tokenFor(owner.email);
          await owner.browser.post('/api/auth/verify-email', { token });
        },
        change: () =>
          owner.browser.post('/api/auth/password/change', { current: password, password: chosen }),
      };
      await rescues[rescue]?.();
      expect(await reset(link)).toBe(400);
      expect((await confirm(post.tokenFor(wished))).status).toBe(200);
      expect(await reset(otherLink)).toBe(204);
    },
  );

  it('a newer link to a new password leaves those of others alone', async () => {
    const [owner, other] = [await newUser(), await newUser()];
    await forget(other.email);
    await forget(owner.email);
    expect(await reset(post.tokenFor(other.email))).toBe(204);
  });

  it('a new session for a changed password is dead where all were ended meanwhile', async () => {
    const { browser, email } = await newUser();
    const phone = new Browser();
    await phone.post('/api/auth/login', { email, password });
    const logOutEverywhere = () => phone.post('/api/auth/logout-all');
    browser.env = { ...browser.env, DB: beforeBatchWith('password_hash', logOutEverywhere) };
    const change = { current: password, password: chosen };
    expect((await browser.post('/api/auth/password/change', change)).status).toBe(204);
    expect((await browser.get('/api/me')).status).toBe(401);
  });

  it('where there is no password none is the current one, none proves an address, and a link sets the first', async () => {
    const { browser, email } = await newUserWithoutPassword();
    const change = { current: '', password: chosen };
    expect((await browser.post('/api/auth/password/change', change)).status).toBe(401);
    await browser.post('/api/auth/verify-email/send');
    const proof = { token: post.tokenFor(email), password: '' };
    expect((await new Browser().post('/api/auth/verify-email', proof)).status).toBe(401);
    await forget(email);
    expect(await reset(post.tokenFor(email))).toBe(204);
    const login = { email, password: chosen };
    expect((await new Browser().post('/api/auth/login', login)).status).toBe(200);
  });

  it('nobody is told of a change that was refused', async () => {
    const [{ browser, email }, { email: taken }] = [await newUser(), await newUser()];
    await browser.post('/api/me/email', { email: taken });
    await confirm(post.tokenFor(email));
    const mails = [email, taken].map((address) => post.to(address).length);
    expect((await confirm(post.tokenFor(taken))).status).toBe(400);
    await browser.post('/api/auth/verify-email/send');
    expect([email, taken].map((address) => post.to(address).length)).toEqual([
      (mails[0] ?? 0) + 1,
      mails[1],
    ]);
  });

  it('a disabled user, who was sent a link before, chooses no password', async () => {
    const { email, userId } = await newUser();
    await forget(email);
    const link = post.tokenFor(email);
    await disable(userId);
    expect(await reset(link)).toBe(400);
  });
});

describe('AUTH-4 AUTH-5 who asks for one thing ends nothing else', () => {
  it('a link to a new password leaves a login between its steps alone', async () => {
    const { email, userId, authenticator } = await newUserWithMfa();
    const login = await betweenSteps(userId);
    await forget(email);
    expect((await login.verify(await authenticator.nextCode())).status).toBe(200);
  });

  it('a link that proves an address leaves one to a new password alone', async () => {
    const { browser, email } = await newUser();
    await forget(email);
    const link = post.tokenFor(email);
    await browser.post('/api/auth/verify-email/send');
    expect(post.tokenFor(email)).not.toBe(link);
    expect(await reset(link)).toBe(204);
  });
});

describe('AUTH-2 what the runbook for a stolen account says', () => {
  it('takes a second factor away, ends every session and disables the account', async () => {
    const lines = [...runbook.matchAll(/d1 execute (.+) --command "([^"]+)"/g)];
    const commands = lines.map(([, , sql = '']) => sql);
    const places = new Set(lines.map(([, place]) => place));
    expect([...places]).toEqual(['DB --remote --env production']);
    const { email, userId, browser } = await newUserWithMfa();
    const bystander = await newUserWithMfa();
    const of = async (table: string) => (await rowsOf(table)).map((row) => row['user_id']);
    const epoch = async () =>
      Number((await rowsOf('users')).find(({ id }) => id === userId)?.['session_epoch']);
    const before = await epoch();
    for (const sql of commands) {
      expect(sql).toContain("'ada@example.com'");
      await env.DB.exec(sql.replaceAll('ada@example.com', email));
    }
    expect((await browser.get('/api/me')).status).toBe(401);
    // Each of the two ends every session, for who needs only one.
    expect(await epoch()).toBe(before + 2);
    expect((await new Browser().post('/api/auth/login', { email, password })).status).toBe(401);
    await env.DB.prepare('UPDATE users SET disabled_at = NULL WHERE id = ?1').bind(userId).run();
    const login = await new Browser().post('/api/auth/login', { email, password });
    expect(login.json).toEqual({ status: 'ok' });
    for (const table of ['mfa', 'recovery_codes']) {
      expect(await of(table)).not.toContain(userId);
      expect(await of(table)).toContain(bystander.userId);
    }
    expect((await bystander.browser.get('/api/me')).status).toBe(200);
  });
});

describe('AUTH-2 who is disabled and enabled again', () => {
  it('has no session from before, though nobody thought of it', async () => {
    const [{ browser, email, userId }, other] = [await newUser(), await newUser()];
    await disable(userId);
    await env.DB.prepare('UPDATE users SET disabled_at = NULL WHERE id = ?1').bind(userId).run();
    expect((await browser.get('/api/me')).status).toBe(401);
    expect((await other.browser.get('/api/me')).status).toBe(200);
    await browser.post('/api/auth/login', { email, password });
    expect((await browser.get('/api/me')).status).toBe(200);
  });
});

describe('AUTH-5 an address is proven, and changed, by nobody else', () => {
  it('proving it ends a change of address that somebody asked for before', async () => {
    const email = freshEmail();
    const thief = new Browser();
    await thief.post('/api/auth/signup', { email, password, name: 'Eve' });
    const verification = post.tokenFor(email);
    await thief.post('/api/auth/login', { email, password });
    const wished = freshEmail();
    await thief.post('/api/me/email', { email: wished });
    await confirm(post.tokenFor(wished));
    const link = post.tokenFor(email);
    const proof = { token: verification, password };
    expect((await new Browser().post('/api/auth/verify-email', proof)).status).toBe(204);
    expect((await confirm(link)).status).toBe(400);
    expect(await addresses()).not.toContain(wished);
  });

  it("proving another's address, with their password, logs nobody in to their account", async () => {
    const [mine, theirs] = [await newUser(), await newUser()];
    await theirs.browser.post('/api/auth/verify-email/send');
    const before = mine.browser.cookies.get('__Host-sid');
    const proof = { token: post.tokenFor(theirs.email), password };
    expect((await mine.browser.post('/api/auth/verify-email', proof)).status).toBe(204);
    expect(mine.browser.cookies.get('__Host-sid')).toBe(before);
    expect((await mine.browser.get('/api/me')).json.user.id).toBe(mine.userId);
  });

  it('a disabled user changes none, whatever was confirmed before', async () => {
    const { browser, email, userId } = await newUser();
    const wished = freshEmail();
    await browser.post('/api/me/email', { email: wished });
    await confirm(post.tokenFor(email));
    await disable(userId);
    expect((await confirm(post.tokenFor(wished))).status).toBe(401);
    expect(await addresses()).not.toContain(wished);
  });

  it('both the old and the new one hear of the change', async () => {
    const { browser, email } = await newUser();
    const wished = freshEmail();
    await browser.post('/api/me/email', { email: wished });
    for (const address of [email, wished]) await confirm(post.tokenFor(address));
    for (const address of [email, wished]) {
      expect(post.to(address).at(-1)?.subject).toBe('The address of your account was changed');
    }
  });

  it('who asks for verifications floods no address, with one account after the other', async () => {
    const email = freshEmail();
    for (let accounts = 0; accounts < 2; accounts += 1) {
      const browser = await signUpAndLogIn(email);
      for (let mails = 0; mails < 5; mails += 1) {
        expect((await browser.post('/api/auth/verify-email/send')).status).toBe(202);
      }
      expect((await browser.delete('/api/me')).status).toBe(204);
    }
    expect(post.to(email)).toHaveLength(2 + 5);
  });
});
