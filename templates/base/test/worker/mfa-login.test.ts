import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { routes } from '../../src/app.ts';
import { mintToken } from '../../src/auth/token.ts';
import { freshEmail, newUser, rowsOf } from './arrange.ts';
import { betweenSteps, newUserWithMfa, pass, takeFirstStep, verify } from './authenticator.ts';
import { Browser } from './browser.ts';
import { interceptD1 } from './doubles.ts';
import { post } from './post.ts';

const minute = 60 * 1_000;
const other = 'another long password';
const isLoggedIn = async (browser: Browser) => (await browser.get('/api/me')).status === 200;

async function resetPassword(email: string) {
  const visitor = new Browser();
  await visitor.post('/api/auth/password/forgot', { email });
  const body = { token: post.tokenFor(email), password: other };
  expect((await visitor.post('/api/auth/password/reset', body)).status).toBe(204);
  return visitor;
}

describe('AUTH-4 between password and code there is no session', () => {
  it('the password alone opens nothing, and is answered with mfa_required', async () => {
    const { email } = await newUserWithMfa();
    const { answer, browser } = await takeFirstStep(email);
    expect([answer.status, answer.json]).toEqual([200, { status: 'mfa_required' }]);
    expect([...browser.cookies.keys()]).toEqual(['__Host-mfa']);
    expect(answer.headers.getSetCookie().at(-1)).toMatch(
      /^__Host-mfa=[\w-]{43}; Max-Age=300; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  it('the token between the steps is no session, under neither name, on no route', async () => {
    const { email } = await newUserWithMfa();
    const token = (await takeFirstStep(email)).browser.cookies.get('__Host-mfa');
    for (const { method, path, access } of routes) {
      if (access.kind === 'public' || access.kind === 'webhook') continue;
      const body = method === 'GET' || method === 'DELETE' ? undefined : {};
      const answer = await new Browser().send(method, path, body, {
        Cookie: `__Host-mfa=${token}; __Host-sid=${token}`,
      });
      expect([method, path, answer.status]).toEqual([method, path, 401]);
    }
  });

  it('the code opens a new session, as good as a step-up, and its token is used up', async () => {
    const { email, authenticator } = await newUserWithMfa();
    const { browser } = await takeFirstStep(email);
    const captured = browser.cookieHeader();
    const answer = await verify(browser, await authenticator.nextCode());
    expect([answer.status, answer.json]).toEqual([200, { status: 'ok' }]);
    expect([...browser.cookies.keys()].toSorted()).toEqual(['__Host-device', '__Host-sid']);
    expect((await browser.post('/api/me/email', { email: freshEmail() })).status).toBe(202);
    const replay = { Cookie: captured };
    const code = await authenticator.nextCode();
    const again = await new Browser().post('/api/auth/mfa/verify', { code }, replay);
    expect(again.status).toBe(401);
  });

  it('the session that the browser had is ended at the first step, and is no way around', async () => {
    const { browser, email } = await newUserWithMfa();
    const captured = browser.cookieHeader();
    await takeFirstStep(email, browser);
    expect(browser.cookies.has('__Host-sid')).toBe(false);
    expect(await isLoggedIn(browser)).toBe(false);
    expect((await new Browser().get('/api/me', { Cookie: captured })).status).toBe(401);
  });

  it('a session planted between the steps is over after the second', async () => {
    const { email, authenticator } = await newUserWithMfa();
    const { browser } = await takeFirstStep(email);
    const planted = (await newUser()).browser;
    browser.cookies.set('__Host-sid', planted.cookies.get('__Host-sid') ?? '');
    expect((await verify(browser, await authenticator.nextCode())).status).toBe(200);
    expect(await isLoggedIn(browser)).toBe(true);
    expect(await isLoggedIn(planted)).toBe(false);
  });

  it('a login is an event only when both steps are taken, and a wrong code is one too', async () => {
    const { userId, email, authenticator } = await newUserWithMfa();
    const kinds = async () =>
      (await rowsOf('security_events'))
        .filter((event) => event['user_id'] === userId)
        .map((event) => event['kind']);
    const { verify: enter } = await takeFirstStep(email);
    await enter(await authenticator.wrongCode());
    expect(await kinds()).not.toContain('logged_in');
    expect(await kinds()).toContain('second_step_failed');
    await enter(await authenticator.nextCode());
    expect(await kinds()).toContain('logged_in');
  });

  it("nothing but a first step opens the second: no token, another's, one of another purpose", async () => {
    const { browser, email, authenticator } = await newUserWithMfa();
    await browser.post('/api/auth/password/forgot', { email });
    const mailed = post.tokenFor(email);
    const stranger = await newUserWithMfa();
    const strangers = (await takeFirstStep(stranger.email)).browser.cookies.get('__Host-mfa') ?? '';
    for (const token of ['', 'x', mintToken(), mailed, strangers]) {
      const visitor = new Browser();
      visitor.cookies.set('__Host-mfa', token);
      expect((await verify(visitor, await authenticator.nextCode())).status).toBe(401);
    }
  });

  it('five minutes are all there are', async () => {
    const { email, authenticator } = await newUserWithMfa();
    pass(0);
    const early = await takeFirstStep(email);
    const late = await takeFirstStep(email);
    pass(5 * minute - 1_000);
    expect((await early.verify(await authenticator.code())).status).toBe(200);
    pass(2_000);
    expect((await late.verify(await authenticator.code(1))).status).toBe(401);
  });

  it('after five wrong codes the right one comes too late, until the password is given again', async () => {
    const { email, authenticator } = await newUserWithMfa();
    const { browser, verify: enter } = await takeFirstStep(email);
    pass(30_000);
    for (let tries = 0; tries < 5; tries += 1) {
      expect((await enter(await authenticator.wrongCode())).status).toBe(401);
    }
    expect((await enter(await authenticator.code())).status).toBe(401);
    await takeFirstStep(email, browser);
    expect((await enter(await authenticator.code())).status).toBe(200);
  });

  it('of ten parallel guesses with one token, five are looked at', async () => {
    const { userId, authenticator } = await newUserWithMfa();
    const { browser } = await betweenSteps(userId);
    const code = await authenticator.wrongCode();
    const headers = { Cookie: browser.cookieHeader() };
    const seen = vi.fn<(sql: string) => void>();
    const guess = () => {
      const visitor = new Browser();
      visitor.env = { ...visitor.env, DB: interceptD1(seen) };
      return visitor.post('/api/auth/mfa/verify', { code }, headers);
    };
    await Promise.all(Array.from({ length: 10 }, guess));
    expect(seen.mock.calls.filter(([sql]) => sql.includes('seed_ciphertext'))).toHaveLength(5);
    const row = (await rowsOf('one_time_tokens')).find((token) => token['user_id'] === userId);
    expect(row?.['failures']).toBe(5);
  });

  it('who disabled the account, or ended all sessions, has ended the login as well', async () => {
    const { userId, email, authenticator, browser } = await newUserWithMfa();
    const first = await takeFirstStep(email);
    await browser.post('/api/auth/logout-all');
    expect((await first.verify(await authenticator.nextCode())).status).toBe(401);
    const second = await takeFirstStep(email);
    await env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1').bind(userId).run();
    expect((await second.verify(await authenticator.nextCode())).status).toBe(401);
  });
});

describe('AUTH-4 a password reset is no way around the second factor', () => {
  it('a first step that was under way during it leads nowhere', async () => {
    const { userId, email, authenticator } = await newUserWithMfa();
    await resetPassword(email);
    const late = await betweenSteps(userId);
    // As a request writes it that read the account before the reset.
    await env.DB.prepare(
      `UPDATE one_time_tokens SET session_epoch = session_epoch - 1 WHERE user_id = ?1`,
    )
      .bind(userId)
      .run();
    expect((await late.verify(await authenticator.nextCode())).status).toBe(401);
  });

  it('opens no session, and the new password is only the first step', async () => {
    const { browser, email } = await newUserWithMfa();
    const visitor = await resetPassword(email);
    expect(visitor.cookies.size).toBe(0);
    expect(await isLoggedIn(browser)).toBe(false);
    const { answer } = await takeFirstStep(email, visitor, other);
    expect(answer.json).toEqual({ status: 'mfa_required' });
    expect(await isLoggedIn(visitor)).toBe(false);
  });

  it('ends a login that stands between its steps', async () => {
    const { email, authenticator } = await newUserWithMfa();
    const { verify: enter } = await takeFirstStep(email);
    await resetPassword(email);
    expect((await enter(await authenticator.nextCode())).status).toBe(401);
  });
});

describe('AUTH-4 a code works once', () => {
  const tenFirstSteps = (userId: string) =>
    Promise.all(Array.from({ length: 10 }, () => betweenSteps(userId)));
  const successes = (answers: readonly { status: number }[]) =>
    answers.filter(({ status }) => status === 200 || status === 204);

  it('not again, and none that is older than one that was used', async () => {
    const { userId, authenticator, activationCode } = await newUserWithMfa();
    const [first, second] = [await betweenSteps(userId), await betweenSteps(userId)];
    expect((await first.verify(activationCode)).status).toBe(401);
    pass(60_000);
    const [older, code] = [await authenticator.code(-1), await authenticator.code()];
    expect((await first.verify(code)).status).toBe(200);
    expect((await second.verify(code)).status).toBe(401);
    expect((await second.verify(older)).status).toBe(401);
    expect((await second.verify(await authenticator.code(1))).status).toBe(200);
  });

  it('of ten parallel logins with one code, one succeeds', async () => {
    const { userId, authenticator } = await newUserWithMfa();
    const logins = await tenFirstSteps(userId);
    const code = await authenticator.nextCode();
    const answers = await Promise.all(logins.map((login) => login.verify(code)));
    expect(successes(answers)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(9);
  });

  it('of ten parallel logins with one recovery code, one succeeds', async () => {
    const { userId, recoveryCodes } = await newUserWithMfa();
    const logins = await tenFirstSteps(userId);
    const answers = await Promise.all(
      logins.map(({ verify: enter }) => enter(recoveryCodes[0] ?? '')),
    );
    expect(successes(answers)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(9);
  });

  it('two good codes at once for one token open one session', async () => {
    const { userId, recoveryCodes } = await newUserWithMfa();
    const { browser } = await betweenSteps(userId);
    const headers = { Cookie: browser.cookieHeader() };
    const answers = await Promise.all(
      recoveryCodes
        .slice(0, 5)
        .map((code) => new Browser().post('/api/auth/mfa/verify', { code }, headers)),
    );
    expect(successes(answers)).toHaveLength(1);
  });

  it('each of the ten recovery codes logs in once, however it is typed; successes use up no limit', async () => {
    const { userId, authenticator, recoveryCodes } = await newUserWithMfa();
    expect(recoveryCodes).toHaveLength(10);
    for (const [index, code] of recoveryCodes.entries()) {
      const typed = index % 2 === 0 ? code : ` ${code.replaceAll('-', ' ').toLowerCase()} `;
      expect((await (await betweenSteps(userId)).verify(typed)).status).toBe(200);
    }
    const login = await betweenSteps(userId);
    expect((await login.verify(recoveryCodes[0] ?? '')).status).toBe(401);
    expect((await login.verify(await authenticator.nextCode())).status).toBe(200);
  });

  it('the owner hears of a recovery code that was used, and reads of each that was tried in vain', async () => {
    const { userId, email, recoveryCodes, browser } = await newUserWithMfa();
    const [code = ''] = recoveryCodes;
    const told = () =>
      post.to(email).filter(({ subject }) => subject === 'A recovery code was used').length;
    expect((await (await betweenSteps(userId)).verify('AAAA-AAAA')).status).toBe(401);
    expect(told()).toBe(0);
    expect((await (await betweenSteps(userId)).verify(code)).status).toBe(200);
    expect((await (await betweenSteps(userId)).verify(code)).status).toBe(401);
    expect(told()).toBe(1);
    const { items } = (await browser.get('/api/me/security-events')).json;
    const kinds = items.map(({ kind }: { kind: string }) => kind);
    expect(kinds.filter((kind: string) => kind === 'recovery_code_used')).toHaveLength(1);
    expect(kinds.filter((kind: string) => kind === 'second_step_failed')).toHaveLength(2);
  });

  it("another user's codes open nothing", async () => {
    const { userId } = await newUserWithMfa();
    const stranger = await newUserWithMfa();
    const { verify: enter } = await betweenSteps(userId);
    expect((await enter(stranger.recoveryCodes[0] ?? '')).status).toBe(401);
    expect((await enter(await stranger.authenticator.nextCode())).status).toBe(401);
  });
});

describe('AUTH-4 API-2 TEST-4 guessing codes is rate limited', () => {
  it('ten wrong codes for an account, over all browsers it does not know; the eleventh costs no work', async () => {
    const { userId, email, authenticator } = await newUserWithMfa();
    const owner = await takeFirstStep(email);
    expect((await owner.verify(await authenticator.nextCode())).status).toBe(200);
    for (let logins = 0; logins < 2; logins += 1) {
      const guesser = await betweenSteps(userId);
      for (let tries = 0; tries < 5; tries += 1) {
        expect((await guesser.verify(await authenticator.wrongCode())).status).toBe(401);
      }
    }
    const { browser } = await betweenSteps(userId);
    const seen = vi.fn<(sql: string) => void>();
    browser.env = { ...browser.env, DB: interceptD1(seen) };
    const refused = await verify(browser, await authenticator.nextCode());
    expect([refused.status, refused.json.code]).toEqual([429, 'rate_limited']);
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(3_500);
    const asked = seen.mock.calls.filter(([sql]) => !sql.includes('request_counts'));
    expect(asked).toHaveLength(1);
    // The browser that the account knows is counted on its own: its owner is not locked out.
    await owner.browser.post('/api/auth/logout');
    await takeFirstStep(email, owner.browser);
    expect((await owner.verify(await authenticator.code())).status).toBe(200);
  });

  it('thirty attempts for one client, whatever they are', async () => {
    const visitor = new Browser();
    for (let tries = 0; tries < 30; tries += 1) {
      expect((await verify(visitor, '000000')).status).toBe(401);
    }
    expect((await verify(visitor, '000000')).status).toBe(429);
  });

  it('who knows only the password cannot make a device known', async () => {
    const { email } = await newUserWithMfa();
    const { browser } = await takeFirstStep(email);
    expect(browser.cookies.has('__Host-device')).toBe(false);
  });
});
