import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { mintToken } from '../../src/auth/token.ts';
import { freshEmail, newUser, rowsOf } from './arrange.ts';
import { newUserWithMfa } from './authenticator.ts';
import { Browser } from './browser.ts';
import { interceptD1 } from './doubles.ts';
import { post } from './post.ts';
import { comeBack, connect, link, logInWith, newPerson, setOut, type Person } from './stand-in.ts';
import { oneStandIn, standIns } from './stand-ins.ts';
import { newTeam } from './team.ts';

const minute = 60 * 1_000;
const failed = (code: string) => `/login?error=${code}`;
const isLoggedIn = async (browser: Browser) => (await browser.get('/api/me')).status === 200;
const usersWith = async (email: string) =>
  (await rowsOf('users')).filter((user) => user['email'] === email);

beforeEach(() => connect(standIns));

describe.each(standIns.map((standIn) => [standIn.registration.name, standIn] as const))(
  'AUTH-6 logging in with %s',
  (_name, standIn) => {
    it('makes an account with the verified address and no password, and goes on to where one was', async () => {
      const person = newPerson();
      const { browser, location } = await logInWith(standIn, person);
      expect(location).toBe('/projects');
      expect((await browser.get('/api/me')).json.user).toMatchObject({
        email: person.email,
        name: 'Grace',
        emailVerified: true,
        mfaEnabled: false,
      });
      expect(await usersWith(person.email)).toMatchObject([{ password_hash: null }]);
      const { items } = (await browser.get('/api/me/security-events')).json;
      const kinds = items.map(({ kind }: { kind: string }) => kind);
      expect(kinds.toSorted()).toEqual(['logged_in', 'signed_up']);
    });

    it('finds the same account again, though name and address changed there', async () => {
      const person = newPerson();
      const first = await logInWith(standIn, person);
      const renamed = { ...person, name: 'Rear Admiral', email: freshEmail() };
      const again = await logInWith(standIn, renamed);
      const userOf = async ({ browser }: { browser: Browser }) =>
        (await browser.get('/api/me')).json.user;
      expect(await userOf(again)).toEqual(await userOf(first));
      expect(await usersWith(renamed.email)).toEqual([]);
    });

    it('an account there is another one, though it has the address and the name', async () => {
      const person = newPerson();
      await logInWith(standIn, person);
      const { browser, location } = await logInWith(
        standIn,
        newPerson({ email: person.email, name: person.name }),
      );
      expect(location).toBe(failed('account_exists'));
      expect(await isLoggedIn(browser)).toBe(false);
    });
  },
);

