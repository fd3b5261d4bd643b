import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import type { Role } from '../../src/db/tenant.ts';
import { isAtLeast, mayGovern } from '../../src/tenancy/roles.ts';
import { freshEmail, password } from './arrange.ts';
import { Browser } from './browser.ts';
import { beforeBatchWith } from './doubles.ts';
import { auditOf, newPerson, newTeam, rolesIn } from './team.ts';

const roles: readonly Role[] = ['owner', 'admin', 'member'];
const code = (answer: { status: number; json: { code?: string } | null }) =>
  answer.json?.code ?? answer.status;

describe('AUTH-1 who may govern whom', () => {
  it('owners govern everybody, admins all but owners, members nobody', () => {
    const table = Object.fromEntries(
      roles.map((held) => [held, roles.filter((role) => mayGovern(held, role))]),
    );
    expect(table).toEqual({
      owner: ['owner', 'admin', 'member'],
      admin: ['admin', 'member'],
      member: [],
    });
  });

  it('a role does what a lower one may', () => {
    const table = Object.fromEntries(
      roles.map((held) => [held, roles.filter((needed) => isAtLeast(held, needed))]),
    );
    expect(table).toEqual({
      owner: ['owner', 'admin', 'member'],
      admin: ['admin', 'member'],
      member: ['member'],
    });
  });

  /** What each role gets who changes `from` to `to`. */
  it.each([
    ['member', 'member', 'member', 'role_required'],
    ['member', 'member', 'owner', 'role_required'],
    ['admin', 'member', 'member', 200],
    ['admin', 'member', 'admin', 200],
    ['admin', 'member', 'owner', 'role_required'],
    ['admin', 'admin', 'member', 200],
    ['admin', 'admin', 'owner', 'role_required'],
    ['admin', 'owner', 'member', 'role_required'],
    ['owner', 'member', 'owner', 200],
    ['owner', 'admin', 'owner', 200],
    ['owner', 'owner', 'member', 200],
  ] as const)('%s makes %s a %s: %s', async (held, from, to, expected) => {
    const { path, enter, tenantId } = await newTeam();
    const actor = await enter(held);
    const target = await enter(from);
    const answer = await actor.browser.patch(`${path}/members/${target.userId}`, { role: to });
    expect(code(answer)).toBe(expected);
    const roleNow = (await rolesIn(tenantId))[target.userId];
    expect(roleNow).toBe(expected === 200 ? to : from);
  });

  it.each([
    ['member', 'member', 'role_required'],
    ['member', 'owner', 'role_required'],
    ['admin', 'member', 204],
    ['admin', 'admin', 204],
    ['admin', 'owner', 'role_required'],
    ['owner', 'admin', 204],
    ['owner', 'owner', 204],
  ] as const)('%s removes %s: %s', async (held, role, expected) => {
    const { path, enter, tenantId } = await newTeam();
    const actor = await enter(held);
    const target = await enter(role);
    const answer = await actor.browser.delete(`${path}/members/${target.userId}`);
    expect(code(answer)).toBe(expected);
    expect(target.userId in (await rolesIn(tenantId))).toBe(expected !== 204);
  });

  it('an admin does not make themselves an owner', async () => {
    const { path, enter } = await newTeam();
    const admin = await enter('admin');
    const answer = await admin.browser.patch(`${path}/members/${admin.userId}`, { role: 'owner' });
    expect(code(answer)).toBe('role_required');
  });

  it('a role of another name is refused', async () => {
    const { path, enter, owner } = await newTeam();
    const member = await enter('member');
    const answer = await owner.browser.patch(`${path}/members/${member.userId}`, { role: 'root' });
    expect(code(answer)).toBe('invalid_input');
  });

  it('somebody who is no member is 404, to change and to remove', async () => {
    const { path, owner } = await newTeam();
    const stranger = await newPerson();
    const place = `${path}/members/${stranger.userId}`;
    expect((await owner.browser.patch(place, { role: 'admin' })).status).toBe(404);
    expect((await owner.browser.delete(place)).status).toBe(404);
  });
});

describe('AUTH-1 a change of role takes a step-up', () => {
  it('is refused to a session that has proven nothing for five minutes, before the body is read', async () => {
    const { path, enter, owner, tenantId } = await newTeam();
    const member = await enter('member');
    await env.DB.prepare('UPDATE sessions SET mfa_at = ?2 WHERE user_id = ?1')
      .bind(owner.userId, Date.now() - 5 * 60_000 - 1)
      .run();
    for (const body of [{ role: 'admin' }, { role: 'root' }]) {
      const answer = await owner.browser.patch(`${path}/members/${member.userId}`, body);
      expect([answer.status, answer.json.code]).toEqual([403, 'step_up_required']);
    }
    const invited = await owner.browser.post(`${path}/invitations`, {
      email: freshEmail(),
      role: 'member',
    });
    expect(invited.json.code).toBe('step_up_required');
    expect((await rolesIn(tenantId))[member.userId]).toBe('member');
  });

  it('the role is asked for first, so that a step-up is never asked in vain', async () => {
    const { path, enter } = await newTeam();
    const member = await enter('member');
    await env.DB.prepare('UPDATE sessions SET mfa_at = NULL WHERE user_id = ?1')
      .bind(member.userId)
      .run();
    const answer = await member.browser.patch(`${path}/members/${member.userId}`, {});
    expect(answer.json.code).toBe('role_required');
  });
});

