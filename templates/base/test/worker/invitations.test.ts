import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { mintToken } from '../../src/auth/token.ts';
import type { Role } from '../../src/db/tenant.ts';
import { messages, renderMail } from '../../src/mail/messages.ts';
import { freshEmail, newTenant, newUser, rowsOf } from './arrange.ts';
import { Browser, type Answer } from './browser.ts';
import { beforeBatchWith, interceptD1 } from './doubles.ts';
import { newPerson, newTeam, rolesIn, type Person } from './team.ts';
import { post } from './post.ts';

const day = 24 * 60 * 60 * 1_000;

const accept = ({ browser }: Person, token: string) =>
  browser.post('/api/invitations/accept', { token });
const pendingIn = async (path: string, { browser }: Person): Promise<{ email: string }[]> =>
  (await browser.get(`${path}/invitations`)).json.items;

/** Whether a token is refused with the very words that meet one which never was. */
const isRefused = async (person: Person, token: string): Promise<boolean> => {
  const [tried, nonsense] = [await accept(person, token), await accept(person, mintToken())];
  const said = ({ status, text, json }: Answer) => `${status} ${text.replace(json.requestId, '')}`;
  return said(tried) === said(nonsense) && tried.status === 404;
};

describe('AUTH-1 an invitation lets one person in, once', () => {
  it('is answered, listed, mailed with a link and a code, and accepted', async () => {
    const { path, owner, invite, tenantId } = await newTeam();
    const guest = await newPerson();
    const created = await invite(guest.email, 'admin');
    expect(created.status).toBe(201);
    expect(created.json).toEqual({
      id: expect.any(String),
      email: guest.email,
      role: 'admin',
      expiresAt: expect.any(String),
      createdAt: expect.any(String),
    });
    const { createdAt, expiresAt } = created.json;
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(7 * day);
    expect(await pendingIn(path, owner)).toEqual([created.json]);
    const token = post.tokenFor(guest.email);
    const [mail] = post.to(guest.email);
    for (const form of [mail?.text, mail?.html]) {
      expect(form).toContain(`https://app.example/accept-invitation#token=${token}`);
      expect(form).toContain(`Or enter this code: ${token}`);
      expect(form).toContain('Acme');
      expect(form).toContain('Accept within seven days, logged in with this address');
    }
    const joined = await accept(guest, token);
    expect([joined.status, joined.json.id, joined.json.role]).toEqual([200, tenantId, 'admin']);
    expect(await rolesIn(tenantId)).toMatchObject({ [guest.userId]: 'admin' });
    expect(await pendingIn(path, owner)).toEqual([]);
    expect(await isRefused(guest, token)).toBe(true);
  });

  it('that a tenant is full is told to who may come in, and to nobody else', async () => {
    const { invite, owner, tenantId } = await newTeam();
    const guest = await newPerson();
    await invite(guest.email, 'member');
    const unproven = await newUser();
    await invite(unproven.email, 'member');
    const [token, other] = [post.tokenFor(guest.email), post.tokenFor(unproven.email)];
    const fill = env.DB.prepare('UPDATE tenants SET member_count = 1000000 WHERE id = ?1');
    await fill.bind(tenantId).run();
    expect((await accept(guest, token)).status).toBe(402);
    expect(await isRefused(await newPerson(), token)).toBe(true);
    expect(await isRefused(unproven, other)).toBe(true);
    const disable = env.DB.prepare('UPDATE users SET disabled_at = ?2 WHERE id = ?1');
    await disable.bind(owner.userId, 1).run();
    expect(await isRefused(guest, token)).toBe(true);
    await disable.bind(owner.userId, null).run();
    await env.DB.prepare('UPDATE sessions SET idle_expires_at = expires_at').run();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 7 * day + 60_000 });
    expect(await isRefused(guest, token)).toBe(true);
  });

  it('the token is stored nowhere', async () => {
    const { invite } = await newTeam();
    const email = freshEmail();
    await invite(email, 'member');
    const stored = JSON.stringify([await rowsOf('invitations'), await rowsOf('audit_log')]);
    expect(stored).not.toContain(post.tokenFor(email));
  });

  it('of 25 tries at once one gets in', async () => {
    const { invite, tenantId } = await newTeam();
    const guest = await newPerson();
    await invite(guest.email, 'member');
    const token = post.tokenFor(guest.email);
    const answers = await Promise.all(Array.from({ length: 25 }, () => accept(guest, token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => ![200, 404].includes(status))).toEqual([]);
    expect(Object.keys(await rolesIn(tenantId))).toHaveLength(2);
    const log = (await rowsOf('audit_log')).filter((row) => row['target'] === guest.userId);
    expect(log).toHaveLength(1);
  });

  it('lets nobody in while D1 cannot spend it: it would work twice', async () => {
    const { invite, tenantId } = await newTeam();
    const guest = await newPerson();
    await invite(guest.email, 'member');
    const { env: whole } = guest.browser;
    const DB = interceptD1((sql) => {
      if (sql.startsWith('DELETE FROM invitations')) throw new Error('gone');
    });
    guest.browser.env = { ...whole, DB };
    const token = post.tokenFor(guest.email);
    expect((await accept(guest, token)).status).toBe(503);
    expect(Object.keys(await rolesIn(tenantId))).toHaveLength(1);
    guest.browser.env = whole;
    expect((await accept(guest, token)).status).toBe(200);
  });

  it('is of no use to another address, nor to the right one before it is proven', async () => {
    const { invite, tenantId } = await newTeam();
    const guest = await newUser();
    await invite(guest.email, 'member');
    const token = post.tokenFor(guest.email);
    expect(await isRefused(await newPerson(), token)).toBe(true);
    expect(await isRefused(guest, token)).toBe(true);
    expect(Object.keys(await rolesIn(tenantId))).toHaveLength(1);
  });

  it('goes by the address as it is when it is accepted', async () => {
    const { invite, tenantId } = await newTeam();
    const guest = await newPerson();
    const email = freshEmail();
    await invite(guest.email, 'member');
    await invite(email, 'member');
    await env.DB.prepare('UPDATE users SET email = ?2 WHERE id = ?1')
      .bind(guest.userId, email)
      .run();
    expect(await isRefused(guest, post.tokenFor(guest.email))).toBe(true);
    expect((await accept(guest, post.tokenFor(email))).status).toBe(200);
    expect(guest.userId in (await rolesIn(tenantId))).toBe(true);
  });

  it('works for seven days', async () => {
    const { path, owner, invite } = await newTeam();
    const [early, late] = [await newPerson(), await newPerson()];
    await invite(early.email, 'member');
    await invite(late.email, 'member');
    const now = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: now + 7 * day - 60_000 });
    await env.DB.prepare('UPDATE sessions SET idle_expires_at = expires_at').run();
    expect((await accept(early, post.tokenFor(early.email))).status).toBe(200);
    vi.setSystemTime(now + 7 * day + 1);
    expect(await isRefused(late, post.tokenFor(late.email))).toBe(true);
    expect(await pendingIn(path, owner)).toEqual([]);
  });

  it('dies when it is revoked, and is 404 from then on', async () => {
    const { path, owner, invite } = await newTeam();
    const guest = await newPerson();
    const { id } = (await invite(guest.email, 'member')).json;
    expect((await owner.browser.delete(`${path}/invitations/${id}`)).status).toBe(204);
    expect((await owner.browser.delete(`${path}/invitations/${id}`)).status).toBe(404);
    expect(await isRefused(guest, post.tokenFor(guest.email))).toBe(true);
  });

  it('a new one replaces the one before', async () => {
    const { path, owner, invite, tenantId } = await newTeam();
    const guest = await newPerson();
    await invite(guest.email, 'admin');
    const old = post.tokenFor(guest.email);
    const renewed = (await invite(guest.email, 'member')).json;
    expect(await pendingIn(path, owner)).toEqual([renewed]);
    expect(await isRefused(guest, old)).toBe(true);
    await accept(guest, post.tokenFor(guest.email));
    expect((await rolesIn(tenantId))[guest.userId]).toBe('member');
  });

  it('a member is not invited again, however their address is written', async () => {
    const { path, owner, invite, join } = await newTeam();
    const member = await join('member');
    for (const email of [member.email, member.email.toUpperCase()]) {
      const answer = await invite(email, 'admin');
      expect([answer.status, answer.json.code]).toEqual([409, 'conflict']);
    }
    expect(await pendingIn(path, owner)).toEqual([]);
  });

  it('who became a member otherwise does not become one twice', async () => {
    const { invite, tenantId } = await newTeam();
    const guest = await newPerson();
    await invite(guest.email, 'admin');
    await env.DB.prepare(
      `INSERT INTO memberships (tenant_id, user_id, role, created_at) VALUES (?1, ?2, 'member', 0)`,
    )
      .bind(tenantId, guest.userId)
      .run();
    expect((await accept(guest, post.tokenFor(guest.email))).status).toBe(404);
    expect((await rolesIn(tenantId))[guest.userId]).toBe('member');
  });
});

