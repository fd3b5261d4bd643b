import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { hashToken } from '../../src/auth/token.ts';
import { freshEmail, password, rowsOf } from './arrange.ts';
import { Authenticator, newUserWithMfa, pass, takeFirstStep, verify } from './authenticator.ts';
import { Browser } from './browser.ts';
import { post } from './post.ts';
import { newPerson } from './team.ts';

const minute = 60 * 1_000;
const enroll = async (browser: Browser) => (await browser.post('/api/auth/mfa/enroll')).json;
const activate = (browser: Browser, code: string) =>
  browser.post('/api/auth/mfa/activate', { code });
const disable = (browser: Browser, code: string) => browser.post('/api/auth/mfa/disable', { code });
const replaceCodes = (browser: Browser, code: string) =>
  browser.post('/api/auth/mfa/recovery-codes', { code });
const stepUp = (browser: Browser, proof: object) => browser.post('/api/auth/step-up', proof);
const hasMfa = async (browser: Browser) => (await browser.get('/api/me')).json.user?.mfaEnabled;
const lastSubject = (email: string) => post.to(email).at(-1)?.subject;
const rowsOfUser = async (table: string, userId: string) =>
  (await rowsOf(table)).filter((row) => row['user_id'] === userId);
const kindsOf = async (userId: string) =>
  (await rowsOfUser('security_events', userId)).map((event) => event['kind']);

/** A second session of a user who has a password and no second factor yet. */
const anotherSession = async (email: string) => (await takeFirstStep(email)).browser;

describe('AUTH-4 switching the second factor on', () => {
  it('enrolling gives a secret and its URI, and asks for nothing yet', async () => {
    const { browser, email } = await newPerson();
    const { secret, uri } = await enroll(browser);
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    const account = `app.example:${encodeURIComponent(email)}`;
    expect(uri).toBe(`otpauth://totp/${account}?secret=${secret}&issuer=app.example`);
    expect(await hasMfa(browser)).toBe(false);
    expect((await takeFirstStep(email)).answer.json).toEqual({ status: 'ok' });
    const code = await new Authenticator(secret).code();
    expect((await stepUp(browser, { code })).status).toBe(401);
    expect((await stepUp(browser, { password })).status).toBe(204);
  });

  it('enrolling anew replaces the secret that was pending', async () => {
    const { browser } = await newPerson();
    const first = new Authenticator((await enroll(browser)).secret);
    const second = new Authenticator((await enroll(browser)).secret);
    expect((await activate(browser, await first.code())).status).toBe(401);
    // As apps show it.
    const code = (await second.code()).replace(/^.../, '$& ');
    expect((await activate(browser, code)).status).toBe(200);
    expect(await hasMfa(browser)).toBe(true);
  });

  it('an active one is not replaced: enrolling and activating are a conflict', async () => {
    const { browser, userId, authenticator } = await newUserWithMfa();
    const before = await rowsOfUser('mfa', userId);
    const again = await browser.post('/api/auth/mfa/enroll');
    expect([again.status, again.json.code]).toEqual([409, 'conflict']);
    expect((await activate(browser, await authenticator.nextCode())).status).toBe(409);
    expect(await rowsOfUser('mfa', userId)).toEqual(before);
  });

  it('without a pending one there is nothing to activate, to disable or to have codes for', async () => {
    const { browser } = await newPerson();
    for (const act of [activate, disable, replaceCodes]) {
      expect((await act(browser, '000000')).status).toBe(409);
    }
  });

  it('a wrong code does not switch it on, and five are enough', async () => {
    const { browser } = await newPerson();
    const authenticator = new Authenticator((await enroll(browser)).secret);
    for (let tries = 0; tries < 5; tries += 1) {
      expect((await activate(browser, await authenticator.wrongCode())).status).toBe(401);
    }
    expect((await activate(browser, await authenticator.code())).status).toBe(429);
    expect(await hasMfa(browser)).toBe(false);
  });

  it('ends every other session and gives this browser a new one; the owner is told', async () => {
    const { browser, email, userId } = await newPerson();
    const elsewhere = await anotherSession(email);
    const captured = browser.cookieHeader();
    const authenticator = new Authenticator((await enroll(browser)).secret);
    expect((await activate(browser, await authenticator.code())).status).toBe(200);
    expect(await hasMfa(browser)).toBe(true);
    expect((await elsewhere.get('/api/me')).status).toBe(401);
    expect((await new Browser().get('/api/me', { Cookie: captured })).status).toBe(401);
    expect(lastSubject(email)).toBe('Your second factor was switched on');
    expect(await kindsOf(userId)).toContain('mfa_activated');
  });

  it('gives ten recovery codes of 128 bits, no two alike', async () => {
    const { recoveryCodes } = await newUserWithMfa();
    expect(recoveryCodes).toHaveLength(10);
    expect(new Set(recoveryCodes).size).toBe(10);
    for (const code of recoveryCodes) expect(code).toMatch(/^([A-Z2-7]{4}-){6}[A-Z2-7]{2}$/);
  });

  it('of five parallel activations one succeeds, and only its recovery codes are there', async () => {
    const { browser, userId } = await newPerson();
    const code = await new Authenticator((await enroll(browser)).secret).code();
    const headers = { Cookie: browser.cookieHeader() };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        new Browser().post('/api/auth/mfa/activate', { code }, headers),
      ),
    );
    const succeeded = answers.filter(({ status }) => status === 200);
    expect(succeeded).toHaveLength(1);
    const shown: string[] = succeeded[0]?.json.recoveryCodes;
    const hashes = await Promise.all(shown.map((each) => hashToken(each.replaceAll('-', ''))));
    const stored = await rowsOfUser('recovery_codes', userId);
    expect(stored.map((row) => String(row['code_hash'])).toSorted()).toEqual(hashes.toSorted());
  });
});

