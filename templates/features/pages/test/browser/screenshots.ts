import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startBrowser } from './chromium.ts';
import { startFaultyServer, startServer } from './server.ts';
import { openWorld } from './world.ts';

const folder = join(import.meta.dirname, '../../screenshots');

it('each page is drawn, light and dark, narrow and wide', async () => {
  const server = await startServer();
  const faulty = await startFaultyServer();
  const browser = await startBrowser();
  try {
    mkdirSync(folder, { recursive: true });
    let drawn = 0;
    for (const { window, scenes } of await openWorld(browser, server.origin, faulty.origin)) {
      for (const scene of scenes) {
        await scene.open(window.page);
        for (const width of [360, 1280]) {
          for (const colorScheme of ['light', 'dark'] as const) {
            await window.page.emulateMedia({ colorScheme });
            await window.page.setViewportSize({ width, height: 800 });
            const path = join(folder, `${scene.name}-${width}-${colorScheme}.png`);
            await window.page.screenshot({ path, fullPage: true });
            drawn += 1;
          }
        }
      }
    }
    expect(drawn).toBeGreaterThan(100);
    // oxlint-disable-next-line no-console -- where to look is what the command is for
    console.log(`${drawn} pictures are in ${folder}`);
  } finally {
    await browser.close();
    await server.stop();
    await faulty.stop();
  }
});
