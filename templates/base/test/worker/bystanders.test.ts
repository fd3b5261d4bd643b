import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { freshEmail, newUser, password } from './arrange.ts';
import { Authenticator, pass, takeFirstStep } from './authenticator.ts';
import { Browser, type Answer } from './browser.ts';
import { allButThoseOf, newBystanders } from './bystanders.ts';
import { post } from './post.ts';

type Someone = Awaited<ReturnType<typeof newUser>>;

const other = 'another long password';
const done = async (asked: Promise<Answer>): Promise<Answer> => {
  const answer = await asked;
  expect(answer.status).toBeLessThan(300);
  return answer;
};
const prove = async ({ browser, email }: Someone) => {
  await done(browser.post('/api/auth/verify-email/send'));
  await done(browser.post('/api/auth/verify-email', { token: post.tokenFor(email) }));
};
const logIn = (email: string, secret = password) =>
  done(new Browser().post('/api/auth/login', { email, password: secret }));

const flows: Readonly<Record<string, (someone: Someone) => Promise<void>>> = {
  'a proven address': prove,

  'logins and logouts': async ({ browser, email }) => {
    pass(2 * 60 * 60 * 1_000);
    await done(browser.get('/api/me'));
    await done(browser.post('/api/auth/login', { email, password }));
    await done(browser.post('/api/auth/step-up', { password }));
    await logIn(email);
    const { items } = (await browser.get('/api/auth/sessions')).json;
    for (const { id, current } of items) {
      if (!current) await done(browser.delete(`/api/auth/sessions/${id}`));
    }
    await done(browser.post('/api/auth/logout'));
    await done(browser.post('/api/auth/login', { email, password }));
    await done(browser.post('/api/auth/logout-all'));
  },

  'a new password': async ({ browser, email }) => {
    await done(browser.post('/api/auth/password/change', { current: password, password: other }));
    for (const _ of [1, 2]) await new Browser().post('/api/auth/password/forgot', { email });
    const token = post.tokenFor(email);
    await done(new Browser().post('/api/auth/password/reset', { token, password }));
    await logIn(email);
  },

  'a new name and a new address': async ({ browser, email }) => {
    await done(browser.patch('/api/me', { name: 'Grace' }));
    const wished = freshEmail();
    await done(browser.post('/api/me/email', { email: wished }));
    for (const address of [email, wished]) {
      await done(browser.post('/api/me/email/confirm', { token: post.tokenFor(address) }));
    }
    await logIn(wished);
  },

  'a second factor': async (someone) => {
    const { browser, email } = someone;
    await prove(someone);
    const authenticator = new Authenticator(
      (await browser.post('/api/auth/mfa/enroll')).json.secret,
    );
    const code = await authenticator.code();
    await done(browser.post('/api/auth/mfa/activate', { code }));
    const replace = { code: await authenticator.nextCode() };
    const replaced = await done(browser.post('/api/auth/mfa/recovery-codes', replace));
    const [recoveryCode] = replaced.json.recoveryCodes;
    await done(browser.post('/api/auth/step-up', { code: recoveryCode }));
    const login = await takeFirstStep(email);
    expect((await login.verify(await authenticator.wrongCode())).status).toBe(401);
    await done(login.verify(await authenticator.nextCode()));
    const disable = { code: await authenticator.nextCode() };
    await done(login.browser.post('/api/auth/mfa/disable', disable));
  },

  'a code to step up': async ({ browser, email, userId }) => {
    await env.DB.prepare('UPDATE users SET password_hash = NULL WHERE id = ?1').bind(userId).run();
    await done(browser.post('/api/auth/step-up/email'));
    const emailCode = /[\w-]{43}/.exec(post.to(email).at(-1)?.text ?? '')?.[0];
    await done(browser.post('/api/auth/step-up', { emailCode }));
  },

  'the end of the account': async ({ browser, userId }) => {
    await env.DB.prepare(
      `INSERT INTO memberships (tenant_id, user_id, role, created_at)
       SELECT id, ?1, 'member', 1 FROM tenants`,
    )
      .bind(userId)
      .run();
    await done(browser.delete('/api/me'));
  },
};

describe('AUTH-2 what one user does changes nothing of anybody else', () => {
  beforeAll(newBystanders);

  it.each(Object.entries(flows))('%s', async (_what, flow) => {
    const someone = await newUser();
    const before = await allButThoseOf(someone.userId);
    await flow(someone);
    expect(await allButThoseOf(someone.userId)).toEqual(before);
  });
});
