import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import runbook from '../../docs/runbooks/account-takeover.md?raw';
import { newUser, rowsOf } from './arrange.ts';
import { Browser } from './browser.ts';
import { allButThoseOf } from './bystanders.ts';
import { post } from './post.ts';
import { comeBack, connect, link, logInWith, newPerson, setOut, type StandIn } from './stand-in.ts';
import { oneStandIn, standIns } from './stand-ins.ts';

const minute = 60 * 1_000;
const failed = (code: string) => `/login?error=${code}`;
const kindsOf = async (browser: Browser): Promise<string[]> => {
  const { items } = (await browser.get('/api/me/security-events')).json;
  return items.map(({ kind }: { kind: string }) => kind);
};
const identitiesOf = async (browser: Browser) =>
  (await browser.get('/api/auth/identities')).json.items;
const set = (column: 'email_verified_at' | 'password_hash', userId: string, value: number | null) =>
  env.DB.prepare(`UPDATE users SET ${column} = ?2 WHERE id = ?1`).bind(userId, value).run();

/** Somebody with a password whose address is proven. */
async function newOwner() {
  const owner = await newUser();
  await set('email_verified_at', owner.userId, 1);
  return owner;
}

/** Somebody without a password who has proved who they are with a mailed code. */
async function newUserWithIdentity(standIn: StandIn, person = newPerson()) {
  const { browser } = await logInWith(standIn, person);
  await browser.post('/api/auth/step-up/email');
  const emailCode = /[\w-]{43}/.exec(post.to(person.email).at(-1)?.text ?? '')?.[0];
  expect((await browser.post('/api/auth/step-up', { emailCode })).status).toBe(204);
  return browser;
}

/** Somebody who logs in with an identity and with another one, of a provider that is not there any more. */
async function newUserWithTwoIdentities(standIn: StandIn) {
  const browser = await newUserWithIdentity(standIn);
  const { user } = (await browser.get('/api/me')).json;
  await env.DB.prepare(
    `INSERT INTO identities (id, user_id, issuer, subject, email, created_at)
     VALUES (?1, ?2, 'https://other.example', ?1, 'a@other.example', ?3)`,
  )
    .bind(crypto.randomUUID(), user.id, Date.now())
    .run();
  return browser;
}

beforeEach(() => connect(standIns));

