import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { registeredStatements } from '../../src/db/statement.ts';
import { freshEmail, password } from './arrange.ts';
import { auditOf, newTeam } from './team.ts';
import { fill, freeze, newFurnishedTeam, tenantRoutes } from './tenant-routes.ts';

/** Whoever changes something, and whoever takes everything along. */
const writing = tenantRoutes.filter(({ method, action }) => method !== 'GET' || action);

describe('DB-1 whatever changes in a tenant stands in its audit log', () => {
  it.each(writing)(
    '$name leaves one row: $action',
    async ({ method, path, body, action, isFrozen }) => {
      const team = await newFurnishedTeam();
      if (isFrozen) await freeze(team.owner, team.path);
      const before = await auditOf(team.tenantId);
      const began = Date.now();
      const answer = await team.owner.browser.send(method, fill(path, team.ids), body?.());
      const ended = Date.now();
      // What is told of: what the path ends with, or what was made, or the tenant.
      const subject = /:(\w+)$/.exec(path)?.[1] ?? 'tenantId';
      const made = action?.endsWith('.created') ? answer.json.id : undefined;
      const known = new Set(before.map(({ id }) => id));
      const added = (await auditOf(team.tenantId)).filter(({ id }) => !known.has(id));
      expect(action).toBeDefined();
      expect(added).toEqual([
        {
          tenant_id: team.tenantId,
          id: expect.any(String),
          actor_id: team.owner.userId,
          action,
          target: made ?? Object.entries(team.ids).find(([name]) => name === subject)?.[1],
          result: expect.stringMatching(/^(done|owner|admin|member)$/),
          request_id: answer.headers.get('X-Request-Id'),
          created_at: expect.toSatisfy((at) => at >= began && at <= ended),
        },
      ]);
    },
  );

  it.each(writing.filter(({ path }) => path.endsWith('Id') && !path.endsWith('tenantId')))(
    '$name of what is not there leaves none',
    async ({ method, path, body }) => {
      const team = await newFurnishedTeam();
      const before = await auditOf(team.tenantId);
      const absent = path.replace(/:(?!tenantId)\w+/, () => crypto.randomUUID());
      const answer = await team.owner.browser.send(method, fill(absent, team.ids), body?.());
      expect(answer.status).toBe(404);
      expect(await auditOf(team.tenantId)).toEqual(before);
    },
  );

  it('there is no other way for a tenant to write: a statement that changes answers no row', () => {
    const changing = registeredStatements().filter(
      ({ scope, sql }) => scope === 'tenant' && !sql.startsWith('SELECT'),
    );
    expect(changing.length).toBeGreaterThan(5);
    expect(changing.filter(({ sql }) => /\bRETURNING\b/i.test(sql))).toEqual([]);
  });

  it('founding, joining, being promoted and deleting an account are told, by ids and roles', async () => {
    const { owner, join, path, tenantId } = await newTeam();
    const member = await join('member');
    await owner.browser.patch(`${path}/members/${member.userId}`, { role: 'admin' });
    await member.browser.post('/api/auth/login', { email: member.email, password });
    await member.browser.delete('/api/me');
    const told = (await auditOf(tenantId))
      .toSorted((a, b) => Number(a['created_at']) - Number(b['created_at']))
      .map((row) => [row['action'], row['actor_id'], row['target'], row['result']].join(' '));
    expect(new Set(told)).toEqual(
      new Set([
        `tenant.created ${owner.userId} ${tenantId} done`,
        expect.stringMatching(new RegExp(`^invitation.created ${owner.userId} .{36} member$`)),
        `invitation.accepted ${member.userId} ${member.userId} member`,
        `member.role_changed ${owner.userId} ${member.userId} admin`,
        `member.removed ${member.userId} ${member.userId} admin`,
      ]),
    );
  });

  it.each(['owner', 'admin', 'member'] as const)(
    'of an %s who deletes their account, or is removed, it says what they were',
    async (role) => {
      const { enter, owner, path, tenantId } = await newTeam();
      const [leaving, removed] = [await enter(role), await enter(role)];
      const left = await leaving.browser.delete('/api/me');
      await owner.browser.delete(`${path}/members/${removed.userId}`);
      const told = (await auditOf(tenantId))
        .filter(({ action }) => action === 'member.removed')
        .map((row) => [row['actor_id'], row['target'], row['result']].join(' '));
      expect(new Set(told)).toEqual(
        new Set([
          `${leaving.userId} ${leaving.userId} ${role}`,
          `${owner.userId} ${removed.userId} ${role}`,
        ]),
      );
      const traces = (await auditOf(tenantId)).map((row) => row['request_id']);
      expect(traces).toContain(left.headers.get('X-Request-Id'));
    },
  );

  it('a sole owner who may not delete their account leaves no row', async () => {
    const { owner, tenantId } = await newTeam();
    const before = await auditOf(tenantId);
    expect((await owner.browser.delete('/api/me')).status).toBe(409);
    expect(await auditOf(tenantId)).toEqual(before);
  });
});

