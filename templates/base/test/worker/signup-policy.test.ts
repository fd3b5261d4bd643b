import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import * as passwords from '../../src/auth/password.ts';
import { readConfiguration } from '../../src/env.ts';
import { freshEmail, newUser, password, rowsOf } from './arrange.ts';
import { Browser, origin } from './browser.ts';
import { interceptD1 } from './doubles.ts';
import { post } from './post.ts';
import { newTeam } from './team.ts';

const day = 24 * 60 * 60 * 1_000;

/** Signs up where accounts are for invited people, and tells what it cost before the answer. */
async function signUp(email: string, policy = 'invite-only') {
  const visitor = new Browser();
  const queries: string[] = [];
  let isAnswered = false;
  visitor.env = {
    ...visitor.env,
    SIGNUP_POLICY: policy,
    DB: interceptD1((sql) => isAnswered || queries.push(sql)),
  };
  const respond = visitor.app.fetch;
  vi.spyOn(visitor.app, 'fetch').mockImplementation(async (...parameters) => {
    const response = await respond(...parameters);
    isAnswered = true;
    return response;
  });
  const hash = vi.spyOn(passwords, 'hashPassword');
  const body = { email, password, name: 'Ada' };
  const { status, text, headers } = await visitor.post('/api/auth/signup', body);
  const hashes = hash.mock.calls.length;
  vi.restoreAllMocks();
  return { status, text, headers: [...headers.keys()], hashes, queries };
}
const hasAccount = async (email: string) =>
  (await rowsOf('users')).some((user) => user['email'] === email);

describe('AUTH-5 where accounts are for invited people', () => {
  it('an address without an invitation gets none, no mail, and the same answer at the same cost', async () => {
    const { invite } = await newTeam();
    const [invited, stranger] = [freshEmail(), freshEmail()];
    await invite(invited, 'member');
    const [refused, taken, welcome] = [
      await signUp(stranger),
      await signUp((await newUser()).email),
      await signUp(invited),
    ];
    expect(welcome).toMatchObject({ status: 202, hashes: 1 });
    // The switch in front of new accounts, and the statement that makes one.
    expect(welcome.queries).toHaveLength(2);
    expect(refused).toEqual(welcome);
    expect(taken).toEqual(welcome);
    expect([await hasAccount(stranger), await hasAccount(invited)]).toEqual([false, true]);
    expect(post.to(stranger)).toEqual([]);
  });

  it('whoever is invited signs up, proves the address and accepts', async () => {
    const { invite, path } = await newTeam();
    const email = freshEmail();
    await invite(email, 'member');
    const invitation = post.tokenFor(email);
    await signUp(email.toUpperCase());
    const browser = new Browser();
    const verification = { token: post.tokenFor(email), password };
    expect((await browser.post('/api/auth/verify-email', verification)).status).toBe(204);
    await browser.post('/api/auth/login', { email, password });
    const accepted = await browser.post('/api/invitations/accept', { token: invitation });
    expect(accepted.status).toBe(200);
    expect((await browser.get(path)).status).toBe(200);
  });

  it.each(['revoked', 'expired', 'of a tenant that is about to go', "somebody else's"])(
    'an invitation that is %s lets nobody in',
    async (what) => {
      const { invite, owner, path, tenantId } = await newTeam();
      const email = freshEmail();
      const { id } = (await invite(what === "somebody else's" ? `x-${email}` : email, 'member'))
        .json;
      if (what === 'revoked') await owner.browser.delete(`${path}/invitations/${id}`);
      if (what === 'of a tenant that is about to go') {
        await env.DB.prepare('UPDATE tenants SET deletes_at = 1 WHERE id = ?1')
          .bind(tenantId)
          .run();
      }
      if (what === 'expired') {
        vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 7 * day });
      }
      expect((await signUp(email)).status).toBe(202);
      expect(await hasAccount(email)).toBe(false);
    },
  );

  it('nobody who has an account is kept out, but founding a tenant takes a proven address', async () => {
    const { email, userId } = await newUser();
    const browser = new Browser();
    browser.env = { ...browser.env, SIGNUP_POLICY: 'invite-only' };
    expect((await browser.post('/api/auth/login', { email, password })).status).toBe(200);
    const found = async () => (await browser.post('/api/tenants', { name: 'Acme' })).status;
    expect(await found()).toBe(409);
    await env.DB.prepare('UPDATE users SET email_verified_at = 1 WHERE id = ?1').bind(userId).run();
    expect(await found()).toBe(201);
  });
});

describe('AUTH-5 the policy is what the configuration says', () => {
  const read = (SIGNUP_POLICY?: string) => {
    const { SIGNUP_POLICY: _, ...others } = env;
    const changed = SIGNUP_POLICY === undefined ? others : { ...others, SIGNUP_POLICY };
    return readConfiguration(changed, new URL(origin)).signupPolicy;
  };

  it('open unless it says otherwise', async () => {
    expect([read(), read('open'), read('invite-only')]).toEqual(['open', 'open', 'invite-only']);
    const email = freshEmail();
    await signUp(email, 'open');
    expect(await hasAccount(email)).toBe(true);
  });

  it.each(['', 'Open', 'invite_only', 'closed'])(
    '"%s" is refused, and not taken for open',
    (value) => {
      expect(() => read(value)).toThrow('SIGNUP_POLICY must be "open" or "invite-only"');
    },
  );
});
