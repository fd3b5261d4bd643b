import { env } from 'cloudflare:workers';
import jsQr from 'jsqr';
import { describe, expect, it } from 'vitest';
import { mintToken } from '../../src/auth/token.ts';
import { freshEmail, newUser, newUserWithoutPassword, password } from './arrange.ts';
import { Authenticator, betweenSteps, newUserWithMfa, pass } from './authenticator.ts';
import { Browser, type Answer } from './browser.ts';
import { stylesheet } from '../../src/pages/assets.ts';
import { decidedPages, partsWithForms } from './decided-pages.ts';
import { formsOn, inputOn, navigation, open, sendForm } from './person.ts';
import { post } from './post.ts';
import { newPerson, newTeam } from './team.ts';

const attributeOf = (tag: string, name: string) =>
  new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll('&amp;', '&');

/** A session of the same person on another device. */
async function logIn(email: string): Promise<Browser> {
  const browser = new Browser();
  await sendForm(browser, '/login', { email, password });
  return browser;
}

describe('AUTH-2 logging out by a page ends sessions on the server', () => {
  /** Whether a browser that kept its cookie is still let in, by a page and by the API. */
  const letsIn = async (cookie: string) => {
    const page = await new Browser().get('/dashboard', { ...navigation, Cookie: cookie });
    const api = await new Browser().get('/api/me', { Cookie: cookie });
    return [page.status, api.status];
  };

  it('a cookie that was kept is worth nothing afterwards', async () => {
    const { browser } = await newUser();
    const cookie = browser.cookieHeader();
    expect(await letsIn(cookie)).toEqual([200, 200]);
    const left = await sendForm(browser, '/logout');
    expect([left.status, left.headers.get('Location')]).toEqual([303, '/login']);
    expect(await letsIn(cookie)).toEqual([303, 401]);
  });

  it('another device is logged out by its own button', async () => {
    const { browser, email } = await newUser();
    const other = (await logIn(email)).cookieHeader();
    const ends = formsOn(await open(browser, '/settings/security')).filter(({ action }) =>
      /^\/settings\/sessions\/[\w-]{36}\/end$/.test(action),
    );
    expect(ends).toHaveLength(1);
    await sendForm(browser, ends[0]?.action ?? 'no form');
    expect([await letsIn(other), await letsIn(browser.cookieHeader())]).toEqual([
      [303, 401],
      [200, 200],
    ]);
  });

  it('everywhere means on every device', async () => {
    const { browser, email } = await newUser();
    const cookies = [browser.cookieHeader(), (await logIn(email)).cookieHeader()];
    const left = await sendForm(browser, '/settings/sessions/end-all');
    expect([left.status, left.headers.get('Location')]).toEqual([303, '/login']);
    for (const cookie of cookies) expect(await letsIn(cookie)).toEqual([303, 401]);
  });
});

describe('AUTH-2 a session begun by a page', () => {
  it('is listed by the device of the person, beside a button that ends it and no other', async () => {
    const { browser, email } = await newUser();
    const other = new Browser();
    const headers = { 'User-Agent': 'Firefox/140 Linux' };
    await sendForm(other, '/login', { email, password }, headers);
    const { items } = (await browser.get('/api/auth/sessions')).json;
    expect(items.map(({ device }: { device: string }) => device)).toContain('Firefox on Linux');
    const { text } = await open(browser, '/settings/security');
    const rows = text.matchAll(/<li><div><strong>([^<]*)<\/strong>(.*?)<\/li>/gs);
    const devices = new Map(Array.from(rows, ([, name, more = '']) => [name, more]));
    expect(new Set(devices.keys())).toEqual(new Set(['Firefox on Linux', 'Unknown device']));
    const here = devices.get('Unknown device');
    expect([here?.includes('this one'), here?.includes('<form')]).toEqual([true, false]);
    const there = devices.get('Firefox on Linux') ?? '';
    expect(there).not.toContain('this one');
    const ended = await sendForm(browser, attributeOf(there, 'action') ?? '');
    expect([ended.status, ended.headers.get('Location')]).toEqual([303, '/settings/security']);
    expect((await other.get('/api/me')).status).toBe(401);
    const stayed = await open(browser, '/dashboard');
    expect(stayed.status).toBe(200);
    expect(formsOn(stayed).map(({ action }) => action)).toContain('/logout');
  });
});

