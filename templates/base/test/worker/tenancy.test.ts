import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { Database } from '../../src/db/database.ts';
import { foundTenant } from '../../src/tenancy/my-tenants.ts';
import { newTenant, newUser, rowsOf } from './arrange.ts';
import type { Json } from './browser.ts';
import { newTeam } from './team.ts';

describe('API-1 what tenants and projects answer', () => {
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
      deletesAt: null,
    });
    expect((await browser.get('/api/tenants')).json.items).toEqual([created.json]);
    expect((await browser.get(`/api/tenants/${created.json.id}`)).json).toEqual(created.json);
  });

  it('a tenant without its owner, or an owner without the tenant, never comes about', async () => {
    const { userId } = await newUser();
    const before = (await rowsOf('tenants')).length;
    const nobody = { userId: `no ${userId}`, requestId: '', now: 0 };
    const founding = foundTenant(Database.open(env), 'x', nobody);
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
    const emptied = await owner.patch(place, { description: '' });
    expect(emptied.json).toEqual(project);
    await owner.patch(place, { description: changed.json.description });
    const renamed = await owner.patch(place, { name: 'Artemis' });
    expect(renamed.json).toEqual({ ...changed.json, name: 'Artemis' });
    expect((await owner.delete(place)).status).toBe(204);
    expect((await owner.get(place)).status).toBe(404);
    expect((await owner.delete(place)).status).toBe(404);
  });

  it('a search finds what a name holds, in any case, and knows no wildcards', async () => {
    const { owner, path } = await newTenant();
    for (const name of ['Apollo', '50 % off', 'a_b', 'axb', 'Caf\u00e9']) {
      await owner.post(`${path}/projects`, { name });
    }
    const find = async (q: string, order = ''): Promise<string[]> => {
      const query = `q=${encodeURIComponent(q)}${order}`;
      const { items } = (await owner.get(`${path}/projects?${query}`)).json;
      return items.map((item: { name: string }) => item.name);
    };
    for (const order of ['', '&sort=-createdAt', '&sort=name']) {
      expect(await find('POLL', order)).toEqual(['Apollo']);
    }
    expect(await find('fe\u0301')).toEqual(['Caf\u00e9']);
    expect(await find('%')).toEqual(['50 % off']);
    expect(await find('a_b')).toEqual(['a_b']);
    expect(await find("' OR 1=1 --")).toEqual([]);
  });

  it('newest first is oldest first the other way round, page by page', async () => {
    const { owner, path } = await newTenant();
    for (const name of ['1', '2', '3', '4', '5']) await owner.post(`${path}/projects`, { name });
    const idsOf = (page: Json) => page.items.map((item: { id: string }) => item.id);
    const oldest = idsOf((await owner.get(`${path}/projects?sort=createdAt`)).json);
    const first: Json = (await owner.get(`${path}/projects?sort=-createdAt&limit=3`)).json;
    const query = `sort=-createdAt&limit=3&cursor=${first.nextCursor}`;
    const second: Json = (await owner.get(`${path}/projects?${query}`)).json;
    expect([...idsOf(first), ...idsOf(second)]).toEqual(oldest.toReversed());
    expect(second.nextCursor).toBeNull();
  });

  it('by name, upper and lower case alike, page by page, also among equal names', async () => {
    const { owner, path } = await newTenant();
    for (const name of ['b', 'B', 'a', 'é', 'A', 'b'])
      await owner.post(`${path}/projects`, { name });
    const seen: string[] = [];
    const ids = new Set<string>();
    let query = '?sort=name&limit=2';
    for (let pages = 0; query !== '' && pages < 5; pages += 1) {
      const { items, nextCursor }: Json = (await owner.get(`${path}/projects${query}`)).json;
      for (const { id, name } of items) {
        ids.add(id);
        seen.push(name.toLowerCase());
      }
      query = nextCursor === null ? '' : `?sort=name&limit=2&cursor=${nextCursor}`;
    }
    expect(seen).toEqual(['a', 'a', 'b', 'b', 'b', 'é']);
    expect(ids.size).toBe(6);
  });

  it('a cursor of one order is refused in another, and in another list', async () => {
    const { owner, path } = await newTenant();
    for (const name of ['a', 'b']) await owner.post(`${path}/projects`, { name });
    const cursorOf = async (sort: string): Promise<string> =>
      (await owner.get(`${path}/projects?limit=1&sort=${sort}`)).json.nextCursor;
    const [byAge, byName] = [await cursorOf('createdAt'), await cursorOf('name')];
    for (const place of [
      `${path}/projects?sort=name&cursor=${byAge}`,
      `${path}/projects?cursor=${byName}`,
      `${path}/members?cursor=${byName}`,
      '/api/tenants?cursor=' + byName,
    ]) {
      const { status, json } = await owner.get(place);
      expect([status, json.errors?.[0]?.field]).toEqual([400, 'query.cursor']);
    }
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

describe('API-2 a user founds no more tenants than somebody needs', () => {
  it('of 25 that a user founds at once ten come about', async () => {
    const { browser } = await newUser();
    const founding = Array.from({ length: 25 }, () =>
      browser.post('/api/tenants', { name: 'Acme' }),
    );
    const statuses = (await Promise.all(founding)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(15);
    expect((await browser.get('/api/tenants')).json.items).toHaveLength(10);
  });
});

describe('DB-1 what there is of a tenant is counted as it comes and goes', () => {
  it('members and projects, each where they belong', async () => {
    const { owner, path, join, tenantId } = await newTeam();
    const other = await newTeam();
    await join('member');
    const gone = await join('member');
    await owner.browser.delete(`${path}/members/${gone.userId}`);
    await owner.browser.post(`${path}/projects`, { name: 'kept' });
    const removed = await owner.browser.post(`${path}/projects`, { name: 'removed' });
    await owner.browser.delete(`${path}/projects/${removed.json.id}`);
    const counts = new Map(
      (await rowsOf('tenants')).map((row) => [
        row['id'],
        { members: row['member_count'], projects: row['project_count'] },
      ]),
    );
    expect(counts.get(tenantId)).toEqual({ members: 2, projects: 1 });
    expect(counts.get(other.tenantId)).toEqual({ members: 1, projects: 0 });
  });
});
