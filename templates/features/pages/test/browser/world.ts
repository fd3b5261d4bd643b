import type { Browser } from 'playwright-core';
import * as z from 'zod';
import { openWindow, type Watched } from './chromium.ts';
import { join, newcomerScenes, ownerScenes, post, visitorScenes, type Scene } from './scenes.ts';

/** Somebody's window, and what is to be seen in it. */
export interface Cast {
  readonly window: Watched;
  readonly scenes: readonly Scene[];
}

const created = z.object({ id: z.string() });

/** Three people: a visitor, somebody new, and the owner of a workspace with something in it. */
export async function openWorld(browser: Browser, origin: string): Promise<readonly Cast[]> {
  const visitor = await openWindow(browser, origin);
  const newcomer = await openWindow(browser, origin);
  await newcomer.page.goto('/');
  await join(newcomer.page, 'grace@example.com', 'Grace Hopper');
  const owner = await openWindow(browser, origin);
  await owner.page.goto('/');
  await join(owner.page, 'ada@example.com', 'Ada Lovelace');
  const founded = await post(owner.page, '/api/tenants', { name: 'Analytical Engines' });
  const tenant = `/api/tenants/${created.parse(founded).id}`;
  const description =
    'Weaves algebraic patterns just as the Jacquard loom weaves flowers and leaves.';
  const project = await post(owner.page, `${tenant}/projects`, { name: 'Loom', description });
  for (const name of [
    'Mill',
    'Store',
    'Bernoulli numbers',
    `A long name ${'of a project '.repeat(6)}`,
  ]) {
    await post(owner.page, `${tenant}/projects`, { name });
  }
  await post(owner.page, `${tenant}/invitations`, { email: 'charles@example.com', role: 'admin' });
  return [
    { window: visitor, scenes: visitorScenes },
    { window: newcomer, scenes: newcomerScenes },
    {
      window: owner,
      scenes: ownerScenes(created.parse(founded).id, created.parse(project).id),
    },
  ];
}