describe('DB-1 the audit log is append-only', () => {
  it.each([
    ['UPDATE audit_log SET actor_id = ?2 WHERE tenant_id = ?1'],
    ['UPDATE audit_log SET created_at = 1 WHERE tenant_id = ?1 AND ?2 <> 0'],
    ['UPDATE OR REPLACE audit_log SET result = ?2 WHERE tenant_id = ?1'],
    ['DELETE FROM audit_log WHERE tenant_id = ?1 AND ?2 <> 0'],
    [
      `INSERT OR REPLACE INTO audit_log
       SELECT tenant_id, id, ?2, action, target, result, request_id, created_at FROM audit_log WHERE tenant_id = ?1`,
    ],
  ])('%s is refused by D1 itself', async (sql) => {
    const { tenantId } = await newTeam();
    const before = await auditOf(tenantId);
    await expect(env.DB.prepare(sql).bind(tenantId, 'nobody').run()).rejects.toThrow(
      /SQLITE_CONSTRAINT/,
    );
    expect(await auditOf(tenantId)).toEqual(before);
  });

  it('also while the tenant is frozen, until its time has come', async () => {
    const { owner, path, tenantId } = await newTeam();
    await freeze(owner, path);
    // The time of another has come, and its own comes in a minute.
    const due = await newTeam();
    await freeze(due.owner, due.path);
    const end = env.DB.prepare('UPDATE tenants SET deletes_at = ?2 WHERE id = ?1');
    await end.bind(due.tenantId, 1).run();
    await end.bind(tenantId, Date.now() + 60_000).run();
    const deleting = env.DB.prepare('DELETE FROM audit_log WHERE tenant_id = ?1').bind(tenantId);
    await expect(deleting.run()).rejects.toThrow(/SQLITE_CONSTRAINT/);
  });
});

describe('AUTH-1 the audit log is read by admins', () => {
  it('page by page, newest first, as it stands in D1', async () => {
    const { owner, path, invite, tenantId } = await newTeam();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 1_000 });
    await invite(freshEmail(), 'member');
    const first = (await owner.browser.get(`${path}/audit?limit=1`)).json;
    const rest = (await owner.browser.get(`${path}/audit?cursor=${first.nextCursor}`)).json;
    expect(Object.keys(first.items[0])).toEqual([
      'id',
      'actorId',
      'action',
      'target',
      'result',
      'requestId',
      'createdAt',
    ]);
    const items: { id: string; action: string }[] = [...first.items, ...rest.items];
    expect(items.map(({ action }) => action)).toEqual(['invitation.created', 'tenant.created']);
    for (const item of items) {
      const row = (await auditOf(tenantId)).find(({ id }) => id === item.id);
      expect(item).toEqual({
        id: row?.['id'],
        actorId: row?.['actor_id'],
        action: row?.['action'],
        target: row?.['target'],
        result: row?.['result'],
        requestId: row?.['request_id'],
        createdAt: new Date(Number(row?.['created_at'])).toISOString(),
      });
    }
    expect(rest.nextCursor).toBeNull();
  });
});
