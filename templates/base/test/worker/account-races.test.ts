import { describe, expect, it, vi } from 'vitest';
import * as passwords from '../../src/auth/password.ts';
import { freshEmail, newUser, newUserWithoutPassword, password, rowsOf } from './arrange.ts';
import { Authenticator } from './authenticator.ts';
import { Browser, type Answer } from './browser.ts';
import { beforeBatchWith, interceptD1 } from './doubles.ts';
import { post } from './post.ts';
import { newPerson, newTeam } from './team.ts';

const chosen = 'the password its owner chose';
const other = 'the password somebody else chose';

const forget = (email: string) => new Browser().post('/api/auth/password/forgot', { email });
const reset = (token: string, to: string) =>
  new Browser().post('/api/auth/password/reset', { token, password: to });
const logIn = (email: string, secret: string) =>
  new Browser().post('/api/auth/login', { email, password: secret });
const confirm = (token: string, secret = password) =>
  new Browser().post('/api/me/email/confirm', { token, password: secret });

describe('AUTH-2 whoever recovers an account has it alone', () => {
  it('a change under way with the old password does not overwrite a reset', async () => {
    const { browser, email } = await newUser();
    await forget(email);
    const token = post.tokenFor(email);
    const { verifyPassword } = passwords;
    vi.spyOn(passwords, 'verifyPassword').mockImplementationOnce(async (...parameters) => {
      const isRight = await verifyPassword(...parameters);
      expect((await reset(token, chosen)).status).toBe(204);
      return isRight;
    });
    const change = { current: password, password: other };
    expect((await browser.post('/api/auth/password/change', change)).status).toBe(401);
    expect((await logIn(email, chosen)).status).toBe(200);
    expect((await logIn(email, other)).status).toBe(401);
  });

  it('a link mailed before the password or the address changed is worth nothing after', async () => {
    const { browser, email } = await newUser();
    await forget(email);
    const first = post.tokenFor(email);
    await browser.post('/api/auth/password/change', { current: password, password: chosen });
    expect((await reset(first, other)).status).toBe(400);

    await forget(email);
    const second = post.tokenFor(email);
    const moved = freshEmail();
    await browser.post('/api/me/email', { email: moved });
    await confirm(post.tokenFor(email), chosen);
    expect((await confirm(post.tokenFor(moved), chosen)).json).toEqual({ status: 'changed' });
    expect((await reset(second, other)).status).toBe(400);
    expect((await logIn(moved, chosen)).status).toBe(200);
  });

  it.each(['reset', 'change', 'logout-all'])(
    'a change of address that was asked for before a %s is off',
    async (rescue) => {
      const { browser, email } = await newUser();
      const thief = freshEmail();
      await browser.post('/api/me/email', { email: thief });
      const link = post.tokenFor(email);
      await confirm(post.tokenFor(thief));
      const rescues: Record<string, () => Promise<unknown>> = {
        reset: async () => {
          await forget(email);
          await reset(post.tokenFor(email), chosen);
        },
        change: () =>
          browser.post('/api/auth/password/change', { current: password, password: chosen }),
        'logout-all': () => browser.post('/api/auth/logout-all'),
      };
      await rescues[rescue]?.();
      expect((await confirm(link)).status).toBe(400);
      expect((await rowsOf('users')).map((row) => row['email'])).not.toContain(thief);
    },
  );

  it('of five parallel confirmations one changes the address, and one mail tells of it', async () => {
    const { browser, email } = await newUser();
    const moved = freshEmail();
    await browser.post('/api/me/email', { email: moved });
    await confirm(post.tokenFor(email));
    const token = post.tokenFor(moved);
    const answers = await Promise.all(Array.from({ length: 5 }, () => confirm(token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const notices = post.to(email).filter(({ subject }) => subject.includes('was changed'));
    expect(notices).toHaveLength(1);
  });
});

describe('AUTH-5 a mailed token is spent together with what it is for', () => {
  it('when D1 fails in between, nothing has changed and the token still works', async () => {
    const { email } = await newUser();
    await forget(email);
    const token = post.tokenFor(email);
    const browser = new Browser();
    browser.env = {
      ...browser.env,
      DB: interceptD1((sql) => {
        if (sql.includes('SET password_hash'))
          throw new Error('D1_ERROR: Network connection lost.');
      }),
    };
    const failed = await browser.post('/api/auth/password/reset', { token, password: chosen });
    expect(failed.status).toBe(503);
    expect((await logIn(email, password)).status).toBe(200);
    expect((await reset(token, chosen)).status).toBe(204);
  });
});

describe('AUTH-2 what ends together ends together, or not at all', () => {
  type Someone = Awaited<ReturnType<typeof newUser>>;

  /** Prepares what ends every session and every mailed link of a user; what is left to do fails. */
  const ends: Readonly<Record<string, (someone: Someone) => Promise<() => Promise<Answer>>>> = {
    'by logging out everywhere':
      async ({ browser }) =>
      () =>
        browser.post('/api/auth/logout-all'),
    'by a reset': async ({ browser, email }) => {
      await forget(email);
      const body = { token: post.tokenFor(email), password: other };
      return () => browser.post('/api/auth/password/reset', body);
    },
    'by a changed password': async ({ browser }) => {
      const body = { current: password, password: other };
      return () => browser.post('/api/auth/password/change', body);
    },
    'by a proven address': async ({ browser, email }) => {
      await browser.post('/api/auth/verify-email/send');
      const body = { token: post.tokenFor(email) };
      return () => browser.post('/api/auth/verify-email', body);
    },
    'by another address': async ({ browser, email }) => {
      const wished = freshEmail();
      await browser.post('/api/me/email', { email: wished });
      await confirm(post.tokenFor(wished));
      const body = { token: post.tokenFor(email) };
      return () => browser.post('/api/me/email/confirm', body);
    },
  };

  it.each(Object.entries(ends))('%s', async (_how, prepare) => {
    const someone = await newUser();
    const { browser, email } = someone;
    const end = await prepare(someone);
    const bindings = browser.env;
    const DB = interceptD1((sql) => {
      if (sql.includes('SET used_at = ?2')) throw new Error('D1_ERROR: Network connection lost.');
    });
    browser.env = { ...bindings, DB };
    expect((await end()).status).toBe(503);
    browser.env = bindings;
    expect((await browser.get('/api/me')).json.user).toMatchObject({ email, emailVerified: false });
  });
});

describe('AUTH-5 of five parallel proofs of one address', () => {
  it('one counts', async () => {
    const { browser, email } = await newUser();
    await browser.post('/api/auth/verify-email/send');
    const body = { token: post.tokenFor(email), password };
    vi.spyOn(passwords, 'verifyPassword').mockResolvedValue(true);
    const prove = () => new Browser().post('/api/auth/verify-email', body);
    const answers = await Promise.all(Array.from({ length: 5 }, prove));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  });
});

describe('AUTH-2 AUTH-4 AUTH-5 what belongs together happens together, or not at all', () => {
  const held = async () => {
    const [factors = [], ...others] = await Promise.all(
      ['mfa', 'users', 'recovery_codes', 'memberships', 'email_changes'].map(rowsOf),
    );
    // A code is spent before what it is for.
    return [factors.map((factor) => ({ ...factor, last_step: null })), ...others];
  };
  /** What somebody asks for while D1 fails at a statement. */
  const failingAt = async (browser: Browser, word: string, ask: () => Promise<Answer>) => {
    const bindings = browser.env;
    const DB = interceptD1((sql) => {
      if (sql.includes(word) && !sql.startsWith('SELECT'))
        throw new Error('D1_ERROR: Network connection lost.');
    });
    browser.env = { ...bindings, DB };
    const answer = await ask();
    browser.env = bindings;
    return answer;
  };
  const unchangedBy = async (...asked: Parameters<typeof failingAt>) => {
    const before = await held();
    expect((await failingAt(...asked)).status).toBe(503);
    expect(await held()).toEqual(before);
  };

  it('a second factor, its recovery codes, and the end of all sessions', async () => {
    const { browser } = await newPerson();
    const { secret } = (await browser.post('/api/auth/mfa/enroll')).json;
    const authenticator = new Authenticator(secret);
    const send = (action: string, code: string) => () =>
      browser.post(`/api/auth/mfa/${action}`, { code });
    const code = await authenticator.code();
    await unchangedBy(browser, 'INTO recovery_codes', send('activate', code));
    expect((await send('activate', code)()).status).toBe(200);
    const replace = send('recovery-codes', await authenticator.nextCode());
    await unchangedBy(browser, 'INTO recovery_codes', replace);
    const disable = send('disable', await authenticator.nextCode());
    await unchangedBy(browser, 'session_epoch', disable);
  });

  it('another address, and the end of what was mailed to the one before', async () => {
    const { browser, email } = await newUser();
    const moved = freshEmail();
    await browser.post('/api/me/email', { email: moved });
    await confirm(post.tokenFor(email));
    const token = post.tokenFor(moved);
    const ask = () => browser.post('/api/me/email/confirm', { token });
    // The second confirmation is noted by itself.
    expect((await failingAt(browser, 'one_time_tokens', ask)).status).toBe(503);
    expect((await rowsOf('users')).map((user) => user['email'])).not.toContain(moved);
  });

  it('the end of an account, and of its memberships', async () => {
    const { browser } = await (await newTeam()).enter('member');
    await unchangedBy(browser, 'deleted_users', () => browser.delete('/api/me'));
    expect((await browser.delete('/api/me')).status).toBe(204);
  });
});

describe('AUTH-4 a second factor is switched on by a code of its own seed', () => {
  it('a code does not switch on a seed that took the place of its own meanwhile', async () => {
    const { browser } = await newPerson();
    const cookie = { Cookie: browser.cookieHeader() };
    const enroll = async () =>
      new Authenticator(
        (await new Browser().post('/api/auth/mfa/enroll', undefined, cookie)).json.secret,
      );
    const activate = async (authenticator: Authenticator) =>
      browser.post('/api/auth/mfa/activate', { code: await authenticator.code() });
    const before = await enroll();
    let after = before;
    const bindings = browser.env;
    const enrollAnew = async () => {
      after = await enroll();
    };
    browser.env = { ...bindings, DB: beforeBatchWith('last_step', enrollAnew) };
    const refused = await activate(before);
    expect([refused.status, refused.json.code]).toEqual([409, 'conflict']);
    expect((await browser.get('/api/me')).json.user.mfaEnabled).toBe(false);
    browser.env = bindings;
    expect((await activate(after)).status).toBe(200);
  });
});

describe('AUTH-4 a new token is no new proof', () => {
  it('neither a changed password nor a verified address opens dangerous actions again', async () => {
    const { browser, email, userId } = await newUser();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6 * 60 * 1_000 });
    const dangerous = async () =>
      (await browser.post('/api/me/email', { email: freshEmail() })).json;
    expect((await dangerous()).code).toBe('step_up_required');
    await browser.post('/api/auth/password/change', { current: password, password: chosen });
    expect((await dangerous()).code).toBe('step_up_required');
    await browser.post('/api/auth/verify-email/send');
    const token = post.tokenFor(email);
    expect((await browser.post('/api/auth/verify-email', { token })).status).toBe(204);
    expect((await dangerous()).code).toBe('step_up_required');
    const rows = (await rowsOf('sessions')).filter((row) => row['user_id'] === userId);
    expect(new Set(rows.map((row) => row['expires_at'])).size).toBe(1);
  });
});

describe('API-2 mail cannot be used against strangers', () => {
  it('one account asks five addresses an hour, and no more', async () => {
    const { browser, email } = await newUser();
    const statuses = [];
    for (let wishes = 0; wishes < 6; wishes += 1) {
      statuses.push((await browser.post('/api/me/email', { email: freshEmail() })).status);
    }
    expect(statuses).toEqual([202, 202, 202, 202, 202, 429]);
    expect(post.to(email)).toHaveLength(5);
  });

  it.each([
    ['nobody has proven', newUser, 429],
    ['is proven', newPerson, 204],
  ])('a password of an account whose address %s: its sixth change is %i', async (...row) => {
    const [, newOne, status] = row;
    const { browser, email } = await newOne();
    vi.spyOn(passwords, 'verifyPassword').mockResolvedValue(true);
    const hash = vi.spyOn(passwords, 'hashPassword');
    const before = post.to(email).length;
    const statuses = [];
    for (let changes = 0; changes < 6; changes += 1) {
      hash.mockResolvedValue(`hash ${changes}`);
      const change = { current: password, password: `another password ${changes}` };
      statuses.push((await browser.post('/api/auth/password/change', change)).status);
    }
    expect(statuses).toEqual([204, 204, 204, 204, 204, status]);
    expect(post.to(email)).toHaveLength(before + (status === 204 ? 6 : 5));
  });

  it('whoever deletes the account and signs up anew has no more sent to an address that nobody has proven', async () => {
    const email = freshEmail();
    for (let accounts = 0; accounts < 2; accounts += 1) {
      const { browser } = await newUser(email);
      const wish = { email: freshEmail() };
      for (let wishes = 0; wishes < 3; wishes += 1) await browser.post('/api/me/email', wish);
      const change = { current: password, password: 'another long password' };
      expect((await browser.post('/api/auth/password/change', change)).status).toBe(204);
      expect((await browser.delete('/api/me')).status).toBe(204);
    }
    expect(post.to(email)).toHaveLength(5);
  });

  it('what strangers ask for does not use up what the owner may ask for', async () => {
    const { browser, email } = await newUserWithoutPassword();
    const moved = freshEmail();
    for (const address of [email, moved]) {
      for (let mails = 0; mails < 6; mails += 1) await forget(address);
    }
    const subjects = (address: string) => post.to(address).map(({ subject }) => subject);
    expect(subjects(email)).toHaveLength(5);
    expect((await browser.post('/api/auth/step-up/email')).status).toBe(204);
    expect((await browser.post('/api/auth/verify-email/send')).status).toBe(202);
    expect(subjects(email).slice(5)).toEqual(['Your code', 'Confirm your address']);
    expect((await browser.post('/api/me/email', { email: moved })).status).toBe(202);
    expect(subjects(moved)).toEqual(['Confirm your new address']);
  });

  it('a device is known for 90 days, and to nobody but its account', async () => {
    const { email } = await newUser();
    const device = new Browser();
    await device.post('/api/auth/login', { email, password });
    const subjects = () => post.to(email).map(({ subject }) => subject);
    await device.post('/api/auth/login', { email, password });
    expect(subjects()).toEqual([]);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 91 * 24 * 60 * 60 * 1_000 });
    await device.post('/api/auth/login', { email, password });
    expect(subjects()).toEqual(['A new device logged in']);
  });
});
