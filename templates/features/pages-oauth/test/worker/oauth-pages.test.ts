import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { newUser, newUserWithoutPassword } from './arrange.ts';
import { Browser } from './browser.ts';
import { bindingsOf } from './environments.ts';
import { formsOn, navigation, open, sendForm } from './person.ts';
import { comeBack, connect, newPerson } from './stand-in.ts';
import { oneStandIn, standIns } from './stand-ins.ts';
import * as team from './team.ts';

const names = standIns.map(({ registration }) => registration.name);

/** A page of the app in development, where providers need not be set up, with only these. */
function openWith(configured: readonly string[], path: string, headers: HeadersInit = {}) {
  const missing = names.filter((name) => !configured.includes(name));
  const empty = missing.flatMap((name) =>
    ['CLIENT_ID', 'CLIENT_SECRET'].map((part) => [`${name.toUpperCase()}_${part}`, ''] as const),
  );
  const browser = new Browser();
  browser.env = { ...browser.env, ...bindingsOf('development'), ...Object.fromEntries(empty) };
  const asked = new Headers(headers);
  for (const [name, value] of Object.entries(navigation)) asked.set(name, value);
  return browser.fetch(new Request(`http://localhost:8787${path}`, { headers: asked }));
}

describe('AUTH-6 pages lead to the providers that are set up, and to no others', () => {
  const choices = [[], ...names.map((name) => [name]), names].map((choice) => ({ choice }));

  it.each(choices)('$choice, to log in and to sign up', async ({ choice }) => {
    for (const [path, returnTo] of [
      ['/login?returnTo=/settings/security', '%2Fsettings%2Fsecurity'],
      ['/signup', '%2Fdashboard'],
    ] as const) {
      const { text } = await openWith(choice, path);
      const led = text.matchAll(/href="\/api\/auth\/oauth\/(\w+)\/start\?returnTo=([^"]*)"/g);
      expect(new Set(Array.from(led, ([, name, to]) => `${name} ${to}`))).toEqual(
        new Set(choice.map((name) => `${name} ${returnTo}`)),
      );
      expect(text.includes('class="or"')).toBe(choice.length > 0);
    }
  });

  it.each(choices)('$choice, to link', async ({ choice }) => {
    const { browser } = await newUser();
    const headers = { Cookie: `sid=${browser.cookies.get('__Host-sid')}` };
    const page = await openWith(choice, '/settings/security', headers);
    const links = formsOn(page).filter(({ action }) => action.endsWith('/link'));
    expect(new Set(links.map(({ action }) => action))).toEqual(
      new Set(choice.map((name) => `/settings/identities/${name}/link`)),
    );
    expect(page.text.includes('Other ways to log in')).toBe(choice.length > 0);
  });
});

describe.each(oneStandIn.map((standIn) => [standIn.registration.name, standIn] as const))(
  'AUTH-6 the page of settings links a login at %s',
  (name, standIn) => {
    it('leads there, shows what is linked, and takes it away again', async () => {
      connect(standIns);
      const { browser } = await team.newPerson();
      const person = newPerson();
      const shown = async () => open(browser, '/settings/security');
      const leaving = await sendForm(browser, `/settings/identities/${name}/link`);
      const [, url = ''] = /href="(https:[^"]*)"/.exec(leaving.text) ?? [];
      expect(url).toMatch(/^https:/);
      const answer = standIn.authorize(url.replaceAll('&amp;', '&'), person);
      expect((await comeBack(standIn, answer, browser)).location).toBe('/settings/security');
      const page = await shown();
      expect(page.text).toContain(person.email);
      const removing = formsOn(page).find(({ action }) => action.endsWith('/unlink'));
      expect((await sendForm(browser, removing?.action ?? 'no form')).status).toBe(303);
      expect((await shown()).text).not.toContain(person.email);
    });
  },
);

describe('AUTH-6 the page of security shows what one can log in with', () => {
  const identities = async (browser: Browser) => {
    const { text } = await open(browser, '/settings/security');
    return Array.from(
      text.matchAll(/>([^<]*), since <.*?action="(\/settings\/identities\/[^"]*\/unlink)"/gs),
      ([, email = '', action = '']) => ({ email, action }),
    );
  };

  it('each by its address, beside a button that removes it and no other', async () => {
    const { browser, userId } = await newUserWithoutPassword();
    for (const subject of ['first', 'second']) {
      await env.DB.prepare(
        `INSERT INTO identities (id, user_id, issuer, subject, email, created_at)
         VALUES (?1, ?2, 'https://' || ?3 || '.example', ?3, ?3 || '@other.example', 1)`,
      )
        .bind(crypto.randomUUID(), userId, subject)
        .run();
    }
    const listed = await identities(browser);
    expect(listed.map(({ email }) => email).toSorted()).toEqual([
      'first@other.example',
      'second@other.example',
    ]);
    const [removed, kept] = listed;
    expect((await sendForm(browser, removed?.action ?? '')).status).toBe(303);
    expect(await identities(browser)).toEqual([kept]);
    const last = await sendForm(browser, kept?.action ?? '');
    expect([last.status, last.text.includes('it is your last way to log in')]).toEqual([409, true]);
  });
});

describe('AUTH-6 the page to log in says why a provider came to nothing', () => {
  it('also to who is logged in, and wanted to link a login', async () => {
    const { browser } = await newUser();
    const headers = { Cookie: `sid=${browser.cookies.get('__Host-sid')}` };
    const { text } = await openWith(names, '/login?error=link_conflict', headers);
    expect(text).toContain('That login belongs to an account already');
  });

  it('in our words, and never in those of an address', async () => {
    const said = async (error: string) =>
      (await openWith(names, `/login?error=${encodeURIComponent(error)}`)).text;
    expect(await said('expired')).toContain('That took too long. Try again.');
    expect(await said('account_exists')).toContain('Log in with its password, and link');
    for (const error of ['Call 0900 123', 'constructor', '']) {
      expect(await said(error)).not.toMatch(/0900|role="alert"/);
    }
  });
});
