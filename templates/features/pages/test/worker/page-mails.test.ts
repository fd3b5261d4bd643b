import { describe, expect, it } from 'vitest';
import { freshEmail, newUser, password } from './arrange.ts';
import { Browser } from './browser.ts';
import { formsOn, inputOn, open, sendForm } from './person.ts';
import { post } from './post.ts';
import { newPerson, newTeam } from './team.ts';

describe('AUTH-5 what begins with a mail ends on a page', () => {
  it('an address is proven in another browser with the password, which the page asks for', async () => {
    const { browser, email } = await newUser();
    const actions = async () =>
      formsOn(await open(browser, '/dashboard')).map(({ action }) => action);
    expect(await actions()).toContain('/send-verification');
    expect((await sendForm(browser, '/send-verification')).status).toBe(303);
    const token = post.tokenFor(email);
    const visitor = new Browser();
    const asked = await sendForm(visitor, '/verify-email', { token });
    expect([asked.status, formsOn(asked)]).toEqual([
      401,
      [{ action: '/verify-email', fields: ['token', 'password'] }],
    ]);
    expect(inputOn(asked, 'token')).toContain(`value="${token}"`);
    const proven = await sendForm(visitor, '/verify-email', { token, password });
    expect([proven.status, proven.headers.get('Location')]).toEqual([303, '/login']);
    await sendForm(browser, '/login', { email, password });
    expect(await actions()).not.toContain('/send-verification');
  });

  it('an address is said to be changed when both sides agreed, and not before', async () => {
    const { browser, email } = await newPerson();
    const moved = freshEmail();
    await sendForm(browser, '/settings/email', { email: moved });
    const visitor = new Browser();
    const confirm = async (address: string) => {
      const token = post.tokenFor(address);
      const asked = await sendForm(visitor, '/confirm-email', { token });
      expect(formsOn(asked)).toEqual([{ action: '/confirm-email', fields: ['token', 'password'] }]);
      await sendForm(visitor, '/confirm-email', { token, password });
      const { text } = await open(visitor, '/login');
      return /role="status".*?<div>([^<]*)</s.exec(text)?.[1];
    };
    expect(await confirm(email)).toBe(
      'Confirmed. Now confirm in the mail that went to the other address.',
    );
    expect(await confirm(moved)).toBe('Your address is changed. Log in with the new one.');
  });

  it('an invitation goes along to where one logs in, and says as whom one accepts it', async () => {
    const team = await newTeam();
    const { browser, email } = await newPerson();
    await team.invite(email, 'member');
    const at = '/accept-invitation';
    expect((await open(new Browser(), at)).text).toMatch(
      /<a [^>]*href="\/login\?returnTo=\/accept-invitation" data-carry/,
    );
    expect((await open(browser, at)).text).toContain(`You are logged in as ${email}.`);
    const joined = await sendForm(browser, at, { token: post.tokenFor(email) });
    expect(joined.headers.get('Location')).toBe(`/tenants/${team.tenantId}/projects`);
    expect((await open(browser, `/tenants/${team.tenantId}/projects`)).status).toBe(200);
  });

  it('pages say how long it works, and not who has an account', async () => {
    const { owner, tenantId } = await newTeam();
    for (const [path, words] of [
      ['/signup/check-mail', 'Open it in this browser within 24 hours.'],
      ['/forgot-password/check-mail', 'If the address has an account, a link is on its way.'],
      ['/forgot-password/check-mail', 'It works once, for 30 minutes.'],
      [`/tenants/${tenantId}/members`, 'a link that works for seven days.'],
      ['/step-up', 'Afterwards you will not be asked for five minutes.'],
    ] as const) {
      expect((await open(owner.browser, path)).text).toContain(words);
    }
    await sendForm(owner.browser, '/step-up', { step_up_password: password });
    const { text } = await open(owner.browser, '/dashboard');
    expect(text).toContain('For five minutes you will not be asked again.');
  });
});