describe('AUTH-2 DB-1 what one takes along', () => {
  it('is a file to keep, with all that the API answers', async () => {
    const { owner, tenantId, path } = await newTeam();
    for (const [page, from] of [
      ['/settings/export', '/api/me/export'],
      [`/tenants/${tenantId}/export`, `${path}/export`],
    ] as const) {
      const { headers, json } = await open(owner.browser, page);
      expect(headers.get('Content-Disposition')).toMatch(/^attachment; filename="[\w-]+\.json"$/);
      expect(Object.keys(json)).toEqual(Object.keys((await owner.browser.get(from)).json));
    }
  });
});

describe('API-1 what is typed into several lines', () => {
  it('has the line ends that the API takes, and not those of a browser', async () => {
    const { owner, tenantId, path } = await newTeam();
    const fields = { name: 'Loom', description: 'one\r\ntwo' };
    await sendForm(owner.browser, `/tenants/${tenantId}/projects`, fields);
    const { items } = (await owner.browser.get(`${path}/projects`)).json;
    expect(items).toEqual([expect.objectContaining({ description: 'one\ntwo' })]);
  });
});

describe('AUTH-4 the second factor on pages', () => {
  /** What a phone reads off a drawing that stands in a page. */
  const readCode = ({ text }: Answer) => {
    const scale = 4;
    const size = Number(/<svg class="qr" viewBox="0 0 (\d+) /.exec(text)?.[1]) * scale;
    const pixels = new Uint8ClampedArray(size * size * 4).fill(255);
    for (const [, x, y] of text.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
      for (let row = 0; row < scale; row += 1) {
        const from = ((Number(y) * scale + row) * size + Number(x) * scale) * 4;
        for (let at = from; at < from + scale * 4; at += 1) pixels[at] = at % 4 === 3 ? 255 : 0;
      }
    }
    return jsQr(pixels, size, size, { inversionAttempts: 'dontInvert' })?.data;
  };

  it('the code to scan says what an authenticator app needs, and whether it is on is shown', async () => {
    const { browser, email } = await newPerson();
    const { browser: secured } = await newUserWithMfa();
    const shown = async (visitor: Browser) =>
      />Second factor <span class="[^"]*">(\w+)</.exec(
        (await open(visitor, '/settings/security')).text,
      )?.[1];
    expect([await shown(browser), await shown(secured)]).toEqual(['off', 'on']);
    const page = await sendForm(browser, '/settings/mfa/enroll');
    const secret = attributeOf(inputOn(page, 'secret'), 'value') ?? '';
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(/<code id="key">([^<]*)</.exec(page.text)?.[1]?.replaceAll(' ', '')).toBe(secret);
    const account = `app.example:${encodeURIComponent(email)}`;
    const uri = `otpauth://totp/${account}?secret=${secret}&issuer=app.example`;
    expect(readCode(page)).toBe(uri);
    // A wrong code is no reason to scan another one.
    const code = await new Authenticator(secret).wrongCode();
    const wrong = await sendForm(browser, '/settings/mfa/activate', { secret, uri, code });
    expect(wrong.status).toBe(401);
    expect(readCode(wrong)).toBe(uri);
  });

  it('all ten recovery codes are shown once it is on', async () => {
    const { browser } = await newPerson();
    const page = await sendForm(browser, '/settings/mfa/enroll');
    const secret = attributeOf(inputOn(page, 'secret'), 'value') ?? '';
    const code = await new Authenticator(secret).code();
    const shown = await sendForm(browser, '/settings/mfa/activate', { code });
    expect(shown.text.match(/<li>[A-Z2-7-]{32}<\/li>/g)).toHaveLength(10);
  });

  it('a long address can be scanned too', async () => {
    const { browser, userId } = await newPerson();
    const email = `${'a'.repeat(64)}@${'long.'.repeat(20)}example.com`;
    await env.DB.prepare('UPDATE users SET email = ?2 WHERE id = ?1').bind(userId, email).run();
    const page = await sendForm(browser, '/settings/mfa/enroll');
    expect(readCode(page)).toContain(encodeURIComponent(email));
  });

  it('who has one is asked for it, and goes on to where they were bound', async () => {
    const { browser, email, authenticator } = await newUserWithMfa();
    const badge = async (of: Browser) =>
      /Second factor <span[^>]*>(\w+)</.exec((await open(of, '/settings/security')).text)?.[1];
    expect(await badge(browser)).toBe('on');
    expect(await badge((await newUser()).browser)).toBe('off');
    const visitor = new Browser();
    const returnTo = '/settings/security';
    const first = await sendForm(visitor, '/login', { email, password, returnTo });
    const asks = `/login/second-step?returnTo=${encodeURIComponent(returnTo)}`;
    expect([first.status, first.headers.get('Location')]).toEqual([303, asks]);
    expect(inputOn(await open(visitor, asks), 'returnTo')).toContain(`value="${returnTo}"`);
    const give = (code: string) => sendForm(visitor, '/login/second-step', { code, returnTo });
    const wrong = await give(await authenticator.wrongCode());
    expect([wrong.status, inputOn(wrong, 'returnTo').includes(returnTo)]).toEqual([401, true]);
    const right = await give(await authenticator.nextCode());
    expect([right.status, right.headers.get('Location')]).toEqual([303, returnTo]);
    expect((await open(visitor, returnTo)).status).toBe(200);
  });

  it('new recovery codes are shown, all of them, and let their owner in', async () => {
    const { browser, userId, authenticator } = await newUserWithMfa();
    expect((await open(browser, '/settings/mfa')).status).toBe(200);
    const code = await authenticator.nextCode();
    const page = await sendForm(browser, '/settings/mfa/recovery-codes', { code });
    const [, list = ''] = /<ul class="codes"[^>]*>(.*?)<\/ul>/s.exec(page.text) ?? [];
    const codes = new Set(Array.from(list.matchAll(/<li>([^<]+)</g), ([, one = '']) => one));
    expect([page.status, codes.size]).toEqual([200, 10]);
    expect(page.text).toContain('They are shown this once.');
    const { verify } = await betweenSteps(userId);
    expect((await verify([...codes].at(-1) ?? '')).status).toBe(200);
  });

  it('a page that asks for a proof does not send back the secrets that were typed', async () => {
    const { browser, userId, authenticator } = await newUserWithMfa();
    await env.DB.prepare('UPDATE sessions SET mfa_at = 1 WHERE user_id = ?1').bind(userId).run();
    const code = await authenticator.nextCode();
    for (const path of ['/settings/mfa/disable', '/settings/mfa/recovery-codes']) {
      const current = 'a password until now';
      const asked = await sendForm(browser, path, { code, password, current, note: 'kept' });
      expect([asked.status, asked.text.includes('Is it you?')]).toEqual([403, true]);
      expect(inputOn(asked, 'note')).toContain('value="kept"');
      // The word that lets the style in is random, and may hold any six digits.
      const shown = asked.text.replaceAll(asked.headers.get('X-Request-Id') ?? '-', '');
      for (const secret of [code, password, current]) expect(shown).not.toContain(secret);
    }
  });
});

