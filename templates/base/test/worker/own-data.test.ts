import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { freshEmail, newUser, newUserWithoutPassword, password, rowsOf } from './arrange.ts';
import { Browser } from './browser.ts';
import { post } from './post.ts';
import { newPerson } from './team.ts';

const minute = 60 * 1_000;

const logIn = async (email: string, secret = password) => {
  const browser = new Browser();
  await browser.post('/api/auth/login', { email, password: secret });
  return browser;
};
const kindsOf = async (browser: Browser): Promise<string[]> => {
  const { items } = (await browser.get('/api/me/security-events')).json;
  return items.map(({ kind }: { kind: string }) => kind);
};

describe('AUTH-4 a code to step up', () => {
  it.each([
    [10 * minute - 5_000, 204],
    [10 * minute + 1_000, 400],
  ])('is good for ten minutes: after %i ms it answers %i', async (late, status) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const { browser, email } = await newUserWithoutPassword();
    await browser.post('/api/auth/step-up/email');
    const emailCode = /[\w-]{43}/.exec(post.to(email).at(-1)?.text ?? '')?.[0];
    expect(emailCode).toMatch(/./);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + late });
    expect((await browser.post('/api/auth/step-up', { emailCode })).status).toBe(status);
  });

  it('ends the one before, which has time left', async () => {
    const { browser, email } = await newUserWithoutPassword();
    for (const _ of [1, 2]) await browser.post('/api/auth/step-up/email');
    const stepUp = async ({ text }: { text: string }) => {
      const [emailCode] = /[\w-]{43}/.exec(text) ?? [];
      return (await browser.post('/api/auth/step-up', { emailCode })).status;
    };
    const statuses: number[] = [];
    for (const mail of post.to(email)) statuses.push(await stepUp(mail));
    expect(statuses).toEqual([400, 204]);
  });
});

describe('AUTH-5 what was mailed works for as long as the mail says', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.now() }));

  const toTheEndOf = (minutes: number) =>
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutes * minute - 5_000 });

  it('a link to a new password for half an hour', async () => {
    const { email } = await newUser();
    await new Browser().post('/api/auth/password/forgot', { email });
    toTheEndOf(30);
    const reset = { token: post.tokenFor(email), password: 'another long password' };
    expect((await new Browser().post('/api/auth/password/reset', reset)).status).toBe(204);
  });

  it('a link that proves an address for a day', async () => {
    const { browser, email } = await newUser();
    await browser.post('/api/auth/verify-email/send');
    toTheEndOf(24 * 60);
    const proof = { token: post.tokenFor(email), password };
    expect((await new Browser().post('/api/auth/verify-email', proof)).status).toBe(204);
  });

  it('both links of a change of address for an hour', async () => {
    const { browser, email } = await newUser();
    const wished = freshEmail();
    await browser.post('/api/me/email', { email: wished });
    toTheEndOf(60);
    const confirm = (token: string) =>
      new Browser().post('/api/me/email/confirm', { token, password });
    await confirm(post.tokenFor(email));
    expect((await confirm(post.tokenFor(wished))).json).toEqual({ status: 'changed' });
  });
});

describe('DB-1 a user is deleted with all that is theirs alone', () => {
  it('nothing of them stays in any table', async () => {
    const { browser, email, userId } = await newUser();
    await browser.post('/api/auth/password/forgot', { email });
    await browser.post('/api/me/email', { email: freshEmail() });
    const tables = ['sessions', 'one_time_tokens', 'email_changes', 'security_events'];
    const holding = async () => {
      const rows = await Promise.all(tables.map(rowsOf));
      return tables.filter((_, index) => rows[index]?.some((row) => row['user_id'] === userId));
    };
    expect(await holding()).toEqual(tables);
    expect((await browser.delete('/api/me')).status).toBe(204);
    expect(await holding()).toEqual([]);
  });

  it('whatever row names its user goes with them; only a membership must be given up before', async () => {
    const { results } = await env.DB.prepare(
      `SELECT tables.name AS "table", keys.on_delete AS ends
       FROM sqlite_master AS tables
       JOIN pragma_table_info(tables.name) AS columns ON columns.name = 'user_id'
       LEFT JOIN pragma_foreign_key_list(tables.name) AS keys ON keys."from" = 'user_id'
       WHERE tables.type = 'table' AND tables.name NOT LIKE '_cf_%'`,
    ).all<{ table: string; ends: string | null }>();
    expect(results.length).toBeGreaterThan(6);
    expect(results.filter(({ ends }) => ends !== 'CASCADE')).toEqual([
      { table: 'memberships', ends: 'NO ACTION' },
    ]);
  });
});