describe.each(oneStandIn.map((standIn) => [standIn.registration.name, standIn] as const))(
  'AUTH-6 linking an identity at %s',
  (name, standIn) => {
    const path = `/api/auth/oauth/${name}/link`;

    it('lets the account be logged in to with it, and its owner is told', async () => {
      const { browser, email, userId } = await newOwner();
      const person = newPerson();
      expect((await link(standIn, person, browser)).location).toBe('/account');
      expect(await identitiesOf(browser)).toEqual([
        {
          id: expect.any(String),
          provider: name,
          email: person.email,
          createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
        },
      ]);
      expect(await kindsOf(browser)).toEqual(['identity_linked']);
      const mail = post.to(email).at(-1);
      expect(mail?.subject).toMatch(/^You can now log in with G/);
      expect(mail?.text).toContain('have changed');
      expect(mail?.text).toContain('not you, choose a new password, log out everywhere and look');
      const visit = await logInWith(standIn, person);
      expect((await visit.browser.get('/api/me')).json.user.id).toBe(userId);
      // A provider answers from a session of its own: its login proves nothing of who sits there.
      expect((await visit.browser.post(path)).json.code).toBe('step_up_required');
    });

    it('and takes no identity, and no visit that is under way, from anybody else', async () => {
      const others = Array.from({ length: 10 }, () => newPerson());
      for (const other of others) await logInWith(standIn, other);
      for (const other of others) await setOut(standIn, other, new Browser());
      const { browser, userId } = await newOwner();
      const before = await allButThoseOf(userId);
      const person = newPerson();
      expect((await link(standIn, person, browser)).location).toBe('/account');
      expect((await logInWith(standIn, person)).location).toBe('/projects');
      const [{ id }] = await identitiesOf(browser);
      expect((await browser.delete(`/api/auth/identities/${id}`)).status).toBe(204);
      expect(await allButThoseOf(userId)).toEqual(before);
    });

    it('can be begun as often as logging in, and no oftener', async () => {
      const { browser } = await newOwner();
      const statuses: number[] = [];
      for (let requests = 0; requests < 31; requests += 1) {
        statuses.push((await browser.post(path)).status);
      }
      expect([statuses.indexOf(429), statuses[0]]).toEqual([30, 200]);
    });

    it('asks who is logged in to prove it again after five minutes', async () => {
      const { browser } = await newOwner();
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5 * minute });
      const answer = await browser.post(path);
      expect([answer.status, answer.json.code]).toEqual([403, 'step_up_required']);
    });

    it('is for proven addresses: who signed up with the address of another cannot wait for them', async () => {
      const { browser } = await newUser();
      const answer = await browser.post(path);
      expect([answer.status, answer.json.code]).toEqual([409, 'conflict']);
      expect(browser.cookies.has('__Host-oauth')).toBe(false);
    });

    it('needs the session that began it: another user, or none, links nothing', async () => {
      const { browser } = await newOwner();
      const stranger = await newOwner();
      for (const session of [stranger.browser.cookies.get('__Host-sid') ?? '', 'none']) {
        const { url } = (await browser.post(path)).json;
        const answer = standIn.authorize(url, newPerson());
        const other = new Browser();
        other.cookies.set('__Host-oauth', browser.cookies.get('__Host-oauth') ?? '');
        other.cookies.set('__Host-sid', session);
        expect((await comeBack(standIn, answer, other)).location).toBe(failed('link_session'));
      }
      expect(await identitiesOf(browser)).toEqual([]);
      expect(await identitiesOf(stranger.browser)).toEqual([]);
    });

    it('goes on to a path of the app, whatever was wished for', async () => {
      const { browser } = await newOwner();
      const asked = await browser.post(`${path}?returnTo=${encodeURIComponent('//evil.example')}`);
      const answer = standIn.authorize(asked.json.url, newPerson());
      expect((await comeBack(standIn, answer, browser)).location).toBe('/');
    });

    it('an account elsewhere under the same number is another one', async () => {
      const { userId } = await newOwner();
      const person = newPerson();
      await env.DB.prepare(
        `INSERT INTO identities (id, user_id, issuer, subject, email, created_at)
         VALUES (?1, ?2, 'https://other.example', ?3, ?4, 1)`,
      )
        .bind(crypto.randomUUID(), userId, person.subject, person.email)
        .run();
      const { browser, location } = await logInWith(standIn, person);
      expect(location).toBe('/projects');
      expect((await browser.get('/api/me')).json.user.id).not.toBe(userId);
    });

    it('an answer to a login links nothing, though somebody is logged in', async () => {
      const { browser } = await newOwner();
      const captured = browser.cookieHeader();
      await logInWith(standIn, newPerson(), browser);
      const { json } = await new Browser().get('/api/auth/identities', { Cookie: captured });
      expect(json.code).toBe('unauthenticated');
    });

    it('an identity of somebody else stays theirs, and nobody learns whose', async () => {
      const person = newPerson();
      const theirs = await logInWith(standIn, person);
      const { browser, email } = await newOwner();
      const answer = await link(standIn, person, browser);
      expect(answer.location).toBe(failed('link_conflict'));
      expect(await identitiesOf(browser)).toEqual([]);
      expect(await identitiesOf(theirs.browser)).toHaveLength(1);
      expect(await kindsOf(browser)).toEqual([]);
      expect(post.to(email)).toEqual([]);
    });

    it('of 25 accounts that link one identity at once, one gets it', async () => {
      const person = newPerson();
      const owners = await Promise.all(Array.from({ length: 25 }, newOwner));
      for (const { browser } of owners) browser.address = '198.51.100.3';
      const answers = await Promise.all(
        owners.map(({ browser }) => link(standIn, person, browser)),
      );
      const locations = answers.map(({ location }) => location);
      expect(locations.filter((location) => location === '/account')).toHaveLength(1);
      const rows = (await rowsOf('identities')).filter((row) => row['subject'] === person.subject);
      expect(rows).toHaveLength(1);
    });

    it('the same one again changes nothing; a second one at the provider is refused', async () => {
      const { browser, email } = await newOwner();
      const person = newPerson();
      await link(standIn, person, browser);
      const before = await identitiesOf(browser);
      expect((await link(standIn, person, browser)).location).toBe('/account');
      expect((await link(standIn, newPerson(), browser)).location).toBe(failed('link_conflict'));
      expect(await identitiesOf(browser)).toEqual(before);
      expect(post.to(email)).toHaveLength(1);
    });
  },
);

