import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { decidedPages } from '../worker/decided-pages.ts';
import { openWindow, startBrowser } from './chromium.ts';
import { startFaultyServer, startServer, type Server } from './server.ts';
import { openWorld } from './world.ts';

let browser: Browser;
let server: Server;
let faulty: Server;

beforeAll(async () => {
  server = await startServer();
  faulty = await startFaultyServer();
  browser = await startBrowser();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await faulty?.stop();
});

/** Pages that show nothing themselves: files, what is downloaded, and what leads on. */
const withoutLooks = [
  '/assets/:file',
  '/settings',
  '/settings/export',
  '/tenants/:tenantId',
  '/tenants/:tenantId/export',
];

const rules = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  preload: false,
};
const violations = z.object({
  violations: z.array(
    z.object({ id: z.string(), nodes: z.array(z.object({ failureSummary: z.string() })) }),
  ),
});

/** What axe has against a page (WCAG 2.2, level AA). */
async function wrongWith(page: Page) {
  await page.evaluate(axe.source);
  const answer = await page.evaluate(`axe.run(document, ${JSON.stringify(rules)})`);
  return violations
    .parse(answer)
    .violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.failureSummary)]);
}

it('every page is open to everybody, fits a narrow screen, and nothing complains', async () => {
  const seen = new Set<string>();
  const wrong: unknown[] = [];
  for (const { window, scenes } of await openWorld(browser, server.origin, faulty.origin)) {
    const { page } = window;
    let status = 0;
    page.on('response', (response) => {
      const isOurs = [server, faulty].some(({ origin }) => response.url().startsWith(`${origin}/`));
      if (isOurs && response.request().isNavigationRequest()) status = response.status();
    });
    for (const scene of scenes) {
      await page.setViewportSize({ width: 320, height: 640 });
      await scene.open(page);
      const expected = scene.status ?? 200;
      if (status !== expected) wrong.push([scene.name, `answered ${status}, not ${expected}`]);
      seen.add(new URL(page.url()).pathname);
      const width = Number(await page.evaluate('document.documentElement.scrollWidth'));
      if (width > 320) wrong.push([scene.name, `is ${width} pixels wide`]);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const found = await wrongWith(page);
        if (found.length > 0) wrong.push([scene.name, colorScheme, found]);
      }
    }
    window.expectNoComplaints();
  }
  expect(wrong).toEqual([]);
  const unseen = decidedPages.filter(([method, path]) => {
    if (method !== 'GET' || withoutLooks.includes(path)) return false;
    const pattern = new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`);
    return ![...seen].some((visited) => pattern.test(visited));
  });
  expect(unseen).toEqual([]);
});

it('a violation of the policy would be noticed', async () => {
  const { page, complaints } = await openWindow(browser, server.origin);
  await page.goto('/');
  await page.evaluate("document.body.append(document.createElement('script'))");
  await page.evaluate("document.querySelector('body > script').textContent = 'alert(1)'");
  await expect.poll(() => complaints.join()).toContain('Content Security Policy');
});

it('axe would notice an image that says nothing', async () => {
  const { page } = await openWindow(browser, server.origin);
  await page.goto('/');
  await page.evaluate("document.querySelector('main').append(new Image())");
  expect(JSON.stringify(await wrongWith(page))).toContain('image-alt');
});
