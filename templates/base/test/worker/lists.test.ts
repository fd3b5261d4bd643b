import { describe, expect, it, vi } from 'vitest';
import { newUser, password } from './arrange.ts';
import type { Browser } from './browser.ts';
import { fill, newFurnishedTeam, tenantRoutes } from './tenant-routes.ts';

/** A list has more than one page where they hold one each, and then shows the same. */
async function expectPages(browser: Browser, path: string): Promise<void> {
  const idsOf = (items: { id: string }[]) => items.map(({ id }) => id);
  const whole = idsOf((await browser.get(path)).json.items);
  const paged: string[] = [];
  let query = '?limit=1';
  while (query !== '' && paged.length <= whole.length) {
    const { items, nextCursor } = (await browser.get(path + query)).json;
    paged.push(...idsOf(items));
    query = nextCursor === null ? '' : `?limit=1&cursor=${nextCursor}`;
  }
  expect(whole.length).toBeGreaterThan(1);
  expect(paged).toEqual(whole);
}

/** All that is made from now on is of one moment. */
const stopTheClock = () => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });

describe('API-1 a list is read to its end, page by page, also where all in it is of one moment', () => {
  it.each(tenantRoutes.filter(({ isList }) => isList))('$name', async ({ path }) => {
    stopTheClock();
    const { owner, ids } = await newFurnishedTeam();
    await expectPages(owner.browser, fill(path, ids));
  });

  it('GET /api/tenants', async () => {
    stopTheClock();
    const { browser } = await newUser();
    for (const name of ['Acme', 'Loom', 'Mill']) await browser.post('/api/tenants', { name });
    await expectPages(browser, '/api/tenants');
  });

  it('GET /api/me/security-events', async () => {
    stopTheClock();
    const { browser } = await newUser();
    for (let times = 0; times < 3; times += 1) {
      await browser.post('/api/auth/step-up', { password });
    }
    await expectPages(browser, '/api/me/security-events');
  });
});
