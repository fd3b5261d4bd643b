import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import * as z from 'zod';
import { openWindow, startBrowser } from './chromium.ts';
import { join, password, post } from './scenes.ts';
import { startServer, type Server } from './server.ts';

let browser: Browser;
let server: Server;
let page: Page;

beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
});

beforeEach(async () => {
  ({ page } = await openWindow(browser, server.origin));
  await page.goto('/');
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const press = (name: string) => page.getByRole('main').getByRole('button', { name }).click();
const text = async (expression: string) => z.string().parse(await page.evaluate(expression));
const focused = () =>
  text("document.activeElement.id || document.activeElement.getAttribute('role') || ''");
const created = z.object({ id: z.string() });

it('the focus goes to what is wrong', async () => {
  await page.goto('/login');
  await page.getByLabel('Email').fill('nobody@example.com');
  await page.getByRole('textbox', { name: 'Password' }).fill('wrong');
  await press('Log in');
  await page.getByRole('alert').waitFor();
  await expect.poll(focused).toBe('alert');
  expect(await page.getByRole('alert').innerText()).toContain('Address or password is wrong.');
  await page.goto('/signup');
  await page.getByLabel('Your name').fill('Ada');
  await page.getByLabel('Email').fill('ada@example.com');
  await page.getByRole('textbox', { name: 'Choose a password' }).fill('password');
  await press('Sign up');
  await page.getByText('Too many people use this password').waitFor();
  await expect.poll(focused).toBe('password');
});

it('scripts make it comfortable', async () => {
  await page.goto('/login');
  const field = page.getByRole('textbox', { name: 'Password' });
  await field.fill(password);
  const show = page.getByRole('button', { name: 'Show' });
  await show.click();
  expect(await field.getAttribute('type')).toBe('text');
  expect(await show.getAttribute('aria-pressed')).toBe('true');
  await show.click();
  expect(await field.getAttribute('type')).toBe('password');

  // An answer without a page, after which the browser stays: so it looks until one comes.
  await page.route('**/login', (route) => route.fulfill({ status: 204 }));
  await page.getByLabel('Email').fill('ada@example.com');
  const logIn = page.getByRole('main').getByRole('button', { name: 'Log in' });
  await logIn.click();
  await expect.poll(() => logIn.isDisabled()).toBe(true);
  expect(await logIn.getAttribute('aria-busy')).toBe('true');
});

it('the code of an invitation goes along to where one logs in', async () => {
  await page.goto('/accept-invitation#token=abc-123');
  const link = page.getByRole('main').getByRole('link', { name: 'Log in' });
  expect(await link.getAttribute('href')).toContain('#token=abc-123');
});

it('times are those of the reader', async () => {
  const opened = await openWindow(browser, server.origin, { timezoneId: 'Asia/Kathmandu' });
  ({ page } = opened);
  await page.goto('/');
  await join(page, 'kathmandu@example.com', 'Ada');
  await page.goto('/settings/activity');
  const time = page.locator('time').first();
  const moment = new Date((await time.getAttribute('datetime')) ?? '');
  expect(await time.textContent()).not.toContain('UTC');
  const minutes = new Intl.DateTimeFormat('en', { timeZone: 'Asia/Kathmandu', minute: '2-digit' });
  expect(await time.textContent()).toContain(`:${minutes.format(moment).padStart(2, '0')}`);
});

it('there is a light look and a dark one', async () => {
  const look = async (colorScheme: 'light' | 'dark') => {
    await page.emulateMedia({ colorScheme });
    const style = (name: string) => text(`getComputedStyle(document.body).${name}`);
    return { paper: await style('backgroundColor'), ink: await style('color') };
  };
  const [light, dark] = [await look('light'), await look('dark')];
  expect(await brightnessOf(light.paper)).toBeGreaterThan(0.8);
  expect(await brightnessOf(light.ink)).toBeLessThan(0.2);
  expect(await brightnessOf(dark.paper)).toBeLessThan(0.2);
  expect(await brightnessOf(dark.ink)).toBeGreaterThan(0.8);
});

it('what is printed is what is read, dark on light', async () => {
  await join(page, 'print@example.com', 'Ada');
  await page.goto('/settings/security');
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  expect(await page.getByRole('heading', { name: 'Devices' }).isVisible()).toBe(true);
  for (const unprinted of ['header nav', '.tabs', '.foot', 'main form', 'main .button']) {
    expect([unprinted, await page.locator(unprinted).first().isVisible()]).toEqual([
      unprinted,
      false,
    ]);
  }
  const ink = await text('getComputedStyle(document.body).color');
  expect(await brightnessOf(ink)).toBeLessThan(0.2);
});

it.each([true, false])(
  'going back shows nothing of who logged out, scripts: %s',
  async (javaScriptEnabled) => {
    const { page: window } = await openWindow(browser, server.origin, { javaScriptEnabled });
    page = window;
    await page.goto('/');
    await join(page, `back-${javaScriptEnabled}@example.com`, 'Ada Lovelace');
    await post(page, '/api/tenants', { name: 'Secret society' });
    await page.goto('/settings/profile');
    await page.goto('/dashboard');
    await page.getByText('Secret society').waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByText('You are logged out.').waitFor();
    for (let steps = 0; steps < 2; steps += 1) {
      await page.goBack();
      await page.getByRole('heading', { name: 'Log in' }).waitFor();
      const content = await page.content();
      expect(content).not.toContain('Secret society');
      expect(content).not.toContain('Ada Lovelace');
    }
  },
);

it('a list is searched and read to its end', async () => {
  await join(page, 'list@example.com', 'Ada');
  const { id } = created.parse(await post(page, '/api/tenants', { name: 'Analytical Engines' }));
  const names = Array.from({ length: 21 }, (_, number) => `Loom ${number}`);
  for (const name of [...names, 'Mill']) await post(page, `/api/tenants/${id}/projects`, { name });
  await page.goto(`/tenants/${id}/projects`);
  const rows = page.locator('main .rows > li');
  expect(await rows.count()).toBe(20);
  await page.getByRole('link', { name: 'Next page' }).click();
  await expect.poll(() => rows.count()).toBe(2);
  await page.getByRole('link', { name: 'Back to the beginning' }).click();
  await expect.poll(() => rows.count()).toBe(20);
  await page.getByLabel('Search by name').fill('Mill');
  await press('Search');
  await expect.poll(() => rows.allInnerTexts()).toEqual([expect.stringContaining('Mill')]);
  await page.getByLabel('Search by name').fill('nothing like it');
  await press('Search');
  await page.getByRole('link', { name: 'Show all' }).click();
  await expect.poll(() => rows.count()).toBe(20);
});

/** How bright a colour is that the browser computed, from 0 to 1, as it is drawn. */
async function brightnessOf(color: string): Promise<number> {
  const drawn = await page.evaluate(`(() => {
    const context = document.createElement('canvas').getContext('2d');
    context.fillStyle = ${JSON.stringify(color)};
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  })()`);
  const [red = 0, green = 0, blue = 0] = z.array(z.number()).parse(drawn);
  return (red + green + blue) / 3 / 255;
}
