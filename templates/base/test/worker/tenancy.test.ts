import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { routes } from '../../src/app.ts';
import { Database } from '../../src/db/database.ts';
import { foundTenant } from '../../src/tenancy/my-tenants.ts';
import { newTenant, newUser, rowsOf } from './arrange.ts';
import type { Browser, Json } from './browser.ts';

/** A body that a route would accept, so that a refusal is about the tenant and not about the body. */
const acceptable: Readonly<Record<string, unknown>> = {
  'PATCH /api/tenants/:tenantId': { name: 'Taken over' },
  'POST /api/tenants/:tenantId/projects': { name: 'Planted' },
  'PATCH /api/tenants/:tenantId/projects/:projectId': { name: 'Taken over' },
};

const tenantRoutes = routes
  .filter(({ access }) => access.kind === 'tenant')
  .map(({ method, path }) => [method, path] as const);

/** Everything that belongs to tenants, as it is in D1. */
const everything = async () => [
  await rowsOf('tenants'),
  await rowsOf('memberships'),
  await rowsOf('projects'),
];

/** The answer without what differs from one request to the next. */
async function answerTo(browser: Browser, method: string, path: string, body: unknown) {
  const { status, text, json, headers } = await browser.send(method, path, body);
  const comparable = [...headers].filter(([name]) => name !== 'x-request-id');
  return { status, text: text.replaceAll(json?.requestId ?? '-', ''), comparable };
}

describe('TEST-2 one tenant cannot reach another', () => {
  it('every route of a tenant that takes a body has one to try', () => {
    const writing = tenantRoutes.filter(([method]) => method === 'POST' || method === 'PATCH');
    expect(Object.keys(acceptable).toSorted()).toEqual(
      writing.map(([method, path]) => `${method} ${path}`).toSorted(),
    );
  });

  it.each(tenantRoutes)(
    "%s %s with another tenant's ids is as if they did not exist",
    async (method, path) => {
      const theirs = await newTenant();
      const project = (await theirs.owner.post(`${theirs.path}/projects`, { name: 'Secret' })).json;
      const mine = await newTenant();
      const body = acceptable[`${method} ${path}`];
      const before = await everything();
      const withIds = (tenantId: string, projectId: string) =>
        path.replace(':tenantId', tenantId).replace(':projectId', projectId);

      const reached = await answerTo(
        mine.owner,
        method,
        withIds(theirs.tenantId, project.id),
        body,
      );
      const absent = withIds(crypto.randomUUID(), crypto.randomUUID());
      expect(reached.status).toBe(404);
      expect(reached).toEqual(await answerTo(mine.owner, method, absent, body));

      expect(await everything()).toEqual(before);
    },
  );

  it.each(tenantRoutes.filter(([, path]) => path.includes(':projectId')))(
    "%s %s with my tenant and another's project is as if there were none",
    async (method, path) => {
      const theirs = await newTenant();
      const project = (await theirs.owner.post(`${theirs.path}/projects`, { name: 'Secret' })).json;
      const mine = await newTenant();
      const body = acceptable[`${method} ${path}`];
      const before = await everything();
      const withProject = (projectId: string) =>
        path.replace(':tenantId', mine.tenantId).replace(':projectId', projectId);
      const reached = await answerTo(mine.owner, method, withProject(project.id), body);
      expect(reached.status).toBe(404);
      const absent = withProject(crypto.randomUUID());
      expect(reached).toEqual(await answerTo(mine.owner, method, absent, body));
      expect(await everything()).toEqual(before);
    },
  );

  it('a list holds what is mine alone, on every page, whatever cursor is used', async () => {
    const theirs = await newTenant();
    const mine = await newTenant();
    for (const [{ owner, path }, name] of [
      [theirs, 'theirs'],
      [mine, 'mine'],
      [theirs, 'theirs'],
      [mine, 'mine'],
    ] as const) {
      await owner.post(`${path}/projects`, { name });
    }
    const { nextCursor } = (await theirs.owner.get(`${theirs.path}/projects?limit=1`)).json;
    for (const query of ['', '?limit=1', `?cursor=${nextCursor}`]) {
      const { items } = (await mine.owner.get(`${mine.path}/projects${query}`)).json;
      expect(items.length).toBeGreaterThan(0);
      expect(items.every((item: { name: string }) => item.name === 'mine')).toBe(true);
    }
    const { items } = (await mine.owner.get('/api/tenants')).json;
    expect(items.map((item: { id: string }) => item.id)).toEqual([mine.tenantId]);
  });

  it('writing in one tenant changes no row of another, though ids be equal', async () => {
    const theirs = await newTenant();
    const mine = await newTenant();
    const { id } = (await mine.owner.post(`${mine.path}/projects`, { name: 'mine' })).json;
    await env.DB.prepare(
      `INSERT INTO projects (tenant_id, id, name, description, created_at) VALUES (?1, ?2, 'theirs', '', 0)`,
    )
      .bind(theirs.tenantId, id)
      .run();
    const theirName = async () =>
      (await theirs.owner.get(`${theirs.path}/projects/${id}`)).json?.name;
    await mine.owner.patch(`${mine.path}/projects/${id}`, { name: 'changed' });
    expect(await theirName()).toBe('theirs');
    await mine.owner.patch(mine.path, { name: 'Renamed' });
    expect((await theirs.owner.get(theirs.path)).json.name).toBe('Acme');
    await mine.owner.delete(`${mine.path}/projects/${id}`);
    expect(await theirName()).toBe('theirs');
  });

  it('who is no longer a member is out at the next request', async () => {
    const { addMember, path, tenantId } = await newTenant();
    const member = await addMember('member');
    expect((await member.get(path)).status).toBe(200);
    const { user } = (await member.get('/api/me')).json;
    await env.DB.prepare('DELETE FROM memberships WHERE tenant_id = ?1 AND user_id = ?2')
      .bind(tenantId, user.id)
      .run();
    expect((await member.get(path)).status).toBe(404);
  });
});