describe.each(oneStandIn.map((standIn) => [standIn.registration.name, standIn] as const))(
  'AUTH-6 taking an identity at %s off an account',
  (_name, standIn) => {
    const remove = (browser: Browser, id: string) => browser.delete(`/api/auth/identities/${id}`);

    it('ends logging in with it, and the owner is told', async () => {
      const { browser, email } = await newOwner();
      const person = newPerson();
      await link(standIn, person, browser);
      const [{ id }] = await identitiesOf(browser);
      expect((await remove(browser, id)).status).toBe(204);
      expect(await identitiesOf(browser)).toEqual([]);
      expect((await kindsOf(browser)).toSorted()).toEqual(['identity_linked', 'identity_unlinked']);
      expect(post.to(email).at(-1)?.subject).toBe('A way to log in was removed');
      await logInWith(standIn, { ...person, email });
      expect(await identitiesOf(browser)).toEqual([]);
      expect((await remove(browser, id)).status).toBe(404);
    });

    it('asks who is logged in to prove it again after five minutes', async () => {
      const { browser } = await newOwner();
      await link(standIn, newPerson(), browser);
      const [{ id }] = await identitiesOf(browser);
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5 * minute });
      const answer = await remove(browser, id);
      expect([answer.status, answer.json?.code]).toEqual([403, 'step_up_required']);
    });

    it("is not possible with another's, which is as absent as one that never was", async () => {
      const theirs = await newOwner();
      await link(standIn, newPerson(), theirs.browser);
      const [{ id }] = await identitiesOf(theirs.browser);
      const { browser } = await newOwner();
      for (const absent of [id, crypto.randomUUID()]) {
        const answer = await remove(browser, absent);
        expect([answer.status, answer.json.code]).toEqual([404, 'not_found']);
      }
      expect(await identitiesOf(theirs.browser)).toHaveLength(1);
    });

    it('is refused for the last way to log in', async () => {
      const browser = await newUserWithIdentity(standIn);
      const [{ id }] = await identitiesOf(browser);
      const answer = await remove(browser, id);
      expect([answer.status, answer.json.code]).toEqual([409, 'conflict']);
      expect(await identitiesOf(browser)).toHaveLength(1);
      expect(await kindsOf(browser)).not.toContain('identity_unlinked');
    });

    it('of the last two, removed at the same moment, one stays', async () => {
      const browser = await newUserWithTwoIdentities(standIn);
      const ids: { id: string }[] = await identitiesOf(browser);
      const answers = await Promise.all(ids.map(({ id }) => remove(browser, id)));
      expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['204', '409']);
      expect(await identitiesOf(browser)).toHaveLength(1);
    });

    it('is told of once, however often it is asked for at the same moment', async () => {
      const browser = await newUserWithTwoIdentities(standIn);
      const [{ id }] = await identitiesOf(browser);
      const answers = await Promise.all(Array.from({ length: 25 }, () => remove(browser, id)));
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
      const kinds = await kindsOf(browser);
      expect(kinds.filter((kind) => kind === 'identity_unlinked')).toHaveLength(1);
    });
  },
);