describe('AUTH-4 once it is on, only the second factor steps up', () => {
  const later = () => pass(5 * minute);
  const isSteppedUp = async (browser: Browser) =>
    (await browser.post('/api/me/email', { email: freshEmail() })).status === 202;

  it.each(['enroll', 'activate', 'disable', 'recovery-codes'])(
    'after five minutes %s asks for it',
    async (action) => {
      const { browser, authenticator } = await newUserWithMfa();
      later();
      const body = action === 'enroll' ? undefined : { code: await authenticator.code() };
      const answer = await browser.post(`/api/auth/mfa/${action}`, body);
      expect([answer.status, answer.json?.code]).toEqual([403, 'step_up_required']);
    },
  );

  it('a code or a recovery code does, once each', async () => {
    const { browser, authenticator, recoveryCodes } = await newUserWithMfa();
    for (const code of [await authenticator.nextCode(), recoveryCodes[0] ?? '']) {
      later();
      expect(await isSteppedUp(browser)).toBe(false);
      const fresh = code.length === 6 ? await authenticator.code() : code;
      expect((await stepUp(browser, { code: fresh })).status).toBe(204);
      expect(await isSteppedUp(browser)).toBe(true);
      expect((await stepUp(browser, { code: fresh })).status).toBe(401);
    }
  });

  it('of five parallel step-ups with one code, one succeeds', async () => {
    const { browser, authenticator } = await newUserWithMfa();
    const code = await authenticator.nextCode();
    const headers = { Cookie: browser.cookieHeader() };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => new Browser().post('/api/auth/step-up', { code }, headers)),
    );
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  });

  it('the password no longer does, with or without a wrong code', async () => {
    const { browser, authenticator } = await newUserWithMfa();
    later();
    const code = await authenticator.wrongCode();
    for (const proof of [{ password }, { password, code }, {}]) {
      expect((await stepUp(browser, proof)).status).toBe(401);
    }
    expect(await isSteppedUp(browser)).toBe(false);
  });

  it('nor does a code by mail, for who has no password', async () => {
    const { browser, email, userId } = await newPerson();
    await env.DB.prepare('UPDATE users SET password_hash = NULL WHERE id = ?1').bind(userId).run();
    await browser.post('/api/auth/step-up/email');
    const emailCode = /[\w-]{43}/.exec(post.to(email).at(-1)?.text ?? '')?.[0];
    const authenticator = new Authenticator((await enroll(browser)).secret);
    expect((await activate(browser, await authenticator.code())).status).toBe(200);
    later();
    expect((await stepUp(browser, { emailCode })).status).toBe(401);
    expect((await browser.post('/api/auth/step-up/email')).status).toBe(409);
    expect(await isSteppedUp(browser)).toBe(false);
    expect((await stepUp(browser, { code: await authenticator.code() })).status).toBe(204);
    expect(await isSteppedUp(browser)).toBe(true);
  });

  it('a new session for a changed password proves nothing anew', async () => {
    const { browser } = await newUserWithMfa();
    later();
    const body = { current: password, password: 'another long password' };
    expect((await browser.post('/api/auth/password/change', body)).status).toBe(204);
    expect((await browser.get('/api/me')).status).toBe(200);
    expect(await isSteppedUp(browser)).toBe(false);
  });
});