describe('tenants and projects', () => {
  it('a user starts without a tenant and founds one', async () => {
    const { browser } = await newUser();
    expect((await browser.get('/api/tenants')).json).toEqual({ items: [], nextCursor: null });
    const created = await browser.post('/api/tenants', { name: 'Acme' });
    expect(created.status).toBe(201);
    expect(created.json).toEqual({
      id: expect.any(String),
      name: 'Acme',
      role: 'owner',
      tier: 'free',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    expect((await browser.get('/api/tenants')).json.items).toEqual([created.json]);
    expect((await browser.get(`/api/tenants/${created.json.id}`)).json).toEqual(created.json);
  });

  it('a tenant without its owner, or an owner without the tenant, never comes about', async () => {
    const { userId } = await newUser();
    const before = (await rowsOf('tenants')).length;
    const founding = foundTenant(Database.open(env), { userId: `no ${userId}`, name: 'x' }, 0);
    await expect(founding).rejects.toMatchObject({ kind: 'conflict' });
    expect(await rowsOf('tenants')).toHaveLength(before);
  });

  it('a project is created, read, changed, listed and deleted', async () => {
    const { owner, path } = await newTenant();
    const created = await owner.post(`${path}/projects`, { name: 'Apollo' });
    expect(created.status).toBe(201);
    const project = created.json;
    expect(project).toMatchObject({ id: expect.any(String), name: 'Apollo', description: '' });
    const place = `${path}/projects/${project.id}`;
    const changed = await owner.patch(place, { description: 'To the moon\nand back' });
    expect(changed.json).toEqual({ ...project, description: 'To the moon\nand back' });
    expect((await owner.get(place)).json).toEqual(changed.json);
    expect((await owner.get(`${path}/projects`)).json.items).toEqual([changed.json]);
    expect((await owner.delete(place)).status).toBe(204);
    expect((await owner.get(place)).status).toBe(404);
    expect((await owner.delete(place)).status).toBe(404);
  });

  it('pages follow each other without a gap or a repetition', async () => {
    const { owner, path } = await newTenant();
    const names = Array.from({ length: 7 }, (_, index) => `Project ${index}`);
    for (const name of names) await owner.post(`${path}/projects`, { name });
    const seen: string[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null && pages < 5; pages += 1) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page: Json = (await owner.get(`${path}/projects?limit=3${query}`)).json;
      seen.push(...page.items.map((item: { name: string }) => item.name));
      cursor = page.nextCursor;
    }
    expect(seen.toSorted()).toEqual(names);
    expect(cursor).toBeNull();
  });
});