describe('AUTH-2 a user sees their own sessions and events', () => {
  it('a session ended from another device is no longer listed', async () => {
    const { email } = await newUser();
    const elsewhere = await logIn(email);
    await elsewhere.post('/api/auth/logout-all');
    const browser = await logIn(email);
    const { items } = (await browser.get('/api/auth/sessions')).json;
    expect(items).toEqual([expect.objectContaining({ current: true })]);
  });

  it('the export lists the sessions by their ids', async () => {
    const { browser, email } = await newUser();
    await logIn(email);
    const idsOf = (items: { id: string }[]) => items.map(({ id }) => id).toSorted();
    const listed = idsOf((await browser.get('/api/auth/sessions')).json.items);
    expect(new Set(listed).size).toBe(2);
    expect(idsOf((await browser.get('/api/me/export')).json.sessions)).toEqual(listed);
  });

  it('the export holds more events, and more memberships, than a page', async () => {
    const { browser, userId } = await newUser();
    await env.DB.prepare(
      `INSERT INTO security_events (id, user_id, kind, created_at)
       SELECT value || ?1, ?1, 'logged_in', value FROM json_each(?2)`,
    )
      .bind(userId, JSON.stringify(Array.from({ length: 300 }, (_, index) => index)))
      .run();
    const many = Array.from({ length: 150 }, (_, index) => index);
    for (const sql of [
      `INSERT INTO tenants (id, name, created_at) SELECT value || ?1, 'Acme', value FROM json_each(?2)`,
      `INSERT INTO memberships (tenant_id, user_id, role, created_at)
       SELECT value || ?1, ?1, 'member', value FROM json_each(?2)`,
    ]) {
      await env.DB.prepare(sql).bind(userId, JSON.stringify(many)).run();
    }
    const { json } = await browser.get('/api/me/export');
    expect(json.securityEvents).toHaveLength(300);
    expect(json.memberships).toHaveLength(150);
  });

  it("nobody reads another's events, whatever cursor they make up", async () => {
    const mine = await newUser();
    const theirs = await newUser();
    await mine.browser.post('/api/auth/step-up', { password });
    await theirs.browser.post('/api/me/email', { email: freshEmail() });
    expect(await kindsOf(mine.browser)).toEqual(['stepped_up']);
    const end = JSON.stringify([Number.MAX_SAFE_INTEGER, theirs.userId]);
    const position = new TextEncoder().encode(end);
    const cursor = position.toBase64({ alphabet: 'base64url', omitPadding: true });
    const { json } = await mine.browser.get(`/api/me/security-events?cursor=${cursor}`);
    expect(json.items).toEqual([expect.objectContaining({ kind: 'stepped_up' })]);
  });

  it('a hundred sessions are listed, the newest first, where a thief of today is seen', async () => {
    const { browser, userId } = await newUser();
    await env.DB.prepare(
      `INSERT INTO sessions (token_hash, id, user_id, epoch, created_at, idle_expires_at, expires_at)
       SELECT value || ?1, value || ?1, user_id, epoch, value, idle_expires_at, expires_at
       FROM sessions JOIN json_each(?2) WHERE user_id = ?1`,
    )
      .bind(userId, JSON.stringify(Array.from({ length: 110 }, (_, index) => index)))
      .run();
    const { items } = (await browser.get('/api/auth/sessions')).json;
    expect(items).toHaveLength(100);
    expect(items[0]).toMatchObject({ current: true });
  });

  it('each flow leaves the event it is', async () => {
    const email = freshEmail();
    const another = 'another long password';
    const start = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: start });
    let browser = new Browser();
    let flows = 0;
    /** Events are ordered by time, so each flow has a second of its own. */
    const after = (flow: () => Promise<unknown>) => {
      flows += 1;
      vi.setSystemTime(start + 1_000 * flows);
      return flow();
    };
    await after(() => browser.post('/api/auth/signup', { email, password, name: 'Ada' }));
    await after(() => browser.post('/api/auth/verify-email', { token: post.tokenFor(email) }));
    await after(async () => (browser = await logIn(email)));
    await after(() => browser.post('/api/auth/step-up', { password }));
    const change = { current: password, password: another };
    await after(() => browser.post('/api/auth/password/change', change));
    await browser.post('/api/auth/password/forgot', { email });
    const reset = { token: post.tokenFor(email), password };
    await after(() => browser.post('/api/auth/password/reset', reset));
    await after(async () => (browser = await logIn(email)));
    const address = `new-${email}`;
    await after(() => browser.post('/api/me/email', { email: address }));
    await browser.post('/api/me/email/confirm', { token: post.tokenFor(email) });
    const token = post.tokenFor(address);
    await after(() => browser.post('/api/me/email/confirm', { token }));
    await after(async () => (browser = await logIn(address)));
    await after(() => browser.post('/api/auth/logout-all'));
    await after(async () => (browser = await logIn(address)));
    // The newest is listed first.
    expect((await kindsOf(browser)).toReversed()).toEqual([
      'signed_up',
      'email_verified',
      'logged_in',
      'stepped_up',
      'password_changed',
      'password_reset',
      'logged_in',
      'email_change_requested',
      'email_changed',
      'logged_in',
      'logged_out_everywhere',
      'logged_in',
    ]);
  });
});