describe('AUTH-4 switching the second factor off', () => {
  it('takes a code as well as the step-up', async () => {
    const { browser, authenticator, activationCode } = await newUserWithMfa();
    expect((await browser.post('/api/auth/mfa/disable', {})).status).toBe(400);
    expect((await disable(browser, '')).status).toBe(401);
    expect((await disable(browser, await authenticator.wrongCode())).status).toBe(401);
    expect((await disable(browser, activationCode)).status).toBe(401);
    expect(await hasMfa(browser)).toBe(true);
    expect((await disable(browser, await authenticator.nextCode())).status).toBe(204);
    expect(await hasMfa(browser)).toBe(false);
  });

  it('removes seed and recovery codes, ends every other session, and the owner is told', async () => {
    const { browser, email, userId, authenticator, recoveryCodes } = await newUserWithMfa();
    const elsewhere = (await takeFirstStep(email)).browser;
    expect((await verify(elsewhere, recoveryCodes[0] ?? '')).status).toBe(200);
    const captured = browser.cookieHeader();
    expect((await disable(browser, await authenticator.nextCode())).status).toBe(204);
    expect((await browser.get('/api/me')).status).toBe(200);
    expect((await elsewhere.get('/api/me')).status).toBe(401);
    expect((await new Browser().get('/api/me', { Cookie: captured })).status).toBe(401);
    expect(await rowsOfUser('mfa', userId)).toEqual([]);
    expect(await rowsOfUser('recovery_codes', userId)).toEqual([]);
    expect((await takeFirstStep(email)).answer.json).toEqual({ status: 'ok' });
    expect(lastSubject(email)).toBe('A new device logged in');
    expect(post.to(email).map(({ subject }) => subject)).toContain(
      'Your second factor was switched off',
    );
    expect(await kindsOf(userId)).toContain('mfa_disabled');
  });

  it('five wrong codes are enough', async () => {
    const { browser, authenticator } = await newUserWithMfa();
    for (let tries = 0; tries < 5; tries += 1) {
      expect((await disable(browser, await authenticator.wrongCode())).status).toBe(401);
    }
    expect((await disable(browser, await authenticator.nextCode())).status).toBe(429);
  });
});

describe('AUTH-4 recovery codes are replaced', () => {
  it('by who gives a code; the ones before are gone, and the owner is told', async () => {
    const { browser, email, userId, authenticator, recoveryCodes } = await newUserWithMfa();
    expect((await replaceCodes(browser, await authenticator.wrongCode())).status).toBe(401);
    const replaced = await replaceCodes(browser, await authenticator.nextCode());
    expect(replaced.status).toBe(200);
    const fresh: string[] = replaced.json.recoveryCodes;
    expect(fresh).toHaveLength(10);
    expect(await rowsOfUser('recovery_codes', userId)).toHaveLength(10);
    expect(lastSubject(email)).toBe('Your recovery codes were replaced');
    expect((await stepUp(browser, { code: recoveryCodes[0] })).status).toBe(401);
    expect((await stepUp(browser, { code: fresh[0] })).status).toBe(204);
    expect(await kindsOf(userId)).toContain('recovery_codes_replaced');
  });
});