describe.each(oneStandIn.map((standIn) => [standIn.registration.name, standIn] as const))(
  'AUTH-6 somebody who has no password but %s',
  (_name, standIn) => {
    it('proves who they are with a mailed code, and can then set out to link', async () => {
      const browser = await newUserWithIdentity(standIn);
      const path = `/api/auth/oauth/${standIn.registration.name}/link`;
      expect((await browser.post(path)).status).toBe(200);
    });

    it('chooses one by a reset, and then logs in with either', async () => {
      const person = newPerson();
      const { browser } = await logInWith(standIn, person);
      const { email } = person;
      const password = 'a password after all';
      expect((await browser.post('/api/auth/login', { email, password })).status).toBe(401);
      await browser.post('/api/auth/password/forgot', { email });
      const reset = { token: post.tokenFor(email), password };
      expect((await browser.post('/api/auth/password/reset', reset)).status).toBe(204);
      expect((await browser.get('/api/me')).status).toBe(401);
      expect((await browser.post('/api/auth/login', { email, password })).status).toBe(200);
      const [{ id }] = await identitiesOf(browser);
      expect((await logInWith(standIn, person)).location).toBe('/projects');
      expect((await browser.delete(`/api/auth/identities/${id}`)).status).toBe(204);
    });

    it('leaves nothing in D1 or KV that would open anything: neither code, nor state, nor token', async () => {
      const { browser } = await newOwner();
      const path = `/api/auth/oauth/${standIn.registration.name}/link?returnTo=/account`;
      const { url } = (await browser.post(path)).json;
      const captured = [...browser.cookies.values()];
      const { code, state } = standIn.authorize(url, newPerson());
      // Other tests left visits that nobody came back from.
      const visit = (await rowsOf('oauth_flows')).find((row) => row['state'] === state);
      const { code_verifier: verifier, nonce } = visit ?? {};
      await comeBack(standIn, { code: code ?? '', state: state ?? '' }, browser);
      expect(await identitiesOf(browser)).toHaveLength(1);
      const secrets = [...captured, ...browser.cookies.values(), code, state, verifier, nonce];
      const { results } = await env.DB.prepare(
        `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '_cf_%'`,
      ).all<{ name: string }>();
      const rows = await Promise.all(results.map(({ name }) => rowsOf(name)));
      const stored = JSON.stringify([rows, (await env.SESSIONS.list()).keys]);
      expect(secrets.every((secret) => String(secret).length > 30)).toBe(true);
      expect(secrets.filter((secret) => stored.includes(String(secret)))).toEqual([]);
    });

    it('loses what a thief linked as the runbook for a stolen account says, and nobody else does', async () => {
      const [, sql = ''] = /--command "(DELETE FROM identities[^"]+)"/.exec(runbook) ?? [];
      const [person, other] = [newPerson(), newPerson()];
      const [mine, theirs] = [await logInWith(standIn, person), await logInWith(standIn, other)];
      await env.DB.exec(sql.replaceAll('ada@example.com', person.email));
      expect(await identitiesOf(mine.browser)).toEqual([]);
      expect(await identitiesOf(theirs.browser)).toHaveLength(1);
    });

    it('takes their identity along in the export, and nothing of it stays after them', async () => {
      const person = newPerson();
      const browser = await newUserWithIdentity(standIn, person);
      await setOut(standIn, person, browser);
      await browser.post(`/api/auth/oauth/${standIn.registration.name}/link`);
      const { identities } = (await browser.get('/api/me/export')).json;
      expect(identities).toEqual(await identitiesOf(browser));
      expect((await browser.delete('/api/me')).status).toBe(204);
      const left = await Promise.all(['identities', 'oauth_flows', 'users'].map(rowsOf));
      expect(JSON.stringify(left)).not.toContain(person.email);
      expect((await logInWith(standIn, person)).location).toBe('/projects');
    });
  },
);