describe('AUTH-4 a page asks for the proof that the API takes', () => {
  const at = '/settings/email';
  /** Sends a form that needs a fresh proof, and tells which forms are there to give it. */
  const ask = async (browser: Browser, fields: Readonly<Record<string, string>>) => {
    const answer = await sendForm(browser, at, fields);
    const forms = formsOn(answer).filter(({ action }) => action === at);
    return { status: answer.status, text: answer.text, asked: forms.map((form) => form.fields) };
  };
  const endProof = (userId: string) =>
    env.DB.prepare('UPDATE sessions SET mfa_at = 1 WHERE user_id = ?1').bind(userId).run();

  it('a code of the second factor, where there is one', async () => {
    const { browser, userId, authenticator } = await newUserWithMfa();
    await endProof(userId);
    const email = freshEmail();
    const asked = [['email', 'step_up_code']];
    expect(await ask(browser, { email })).toMatchObject({ status: 403, asked });
    const wrong = await ask(browser, { email, step_up_code: await authenticator.wrongCode() });
    expect(wrong).toMatchObject({ status: 401, asked });
    expect(post.to(email)).toEqual([]);
    const right = await ask(browser, { email, step_up_code: await authenticator.nextCode() });
    expect([right.status, post.to(email).length]).toEqual([303, 1]);
  });

  it('a code by mail, where there is neither that nor a password', async () => {
    const { browser, userId, email: own } = await newUserWithoutPassword();
    await endProof(userId);
    const email = freshEmail();
    const first = await ask(browser, { email });
    expect(first.asked).toEqual([
      ['email', 'step_up_password'],
      ['email', 'step_up_mail'],
    ]);
    const asked = [['email', 'step_up_email_code']];
    const mailed = await ask(browser, { email, step_up_mail: 'yes' });
    expect(mailed).toMatchObject({ status: 403, asked, text: expect.stringContaining(own) });
    const wrong = await ask(browser, { email, step_up_email_code: mintToken() });
    expect(wrong).toMatchObject({ status: 400, asked });
    expect(wrong.text).toContain('That is not right, or no longer good.');
    expect(post.to(email)).toEqual([]);
    const code = /[\w-]{43}/.exec(post.to(own).at(-1)?.text ?? '')?.[0] ?? '';
    expect((await ask(browser, { email, step_up_email_code: code })).status).toBe(303);
    expect(post.to(email)).toHaveLength(1);
  });
});