describe('AUTH-4 no secret of the second factor is stored or logged', () => {
  it('neither seed nor code is in D1, in KV or in the logs after all of it', async () => {
    const written: unknown[] = [];
    for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) {
      vi.spyOn(console, level).mockImplementation((...line: unknown[]) => {
        written.push(...line);
      });
    }
    const { browser, email, authenticator, activationCode, recoveryCodes } = await newUserWithMfa();
    const wrong = await authenticator.wrongCode();
    const login = await takeFirstStep(email);
    const firstStep = login.browser.cookies.get('__Host-mfa') ?? '';
    await login.verify(wrong);
    const code = await authenticator.nextCode();
    expect((await login.verify(code)).status).toBe(200);
    expect((await stepUp(browser, { code: recoveryCodes[0] })).status).toBe(204);
    const another = await authenticator.nextCode();
    const replaced: string[] = (await replaceCodes(browser, another)).json.recoveryCodes;
    expect((await browser.get('/api/me/export')).text).not.toContain(authenticator.secret);

    const dump = JSON.stringify([await everyTable(), await everyKey(), written]);
    expect(dump).toContain('second_step_failed');
    expect(dump).toContain('"route\\":\\"/api/auth/mfa/verify');
    const { seed, secret } = authenticator;
    for (const form of [secret, seed.toBase64(), seed.toHex(), firstStep]) {
      expect(dump.toLowerCase()).not.toContain(form.toLowerCase());
    }
    for (const each of [...recoveryCodes, ...replaced]) {
      expect(dump).not.toContain(each);
      expect(dump).not.toContain(each.replaceAll('-', ''));
    }
    for (const each of [activationCode, code, another, wrong]) {
      // Six digits by themselves: within a time or a hash they mean nothing.
      expect(dump).not.toMatch(new RegExp(`(?<![\\w.])${each}(?![\\w.])`));
    }
  });

  it("a seed rests under a versioned key, and does not open in another user's row", async () => {
    const { userId, email, authenticator } = await newUserWithMfa();
    const stranger = await newUserWithMfa();
    const [row] = await rowsOfUser('mfa', userId);
    expect(row?.['seed_ciphertext']).toMatch(/^[0-9a-f]{8}\.[\w+/=]{16}\.[\w+/=]+$/);
    await env.DB.prepare('UPDATE mfa SET seed_ciphertext = ?2 WHERE user_id = ?1')
      .bind(stranger.userId, row?.['seed_ciphertext'])
      .run();
    const moved = await takeFirstStep(stranger.email);
    expect((await moved.verify(await authenticator.nextCode())).status).toBe(500);
    const own = await takeFirstStep(email);
    expect((await own.verify(await authenticator.code())).status).toBe(200);
  });

  it('the export says that it is on, and deleting the user deletes it', async () => {
    const { browser, userId } = await newUserWithMfa();
    expect((await browser.get('/api/me/export')).json.user.mfaEnabled).toBe(true);
    expect((await browser.delete('/api/me')).status).toBe(204);
    expect(await rowsOfUser('mfa', userId)).toEqual([]);
    expect(await rowsOfUser('recovery_codes', userId)).toEqual([]);
  });
});

async function everyTable() {
  const { results } = await env.DB.prepare(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '_cf_%'`,
  ).all<{ name: string }>();
  return Promise.all(results.map(({ name }) => rowsOf(name)));
}

async function everyKey() {
  const { keys } = await env.SESSIONS.list();
  return Promise.all(keys.map(async ({ name }) => [name, await env.SESSIONS.get(name)]));
}