describe('AUTH-1 who may invite whom', () => {
  it.each([
    ['member', 'member', 403],
    ['admin', 'member', 201],
    ['admin', 'admin', 201],
    ['admin', 'owner', 403],
    ['owner', 'owner', 201],
  ] as const)('%s invites for %s: %i', async (held, role, status) => {
    const { invite, join } = await newTeam();
    const inviter = await join(held);
    const email = freshEmail();
    expect((await invite(email, role, inviter)).status).toBe(status);
    expect(post.to(email)).toHaveLength(status === 201 ? 1 : 0);
  });

  it('an admin neither revokes nor replaces the invitation of an owner', async () => {
    const { path, owner, invite, join } = await newTeam();
    const admin = await join('admin');
    const email = freshEmail();
    const { id } = (await invite(email, 'owner')).json;
    const revoking = await admin.browser.delete(`${path}/invitations/${id}`);
    expect([revoking.status, revoking.json?.code]).toEqual([403, 'role_required']);
    for (const role of ['member', 'admin'] as const)
      expect((await invite(email, role, admin)).status).toBe(409);
    expect(await pendingIn(path, owner)).toMatchObject([{ id, role: 'owner' }]);
    expect((await invite(email, 'admin')).status).toBe(201);
  });

  it('takes a proven address', async () => {
    const { owner, path } = await newTenant();
    const email = freshEmail();
    const answer = await owner.post(`${path}/invitations`, { email, role: 'member' });
    expect([answer.status, answer.json.code]).toEqual([409, 'conflict']);
    expect(post.to(email)).toEqual([]);
  });
});