describe('AUTH-5 a page tells how far a change of address has come', () => {
  it('that the other side must confirm, and then that it is done', async () => {
    const { browser, email } = await newUser();
    const badge = async () =>
      /class="badge">([^<]*)</.exec((await open(browser, '/settings/profile')).text)?.[1];
    expect(await badge()).toBe('not confirmed');
    const wished = freshEmail();
    await sendForm(browser, '/settings/email', { email: wished });
    const said = [];
    for (const address of [email, wished]) {
      await sendForm(browser, '/confirm-email', { token: post.tokenFor(address) });
      said.push(decodeURIComponent(browser.cookies.get('__Host-flash') ?? ''));
    }
    expect(said).toEqual([
      'Confirmed. Now confirm in the mail that went to the other address.',
      'Your address is changed. Log in with the new one.',
    ]);
  });
});

describe('API-2 who uses pages is a client as any other', () => {
  it('counted by their own address, and not with all who use them', async () => {
    const attempt = async (visitor: Browser) =>
      (await sendForm(visitor, '/forgot-password', { email: freshEmail() })).status;
    const visitor = new Browser();
    for (let tries = 0; tries < 10; tries += 1) expect(await attempt(visitor)).toBe(303);
    expect(await attempt(visitor)).toBe(429);
    expect(await attempt(new Browser())).toBe(303);
  });
});

describe('API-1 a form that was refused says so where it is', () => {
  it('to who sees it and who hears it, and keeps what was typed', async () => {
    const typed = { name: 'Ada', email: 'nothing', password: 'correct horse' };
    const answer = await sendForm(new Browser(), '/signup', typed);
    const [name, email] = [inputOn(answer, 'name'), inputOn(answer, 'email')];
    expect(name).toContain('value="Ada"');
    expect(name).not.toMatch(/aria-invalid|autofocus/);
    expect(email).toContain('value="nothing"');
    expect(email).toContain('aria-invalid="true"');
    expect(email).toContain('autofocus');
    expect(attributeOf(email, 'aria-describedby')).toBe('email-error');
    expect(answer.text).toMatch(/id="email-error"[^>]*>This is no address/);
    expect(answer.text).toContain('<title>Not done: Sign up');
  });

  it('in words that say what to mend', async () => {
    const said = async (typed: Readonly<Record<string, string>>) => {
      const { text } = await sendForm(new Browser(), '/signup', typed);
      const errors = text.matchAll(/id="(\w+)-error"[^>]*>([^<]*)</g);
      return Object.fromEntries(Array.from(errors, ([, field, words]) => [field, words]));
    };
    expect(await said({ name: 'x'.repeat(101), email: 'a@b.example', password: 'short' })).toEqual({
      name: 'Use at most 100 characters',
      password: 'Use at least 8 characters',
    });
    const empty = { name: 'Fill this in', password: 'Fill this in' };
    expect(await said({ name: '', email: 'a@b.example' })).toEqual(empty);
    const { owner, tenantId } = await newTeam();
    const invited = { email: 'a@b.example', role: 'emperor' };
    const { text } = await sendForm(owner.browser, `/tenants/${tenantId}/invitations`, invited);
    expect(text).toMatch(/id="role-error"[^>]*>Choose one of these</);
  });

  it('a hint belongs to its field', async () => {
    const answer = await open(new Browser(), '/signup');
    const described = attributeOf(inputOn(answer, 'password'), 'aria-describedby');
    expect(described).toBe('password-hint');
    expect(answer.text).toMatch(/<p class="hint" id="password-hint"[^>]*>At least 8 characters/);
  });

  it('what is about no field takes the focus', async () => {
    const typed = { email: 'nobody@example.com', password: 'wrong' };
    const answer = await sendForm(new Browser(), '/login', typed);
    expect(answer.status).toBe(401);
    const [notice = ''] = /<div class="notice bad"[^>]*>/.exec(answer.text) ?? [];
    expect(notice).toContain('role="alert"');
    expect(notice).toContain('autofocus');
  });
});