describe('AUTH-2 a role that was taken is gone at the next request', () => {
  it('also in a session that was opened with it', async () => {
    const { path, enter, owner, tenantId } = await newTeam();
    const { browser, email, userId } = await enter('admin');
    const attempt = async () => code(await browser.patch(path, { name: 'Renamed' }));
    expect(await attempt()).toBe(200);
    const place = `${path}/members/${userId}`;
    expect(code(await owner.browser.patch(place, { role: 'member' }))).toBe(200);
    expect(await attempt()).toBe('unauthenticated');
    await browser.post('/api/auth/login', { email, password });
    expect(await attempt()).toBe('role_required');
    expect(code(await owner.browser.delete(place))).toBe(204);
    expect(await attempt()).toBe('not_found');
    expect((await browser.get('/api/me')).status).toBe(200);
    expect(userId in (await rolesIn(tenantId))).toBe(false);
  });
});

describe('AUTH-2 AUTH-7 another role takes another session', () => {
  it.each([
    ['member', 'owner'],
    ['owner', 'member'],
  ] as const)('a cookie of a %s is not that of an %s', async (from, to) => {
    const { path, enter, owner } = await newTeam();
    const [changed, colleague] = [await enter(from), await enter(from)];
    const copy = changed.browser.cookieHeader();
    const place = `${path}/members/${changed.userId}`;
    expect(code(await owner.browser.patch(place, { role: to }))).toBe(200);
    expect((await new Browser().get(path, { Cookie: copy })).status).toBe(401);
    await changed.browser.post('/api/auth/login', { email: changed.email, password });
    expect((await changed.browser.get(path)).json.role).toBe(to);
    expect((await new Browser().get(path, { Cookie: copy })).status).toBe(401);
    expect((await colleague.browser.get(path)).status).toBe(200);
    expect((await owner.browser.get(path)).status).toBe(200);
  });

  it('also where one gives up a role of one’s own, and not where the role stays', async () => {
    const { path, enter } = await newTeam();
    const { browser, userId } = await enter('owner');
    const place = `${path}/members/${userId}`;
    expect(code(await browser.patch(place, { role: 'owner' }))).toBe(200);
    expect(code(await browser.patch(place, { role: 'admin' }))).toBe(200);
    expect(code(await browser.get(path))).toBe('unauthenticated');
  });

  it('a role that somebody has already is no change: nothing is written down, nothing forgotten', async () => {
    const { path, enter, owner, tenantId } = await newTeam();
    const { browser, userId } = await enter('admin');
    await browser.post('/api/auth/logout');
    const before = await auditOf(tenantId);
    const forgotten = vi.spyOn(env.SESSIONS, 'delete');
    const answer = await owner.browser.patch(`${path}/members/${userId}`, { role: 'admin' });
    expect([answer.status, answer.json.role]).toEqual([200, 'admin']);
    expect(await auditOf(tenantId)).toEqual(before);
    expect(forgotten).not.toHaveBeenCalled();
  });
});

describe('API-2 nobody is kept logged out by changes of their role', () => {
  it('ten in an hour end the sessions of a member, whoever may make them, and no more', async () => {
    const { path, enter } = await newTeam();
    const [admin, member, other] = [
      await enter('admin'),
      await enter('member'),
      await enter('member'),
    ];
    const change = async ({ userId }: typeof member, role: Role) =>
      code(await admin.browser.patch(`${path}/members/${userId}`, { role }));
    for (let changes = 0; changes < 10; changes += 1) {
      expect(await change(member, changes % 2 === 0 ? 'admin' : 'member')).toBe(200);
    }
    expect(await change(member, 'admin')).toBe('rate_limited');
    expect(await change(member, 'owner')).toBe('role_required');
    expect(await change(other, 'admin')).toBe(200);
  });
});

