import { describe, expect, it, vi } from 'vitest';
import { newUser, password } from './arrange.ts';
import type { Browser } from './browser.ts';
import { newTeam } from './team.ts';
import { fill, newFurnishedTeam, tenantRoutes } from './tenant-routes.ts';

const idsOf = (items: { id: string }[]) => items.map(({ id }) => id);

/** The list as a whole, and as pages of one each. */
async function read(browser: Browser, path: string, order = '') {
  const whole = idsOf((await browser.get(`${path}?${order}`)).json.items);
  const paged: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null && paged.length <= whole.length) {
    const from = cursor === '' ? '' : `&cursor=${cursor}`;
    const { json } = await browser.get(`${path}?limit=1${from}${order}`);
    const page = idsOf(json.items ?? []);
    paged.push(...(page.length === 0 ? ['an empty page'] : page));
    cursor = json.nextCursor;
  }
  return { whole, paged };
}

/** All that is made from now on is of one moment. */
const stopTheClock = () => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });

describe('API-1 a list is read to its end, page by page, also where all in it is of one moment', () => {
  it.each(tenantRoutes.filter(({ isList }) => isList))('$name', async ({ path }) => {
    stopTheClock();
    const { owner, ids } = await newFurnishedTeam();
    const { whole, paged } = await read(owner.browser, fill(path, ids));
    expect(whole.length).toBeGreaterThan(1);
    expect(paged).toEqual(whole);
  });

  it.each(['-createdAt', 'name'])('projects by %s', async (sort) => {
    stopTheClock();
    const { owner, path } = await newTeam();
    for (let times = 0; times < 3; times += 1) {
      await owner.browser.post(`${path}/projects`, { name: 'Same'.repeat(25) });
    }
    const { whole, paged } = await read(owner.browser, `${path}/projects`, `&sort=${sort}`);
    expect(whole).toHaveLength(3);
    expect(paged).toEqual(whole);
    const [page, other] = [`${path}/projects?limit=1`, sort === 'name' ? 'createdAt' : 'name'];
    const { nextCursor } = (await owner.browser.get(`${page}&sort=${sort}`)).json;
    const mixed = await owner.browser.get(`${page}&sort=${other}&cursor=${nextCursor}`);
    expect([mixed.status, mixed.json.errors?.[0]?.field]).toEqual([400, 'query.cursor']);
    const elsewhere = await owner.browser.get(`/api/tenants?cursor=${nextCursor}`);
    expect(elsewhere.status).toBe(sort === 'name' ? 400 : 200);
  });

  it('GET /api/tenants', async () => {
    stopTheClock();
    const { browser } = await newUser();
    for (const name of ['Acme', 'Loom', 'Mill']) await browser.post('/api/tenants', { name });
    const { whole, paged } = await read(browser, '/api/tenants');
    expect(whole).toHaveLength(3);
    expect(paged).toEqual(whole);
  });

  it('GET /api/me/security-events', async () => {
    stopTheClock();
    const { browser } = await newUser();
    for (let times = 0; times < 3; times += 1) {
      await browser.post('/api/auth/step-up', { password });
    }
    const { whole, paged } = await read(browser, '/api/me/security-events');
    expect(whole.length).toBeGreaterThan(2);
    expect(paged).toEqual(whole);
  });
});