describe('AUTH-5 a new wish for an address', () => {
  it('replaces the one before, with what was confirmed of it', async () => {
    const { browser, email } = await newUser();
    const confirm = async (token: string) =>
      (await browser.post('/api/me/email/confirm', { token })).json;
    await browser.post('/api/me/email', { email: freshEmail() });
    await confirm(post.tokenFor(email));
    const wished = freshEmail();
    expect((await browser.post('/api/me/email', { email: wished })).status).toBe(202);
    expect(await confirm(post.tokenFor(wished))).toEqual({ status: 'waiting_for_other_address' });
  });
});

describe('API-1 what is answered is named field by field, and nothing more of a row', () => {
  const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);

  it('of a session', async () => {
    const { browser } = await newUser();
    const { items } = (await browser.get('/api/auth/sessions')).json;
    const session = { id: expect.any(String), createdAt: iso, device: null };
    expect(items).toEqual([{ ...session, current: true }]);
  });

  it('of what the app holds about a user', async () => {
    const { browser, userId, email } = await newUser();
    const { id: tenantId } = (await browser.post('/api/tenants', { name: 'Acme' })).json;
    await browser.post('/api/me/email', { email: freshEmail() });
    const { identities: _, ...held } = (await browser.get('/api/me/export')).json;
    expect(held).toEqual({
      user: { id: userId, email, name: 'Ada', emailVerified: false, mfaEnabled: false },
      memberships: [{ tenantId, tenant: 'Acme', role: 'owner' }],
      sessions: [{ id: expect.any(String), createdAt: iso, device: null }],
      securityEvents: [{ kind: 'email_change_requested', createdAt: iso }],
    });
  });

  it('of a second factor', async () => {
    const { browser } = await newPerson();
    const { json } = await browser.post('/api/auth/mfa/enroll');
    expect(json).toEqual({ secret: expect.any(String), uri: expect.any(String) });
  });
});