describe('AUTH-1 a tenant keeps an owner', () => {
  it('members leave as they like', async () => {
    const { path, enter } = await newTeam();
    const member = await enter('member');
    expect((await member.browser.delete(`${path}/members/${member.userId}`)).status).toBe(204);
    expect((await member.browser.get(path)).status).toBe(404);
  });

  it('the last owner neither leaves nor is demoted, though there be admins', async () => {
    const { path, enter, owner, tenantId } = await newTeam();
    await enter('admin');
    const place = `${path}/members/${owner.userId}`;
    expect(code(await owner.browser.delete(place))).toBe('conflict');
    expect(code(await owner.browser.patch(place, { role: 'admin' }))).toBe('conflict');
    expect((await owner.browser.patch(place, { role: 'owner' })).status).toBe(200);
    expect((await rolesIn(tenantId))[owner.userId]).toBe('owner');
    expect(code(await owner.browser.delete('/api/me'))).toBe('conflict');
    await enter('owner');
    expect((await owner.browser.delete(place)).status).toBe(204);
  });

  it('an owner who is disabled is no help', async () => {
    const { path, enter, owner } = await newTeam();
    const { userId } = await enter('owner');
    await env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1').bind(userId).run();
    const place = `${path}/members/${owner.userId}`;
    expect(code(await owner.browser.delete(place))).toBe('conflict');
    expect(code(await owner.browser.patch(place, { role: 'admin' }))).toBe('conflict');
    expect(code(await owner.browser.delete('/api/me'))).toBe('conflict');
  });

  it('an owner of another tenant is no help', async () => {
    const { path, owner } = await newTeam();
    const other = await newTeam();
    await other.invite(owner.email, 'owner');
    const place = `${path}/members/${owner.userId}`;
    expect(code(await owner.browser.delete(place))).toBe('conflict');
    expect(code(await owner.browser.patch(place, { role: 'admin' }))).toBe('conflict');
  });

  it.each(['leave', 'demote', 'demote each other'] as const)(
    'when 5 owners %s at once, 25 requests in all, one stays',
    async (how) => {
      const { path, enter, owner, tenantId } = await newTeam();
      const owners = [owner];
      while (owners.length < 5) owners.push(await enter('owner'));
      await Promise.all(
        owners.flatMap(({ browser }, mine) =>
          owners.map((_, index) => {
            const target = owners[how === 'demote each other' ? index : mine] ?? owner;
            const place = `${path}/members/${target.userId}`;
            return how === 'leave'
              ? browser.delete(place)
              : browser.patch(place, { role: 'member' });
          }),
        ),
      );
      const left = Object.values(await rolesIn(tenantId)).filter((role) => role === 'owner');
      expect(left).toEqual(['owner']);
    },
  );

  it.each([
    ['PATCH', 'who asks is demoted', { who: 'admin', to: 'member' }],
    ['DELETE', 'who asks is demoted', { who: 'admin', to: 'member' }],
    ['PATCH', 'whom it is about rises above them', { who: 'member', to: 'owner' }],
    ['DELETE', 'whom it is about rises above them', { who: 'member', to: 'owner' }],
  ] as const)('a %s comes too late when %s in the same moment', async (method, _what, change) => {
    const { path, enter, owner, tenantId } = await newTeam();
    const people = { admin: await enter('admin'), member: await enter('member') };
    const { browser } = people.admin;
    browser.env = {
      ...browser.env,
      DB: beforeBatchWith('memberships', () =>
        owner.browser.patch(`${path}/members/${people[change.who].userId}`, { role: change.to }),
      ),
    };
    const place = `${path}/members/${people.member.userId}`;
    const body = method === 'PATCH' ? { role: 'admin' } : undefined;
    expect(code(await browser.send(method, place, body))).toBe('conflict');
    const expected = change.who === 'member' ? change.to : 'member';
    expect((await rolesIn(tenantId))[people.member.userId]).toBe(expected);
  });
});

describe('AUTH-1 the list of members', () => {
  it('names them with their roles, oldest first, page by page', async () => {
    const { path, join, owner } = await newTeam();
    const admin = await join('admin');
    const first = (await admin.browser.get(`${path}/members?limit=1`)).json;
    const rest = (await admin.browser.get(`${path}/members?cursor=${first.nextCursor}`)).json;
    const createdAt = expect.any(String);
    expect(first.items).toEqual([
      { id: owner.userId, name: 'Ada', email: owner.email, role: 'owner', createdAt },
    ]);
    expect(rest).toEqual({
      items: [{ id: admin.userId, name: 'Ada', email: admin.email, role: 'admin', createdAt }],
      nextCursor: null,
    });
    const { items } = (await admin.browser.get('/api/tenants')).json;
    expect(items).toMatchObject([{ role: 'admin' }]);
  });

  it('names who may no longer log in as well, and they can be removed', async () => {
    const { path, enter, owner } = await newTeam();
    const { userId } = await enter('admin');
    await env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1').bind(userId).run();
    const { items } = (await owner.browser.get(`${path}/members`)).json;
    expect(items).toMatchObject([{ id: owner.userId }, { id: userId }]);
    expect((await owner.browser.delete(`${path}/members/${userId}`)).status).toBe(204);
  });
});