describe.each(oneStandIn.map((standIn) => [standIn.registration.name, standIn] as const))(
  'AUTH-6 setting out for %s and coming back',
  (name, standIn) => {
    const start = `/api/auth/oauth/${name}/start`;

    it('sends the browser to the address in the configuration, whatever Host it asked', async () => {
      for (const host of [
        'https://app.example',
        'https://evil.example',
        'https://app.example:8443',
      ]) {
        const answer = await new Browser().get(`${host}${start}`, {
          'X-Forwarded-Host': 'evil.example',
        });
        const address = new URL(answer.headers.get('Location') ?? '');
        expect([answer.status, address.searchParams.get('redirect_uri')]).toEqual([
          302,
          `https://app.example/api/auth/oauth/${name}/callback`,
        ]);
        expect(() => standIn.authorize(address.href, newPerson())).not.toThrow();
      }
    });

    it('and to no other site, where mails lead to another', async () => {
      const browser = new Browser();
      browser.env = { ...browser.env, LINK_BASE_URL: 'https://www.example' };
      const address = new URL((await browser.get(start)).headers.get('Location') ?? '');
      const redirectUri = address.searchParams.get('redirect_uri');
      expect(redirectUri).toBe(`https://app.example/api/auth/oauth/${name}/callback`);
    });

    it('asks anew each time: state, nonce, challenge and cookie never come twice', async () => {
      const seen = new Set<string | null | undefined>();
      for (let visits = 0; visits < 5; visits += 1) {
        const browser = new Browser();
        const { headers } = await browser.get(start);
        const { searchParams } = new URL(headers.get('Location') ?? '');
        for (const one of ['state', 'nonce', 'code_challenge']) seen.add(searchParams.get(one));
        seen.add(browser.cookies.get('__Host-oauth'));
      }
      expect(seen.size).toBe(20);
      for (const one of seen) expect(one).toMatch(/^[\w-]{43}$/);
    });

    it('ties the visit to the browser by a cookie of ten minutes', async () => {
      const { headers } = await new Browser().get(start);
      expect(headers.getSetCookie()).toEqual([
        expect.stringMatching(
          /^__Host-oauth=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
        ),
      ]);
    });

    it('what is checked at the return is not in the address, and the token not in D1', async () => {
      const browser = new Browser();
      const { headers } = await browser.get(start);
      const flows = await rowsOf('oauth_flows');
      const location = headers.get('Location') ?? '';
      const state = new URL(location).searchParams.get('state');
      const verifier = flows.find((flow) => flow['state'] === state)?.['code_verifier'];
      expect(verifier).toMatch(/^[\w-]{43}$/);
      expect(location).not.toContain(verifier);
      expect(JSON.stringify(flows)).not.toContain(browser.cookies.get('__Host-oauth'));
    });

    it('a session the browser had before is over, and a planted one is worth nothing', async () => {
      const { browser } = await newUser();
      const planted = browser.cookieHeader();
      await logInWith(standIn, newPerson(), browser);
      const victim = await new Browser().get('/api/me', { Cookie: planted });
      expect(victim.status).toBe(401);
      expect(await isLoggedIn(browser)).toBe(true);
    });

    it('a second factor still stands before the session', async () => {
      const { browser, authenticator } = await newUserWithMfa();
      const person = newPerson();
      expect((await link(standIn, person, browser)).location).toBe('/account');
      const visit = await logInWith(standIn, person);
      expect(visit.location).toBe('/login/second-step?returnTo=%2Fprojects');
      expect([...visit.browser.cookies.keys()]).toEqual(['__Host-mfa']);
      expect(await isLoggedIn(visit.browser)).toBe(false);
      const code = await authenticator.nextCode();
      expect((await visit.browser.post('/api/auth/mfa/verify', { code })).status).toBe(200);
      expect(await isLoggedIn(visit.browser)).toBe(true);
    });

    it('an address that only looks like another is not taken for that one', async () => {
      const address = `ada-${crypto.randomUUID()}@provider.example`;
      for (const alike of [address.replace('a', '\uff41'), address.replace('d', '\u{1d41d}')]) {
        const { browser, location } = await logInWith(standIn, newPerson({ email: alike }));
        expect(location).toBe(failed('email_unverified'));
        expect(await isLoggedIn(browser)).toBe(false);
      }
      expect(JSON.stringify(await rowsOf('users'))).not.toContain(address);
      expect((await logInWith(standIn, newPerson({ email: address }))).location).toBe('/projects');
    });

    it('a disabled account stays closed', async () => {
      const person = newPerson();
      await logInWith(standIn, person);
      await env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE email = ?1')
        .bind(person.email)
        .run();
      const { browser, location } = await logInWith(standIn, person);
      expect(location).toBe(failed('account_disabled'));
      expect([...browser.cookies.keys()]).toEqual([]);
    });

    it('nobody is told of a first login, and the owner of a later one from a new device', async () => {
      const person = newPerson();
      await logInWith(standIn, person);
      expect(post.to(person.email)).toEqual([]);
      await logInWith(standIn, person);
      expect(post.to(person.email).map(({ subject }) => subject)).toEqual([
        'A new device logged in',
      ]);
    });
  },
);