describe('API-1 lists on pages', () => {
  const titlesOn = ({ text }: Answer) =>
    Array.from(text.matchAll(/href="[^"]*\/projects\/[\w-]{36}">([^<]*)</g), ([, title]) => title);
  const linkTo = ({ text }: Answer, words: string) =>
    new RegExp(`href="([^"]*)"[^>]*>${words}<`).exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';

  it('are searched, and lead on page by page and back', async () => {
    const { owner, path, tenantId } = await newTeam();
    await owner.browser.post(`${path}/projects`, { name: 'Dye' });
    for (let number = 0; number < 22; number += 1) {
      await owner.browser.post(`${path}/projects`, { name: `Loom ${number}` });
    }
    await owner.browser.post(`${path}/projects`, { name: 'Mill' });
    const at = `/tenants/${tenantId}/projects`;
    const found = await open(owner.browser, `${at}?q=Mill`);
    expect(titlesOn(found)).toEqual(['Mill']);
    expect(inputOn(found, 'q')).toContain('value="Mill"');
    expect(linkTo(found, 'Next page')).toBe('');
    const first = await open(owner.browser, `${at}?q=Loom`);
    const second = await open(owner.browser, linkTo(first, 'Next page'));
    expect([titlesOn(first).length, titlesOn(second).length]).toEqual([20, 2]);
    expect(new Set([...titlesOn(first), ...titlesOn(second)]).size).toBe(22);
    expect(linkTo(second, 'Next page')).toBe('');
    const back = await open(owner.browser, linkTo(second, 'Back to the beginning'));
    expect(titlesOn(back)).toEqual(titlesOn(first));
  });
});

describe('AUTH-7 somebody sees what happened to their account', () => {
  it('as the API tells it, the newest first, as the page says', async () => {
    const { browser } = await newUserWithMfa();
    const { items } = (await browser.get('/api/me/security-events')).json;
    expect(items.length).toBeGreaterThan(0);
    pass(2 * 60 * 60_000);
    const page = await open(browser, '/settings/activity');
    expect(page.text).toContain('the newest first.');
    expect(page.text).toContain('<strong>Second factor activated</strong>');
    for (const { createdAt } of items) {
      const day = Number(createdAt.slice(8, 10));
      const shown = `datetime="${createdAt}">${day} \\w+ \\d{4}, ${createdAt.slice(11, 16)} UTC<`;
      expect(page.text).toMatch(new RegExp(shown));
    }
    const times = page.text.matchAll(/<time datetime="([^"]+)"/g);
    const listed = items.map(({ createdAt }: { createdAt: string }) => createdAt);
    expect([...times].map(([, at]) => at)).toEqual(listed);
  });
});

describe('API-4 what a browser must load is small', () => {
  const compressed = async (content: string) => {
    const stream = new Blob([content]).stream().pipeThrough(new CompressionStream('gzip'));
    return (await new Response(stream).arrayBuffer()).byteLength;
  };

  it('every page is, with its style, compressed below 15 kB', async () => {
    const team = await newTeam();
    const { browser } = team.owner;
    const member = await team.join('member');
    const project = (await browser.post(`${team.path}/projects`, { name: 'Loom' })).json;
    const style = await compressed(stylesheet.content);
    const sizes: [path: string, bytes: number][] = [];
    const measure = async (path: string, { text, status }: Answer) => {
      if (status === 303) return;
      sizes.push([path, style + (await compressed(text))]);
    };
    for (const [method, path] of decidedPages) {
      if (method !== 'GET' || path.endsWith('/export') || path.includes(':file')) continue;
      const at = path
        .replace(':tenantId', team.tenantId)
        .replace(':projectId', project.id)
        .replace(':userId', member.userId);
      const answer = await open(browser, at);
      expect([at, answer.status < 400]).toEqual([at, true]);
      await measure(path, answer);
      await measure(path, await open(new Browser(), at));
    }
    const toScan = await sendForm(browser, '/settings/mfa/enroll');
    expect(toScan.text).toContain('<svg class="qr"');
    await measure('the code to scan', toScan);
    await measure('an error', await open(browser, '/nothing-here'));
    expect(sizes.length).toBeGreaterThan(partsWithForms.length + 20);
    expect(sizes.filter(([, bytes]) => bytes >= 15_000)).toEqual([]);
  });
});