describe('API-3 invitations cost mail, and are counted', () => {
  it('an address gets five mails an hour, from however many tenants; the sixth learns of it', async () => {
    const email = freshEmail();
    const statuses = [];
    for (let tenants = 0; tenants < 6; tenants += 1) {
      const { invite } = await newTeam();
      statuses.push((await invite(email, 'member')).status);
    }
    expect(statuses).toEqual([201, 201, 201, 201, 201, 429]);
    expect(post.to(email)).toHaveLength(5);
  });

  it('what is refused ends no invitation that went out', async () => {
    const { invite, path, owner } = await newTeam();
    const guest = await newPerson();
    for (let mails = 0; mails < 5; mails += 1) await invite(guest.email, 'member');
    const refused = await invite(guest.email, 'member');
    expect([refused.status, refused.json.code]).toEqual([429, 'rate_limited']);
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(3_500);
    expect(await pendingIn(path, owner)).toHaveLength(1);
    expect((await accept(guest, post.tokenFor(guest.email))).status).toBe(200);
  });

  it('strangers who ask for resets use up no invitation', async () => {
    const { invite } = await newTeam();
    const guest = await newPerson();
    for (let asked = 0; asked < 6; asked += 1) {
      await new Browser().post('/api/auth/password/forgot', { email: guest.email });
    }
    expect(post.to(guest.email)).toHaveLength(5);
    expect((await invite(guest.email, 'member')).status).toBe(201);
    expect((await accept(guest, post.tokenFor(guest.email))).status).toBe(200);
  });
});

describe('AUTH-1 an invitation is worth what its inviter is', () => {
  const invitedBy = async (held: Role, role: Role) => {
    const team = await newTeam();
    const inviter = await team.enter(held);
    const guest = await newPerson();
    await team.invite(guest.email, role, inviter);
    const place = `${team.path}/members/${inviter.userId}`;
    return { ...team, inviter, guest, place, token: post.tokenFor(guest.email) };
  };

  it('goes when they are removed', async () => {
    const { path, owner, guest, place, token } = await invitedBy('admin', 'member');
    await owner.browser.delete(place);
    expect(await pendingIn(path, owner)).toEqual([]);
    expect(await isRefused(guest, token)).toBe(true);
  });

  it('goes when they are demoted, and not when they rise', async () => {
    const { path, owner, guest, place, token } = await invitedBy('admin', 'member');
    await owner.browser.patch(place, { role: 'owner' });
    expect(await pendingIn(path, owner)).toHaveLength(1);
    await owner.browser.patch(place, { role: 'admin' });
    expect(await pendingIn(path, owner)).toEqual([]);
    expect(await isRefused(guest, token)).toBe(true);
  });

  it('is that of who sent it last, and of nobody before', async () => {
    const { path, owner, guest, place, invite } = await invitedBy('admin', 'member');
    await invite(guest.email, 'member');
    await owner.browser.delete(place);
    expect(await pendingIn(path, owner)).toMatchObject([{ email: guest.email }]);
  });

  it('goes when they delete their account', async () => {
    const { path, owner, inviter, guest, token } = await invitedBy('admin', 'member');
    expect((await inviter.browser.delete('/api/me')).status).toBe(204);
    expect(await pendingIn(path, owner)).toEqual([]);
    expect(await isRefused(guest, token)).toBe(true);
  });

  it('those of others stay', async () => {
    const { path, owner, place, join, invite } = await invitedBy('admin', 'member');
    const colleague = await join('admin');
    const email = freshEmail();
    await invite(email, 'member', colleague);
    await owner.browser.patch(place, { role: 'member' });
    expect(await pendingIn(path, owner)).toMatchObject([{ email }]);
  });

  it.each([
    ['owner', 'owner', 'admin'],
    ['admin', 'member', 'member'],
  ] as const)(
    'one of an %s for a %s, left over though they are %s now, lets nobody in',
    async (held, role, now) => {
      const { guest, inviter, tenantId, token } = await invitedBy(held, role);
      await env.DB.prepare('UPDATE memberships SET role = ?3 WHERE tenant_id = ?1 AND user_id = ?2')
        .bind(tenantId, inviter.userId, now)
        .run();
      expect(await isRefused(guest, token)).toBe(true);
    },
  );
});