describe.each(oneStandIn.map((standIn) => [standIn.registration.name, standIn] as const))(
  'AUTH-6 an answer from %s counts once, in the browser that asked',
  (_name, standIn) => {
    it.each([
      ['wrong', () => mintToken()],
      ['empty', () => ''],
      ['cut short', (state: string) => state.slice(0, 42)],
      ['longer', (state: string) => `${state}A`],
      ['in other letters', (state: string) => state.toUpperCase()],
    ])('a state that is %s is refused', async (_what, change) => {
      const browser = new Browser();
      const answer = await setOut(standIn, newPerson(), browser);
      const state = change(answer['state'] ?? '');
      const { location } = await comeBack(standIn, { ...answer, state }, browser);
      expect(location).toBe(failed('expired'));
      expect(await isLoggedIn(browser)).toBe(false);
    });

    it('an answer without a state is refused, and one without a code', async () => {
      const browser = new Browser();
      const { state: _, ...stateless } = await setOut(standIn, newPerson(), browser);
      expect((await comeBack(standIn, stateless, browser)).location).toBe(failed('expired'));
      const { code: __, ...codeless } = await setOut(standIn, newPerson(), browser);
      expect((await comeBack(standIn, codeless, browser)).location).toBe(failed('provider_failed'));
      expect(await isLoggedIn(browser)).toBe(false);
    });

    it('a state can be guessed at once: after a wrong one the right one is refused', async () => {
      const browser = new Browser();
      const answer = await setOut(standIn, newPerson(), browser);
      const kept = browser.cookieHeader();
      await comeBack(standIn, { ...answer, state: mintToken() }, browser);
      browser.cookies.set('__Host-oauth', kept.split('=')[1] ?? '');
      expect((await comeBack(standIn, answer, browser)).location).toBe(failed('expired'));
    });

    it('an answer in another browser is refused: nobody is logged in to an account of somebody else', async () => {
      const attacker = new Browser();
      const answer = await setOut(standIn, newPerson(), attacker);
      const victim = new Browser();
      expect((await comeBack(standIn, answer, victim)).location).toBe(failed('expired'));
      await setOut(standIn, newPerson(), victim);
      expect((await comeBack(standIn, answer, victim)).location).toBe(failed('expired'));
      expect(await isLoggedIn(victim)).toBe(false);
    });

    it('a code that was meant for the visit of another browser is refused by its challenge', async () => {
      const stolen = await setOut(standIn, newPerson(), new Browser());
      const browser = new Browser();
      const answer = await setOut(standIn, newPerson(), browser);
      const mixed = { ...answer, code: stolen['code'] ?? '' };
      expect((await comeBack(standIn, mixed, browser)).location).toBe(failed('provider_failed'));
      expect(await isLoggedIn(browser)).toBe(false);
    });

    it('an answer that was used is refused, even with the cookie of then', async () => {
      const browser = new Browser();
      const answer = await setOut(standIn, newPerson(), browser);
      const captured = browser.cookies.get('__Host-oauth') ?? '';
      expect((await comeBack(standIn, answer, browser)).location).toBe('/projects');
      expect(browser.cookies.has('__Host-oauth')).toBe(false);
      const asked = standIn.asked.length;
      const thief = new Browser();
      thief.cookies.set('__Host-oauth', captured);
      expect((await comeBack(standIn, answer, thief)).location).toBe(failed('expired'));
      expect(await isLoggedIn(thief)).toBe(false);
      expect(standIn.asked).toHaveLength(asked);
    });

    it('after ten minutes the visit is over, and its row goes at the next', async () => {
      const browser = new Browser();
      const answer = await setOut(standIn, newPerson(), browser);
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10 * minute });
      const { state } = answer;
      expect((await comeBack(standIn, answer, browser)).location).toBe(failed('expired'));
      const statesKept = async () => (await rowsOf('oauth_flows')).map((flow) => flow['state']);
      expect(await statesKept()).toContain(state);
      await setOut(standIn, newPerson(), new Browser());
      expect(await statesKept()).not.toContain(state);
    });

    it('a visit to one provider is not ended by an answer from another', async () => {
      const browser = new Browser();
      const answer = await setOut(standIn, newPerson(), browser);
      await env.DB.prepare(`UPDATE oauth_flows SET provider = 'another' WHERE state = ?1`)
        .bind(answer['state'] ?? '')
        .run();
      expect((await comeBack(standIn, answer, browser)).location).toBe(failed('expired'));
    });

    it('an answer in the name of another issuer is refused; one that names none is not', async () => {
      const browser = new Browser();
      const answer = await setOut(standIn, newPerson(), browser);
      const forged = { ...answer, iss: 'https://evil.example' };
      expect((await comeBack(standIn, forged, browser)).location).toBe(failed('provider_failed'));
      const { iss: _, ...silent } = await setOut(standIn, newPerson(), browser);
      expect((await comeBack(standIn, silent, browser)).location).toBe('/projects');
    });

    it('parameters that providers add are ignored', async () => {
      const browser = new Browser();
      const answer = await setOut(standIn, newPerson(), browser);
      const more = { ...answer, scope: 'email', authuser: '0', hd: 'x.example', prompt: 'none' };
      expect((await comeBack(standIn, more, browser)).location).toBe('/projects');
    });

    it('a person who says no is sent back to the login, and nothing they bring is repeated', async () => {
      const browser = new Browser();
      const { state = '' } = await setOut(standIn, newPerson(), browser);
      const no = { error: 'access_denied', error_description: '<script>', state };
      const answer = await comeBack(standIn, no, browser);
      expect([answer.status, answer.location, answer.text]).toEqual([302, failed('cancelled'), '']);
    });
  },
);