describe('AUTH-1 what changes while an invitation is accepted counts', () => {
  it.each([
    ['it is revoked', 'DELETE FROM invitations WHERE tenant_id = ?1 AND ?2 <> ?3'],
    ['it expires', 'UPDATE invitations SET expires_at = 1 WHERE tenant_id = ?1 AND ?2 <> ?3'],
    ['the tenant is frozen', 'UPDATE tenants SET deletes_at = 4e12 WHERE id = ?1 AND ?2 <> ?3'],
    [
      'the address changes',
      `UPDATE users SET email = ?1 || '@x.example' WHERE id = ?2 AND ?3 <> ''`,
    ],
    [
      'the address is no longer proven',
      `UPDATE users SET email_verified_at = NULL WHERE id = ?2 AND ?1 <> ?3`,
    ],
    [
      'the inviter is demoted',
      `UPDATE memberships SET role = 'admin' WHERE tenant_id = ?1 AND user_id = ?3 AND ?2 <> ?1`,
    ],
    ['the inviter is disabled', 'UPDATE users SET disabled_at = 1 WHERE id = ?3 AND ?1 <> ?2'],
    [
      'the inviter leaves',
      'DELETE FROM memberships WHERE tenant_id = ?1 AND user_id = ?3 AND ?2 <> ?1',
    ],
  ])('%s: nobody gets in', async (_what, sql) => {
    const { invite, enter, tenantId } = await newTeam();
    const inviter = await enter('owner');
    // What they are elsewhere does not count.
    await inviter.browser.post('/api/tenants', { name: 'Elsewhere' });
    const guest = await newPerson();
    await invite(guest.email, 'member', inviter);
    const change = env.DB.prepare(sql).bind(tenantId, guest.userId, inviter.userId);
    guest.browser.env = {
      ...guest.browser.env,
      DB: beforeBatchWith('memberships', () => change.run()),
    };
    expect((await accept(guest, post.tokenFor(guest.email))).status).toBe(404);
    expect(guest.userId in (await rolesIn(tenantId))).toBe(false);
  });

  it('and who is demoted while inviting invites nobody', async () => {
    const { path, owner, enter, invite } = await newTeam();
    const inviter = await enter('admin');
    const { browser } = inviter;
    browser.env = {
      ...browser.env,
      DB: beforeBatchWith('invitations', () =>
        owner.browser.patch(`${path}/members/${inviter.userId}`, { role: 'member' }),
      ),
    };
    const email = freshEmail();
    expect((await invite(email, 'member', inviter)).status).toBe(409);
    expect(await pendingIn(path, owner)).toEqual([]);
    expect(post.to(email)).toEqual([]);
  });
});

describe('AUTH-1 the mail of an invitation carries no link of the inviter', () => {
  it.each([
    ['Acme https://evil.example/x GmbH', 'Acme GmbH'],
    ['Acme evil.example', 'Acme'],
    ['Acme www.evil.example/path now', 'Acme now'],
    ['Acme evil\u200b.\u200bexample', 'Acme'],
    ['Acme evil\uff0eexample', 'Acme'],
    ['Acme evil\u3002example', 'Acme'],
    ['Acme\u00a0a@evil.example', 'Acme'],
    ['Acme\r\nBcc: x', 'AcmeBcc: x'],
    ['Acme \u202egnp.exe', 'Acme'],
    ['Müller & Söhne Inc. 2.0', 'Müller & Söhne Inc. 2.0'],
  ])('%j is called %j', (name, said) => {
    const mail = renderMail(messages.invitation('a@b.example', name, 'T'), 'https://app.example');
    expect(mail.text).toContain(`join “${said}”.`);
  });

  it('HTML in a name is text', async () => {
    const { invite } = await newTeam('<b onclick=x>Acme</b>');
    const email = freshEmail();
    await invite(email, 'member');
    expect(post.to(email)[0]?.html).toContain('&lt;b onclick=x&gt;Acme&lt;/b&gt;');
  });
});