describe.each(oneStandIn.map((standIn) => [standIn.registration.name, standIn] as const))(
  'AUTH-6 at the same moment, with %s',
  (_name, standIn) => {
    it('of 25 parallel first logins all reach the same one account', async () => {
      const person = newPerson();
      const visits = await Promise.all(
        Array.from({ length: 25 }, () => {
          const browser = new Browser();
          browser.address = '198.51.100.1';
          return logInWith(standIn, person, browser);
        }),
      );
      expect(new Set(visits.map(({ location }) => location))).toEqual(new Set(['/projects']));
      const ids = await Promise.all(
        visits.map(async ({ browser }) => (await browser.get('/api/me')).json.user.id),
      );
      expect(new Set(ids).size).toBe(1);
      expect(await usersWith(person.email)).toHaveLength(1);
    });

    it('of 25 parallel copies of an answer one is taken', async () => {
      const browser = new Browser();
      const answer = await setOut(standIn, newPerson(), browser);
      const cookie = browser.cookies.get('__Host-oauth') ?? '';
      const locations = await Promise.all(
        Array.from({ length: 25 }, async () => {
          const copy = new Browser();
          copy.address = '198.51.100.2';
          copy.cookies.set('__Host-oauth', cookie);
          return (await comeBack(standIn, answer, copy)).location;
        }),
      );
      expect(locations.filter((location) => location === '/projects')).toHaveLength(1);
      expect(locations.filter((location) => location === failed('expired'))).toHaveLength(24);
    });
  },
);

describe.each(oneStandIn.map((standIn) => [standIn.registration.name, standIn] as const))(
  'AUTH-6 nobody takes an account over through %s',
  (_name, standIn) => {
    it('an account and its identity are made together, or not at all', async () => {
      const person = newPerson();
      const browser = new Browser();
      const DB = interceptD1((sql) => {
        if (sql.includes('INTO identities')) throw new Error('D1_ERROR: Network connection lost.');
      });
      const answer = await setOut(standIn, person, browser);
      browser.env = { ...browser.env, DB };
      expect((await comeBack(standIn, answer, browser)).status).toBe(503);
      expect(await usersWith(person.email)).toEqual([]);
      expect((await logInWith(standIn, person)).location).toBe('/projects');
    });

    it('an address that has an account is not logged in to, proven or not', async () => {
      for (const verifiedAt of [null, 1]) {
        const { email, userId } = await newUser();
        await env.DB.prepare('UPDATE users SET email_verified_at = ?2 WHERE id = ?1')
          .bind(userId, verifiedAt)
          .run();
        const before = await rowsOf('identities');
        const { browser, location } = await logInWith(standIn, newPerson({ email }));
        expect(location).toBe(failed('account_exists'));
        expect([...browser.cookies.keys()]).toEqual([]);
        expect(await rowsOf('identities')).toEqual(before);
      }
    });

    it('an address that the provider has not verified makes no account', async () => {
      const person = newPerson({ isVerified: false });
      const { browser, location } = await logInWith(standIn, person);
      expect(location).toBe(failed('email_unverified'));
      expect(await isLoggedIn(browser)).toBe(false);
      expect(await usersWith(person.email)).toEqual([]);
    });

    it('an address is compared in the one form it is stored in', async () => {
      const { email } = await newUser();
      const { location } = await logInWith(standIn, newPerson({ email: email.toUpperCase() }));
      expect(location).toBe(failed('account_exists'));
    });

    it('a name that is none becomes the first part of the address', async () => {
      const person = newPerson({ name: '\u0000' });
      const { browser } = await logInWith(standIn, person);
      expect((await browser.get('/api/me')).json.user.name).toBe(person.email.split('@')[0]);
    });

    it('where accounts are for invited people, it takes an invitation of the very address', async () => {
      const [person, stranger] = [newPerson(), newPerson()];
      const { invite } = await newTeam();
      await invite(person.email, 'member');
      const visit = (who: Person) => {
        const browser = new Browser();
        browser.env = { ...browser.env, SIGNUP_POLICY: 'invite-only' };
        return logInWith(standIn, who, browser);
      };
      const { browser, location } = await visit(stranger);
      expect(location).toBe(failed('not_invited'));
      expect([...browser.cookies.keys()]).toEqual([]);
      expect(await usersWith(stranger.email)).toEqual([]);
      for (const change of [
        'UPDATE invitations SET expires_at = ?2 WHERE email = ?1',
        'UPDATE tenants SET deletes_at = ?2 WHERE id = (SELECT tenant_id FROM invitations WHERE email = ?1)',
      ]) {
        const late = newPerson();
        const team = await newTeam();
        await team.invite(late.email, 'member');
        await env.DB.prepare(change).bind(late.email, Date.now()).run();
        expect((await visit(late)).location).toBe(failed('not_invited'));
      }
      expect((await visit(person)).location).toBe('/projects');
      await env.DB.prepare('DELETE FROM invitations WHERE email = ?1').bind(person.email).run();
      expect((await visit(person)).location).toBe('/projects');
      const { email } = await newUser();
      expect((await visit(newPerson({ email }))).location).toBe(failed('account_exists'));
    });
  },
);
