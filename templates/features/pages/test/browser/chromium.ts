import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { expect } from 'vitest';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
  'C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe',
];

/** Starts the browser of this machine, silent towards everybody but the app. @throws {Error} that says how to get one */
export function startBrowser(): Promise<Browser> {
  const wished = process.env['CHROME_PATH'];
  const executablePath = [...(wished === undefined ? [] : [wished]), ...places].find(existsSync);
  if (executablePath === undefined) {
    throw new Error(
      'There is no browser to test with. Install Chromium (Debian: apt-get install chromium; macOS: brew install --cask chromium; Windows: winget install Google.Chrome), or set CHROME_PATH to where one is.',
    );
  }
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath,
    args: [
      // Chromium refuses its sandbox to root, which tests in a container are.
      ...(isRoot ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A window whose every complaint counts: script errors, violations of the policy, what pages fetch from others. */
export interface Watched {
  readonly page: Page;
  readonly complaints: readonly string[];
  /** Fails unless there was nothing to complain about. */
  expectNoComplaints(): void;
}

/** Opens a window of its own, with cookies of its own. */
export async function openWindow(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({ baseURL: origin, ...options });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  const isOurs = (url: string) => url.startsWith(`${origin}/`);
  page.on('console', (message) => {
    const isStatus = message.text().startsWith('Failed to load resource: the server responded');
    if (isOurs(page.url()) && ['error', 'warning'].includes(message.type()) && !isStatus) {
      complaints.push(`${page.url()}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on('request', (request) => {
    // People do go to other sites; a page of ours must not do it for them.
    if (request.isNavigationRequest() || isOurs(request.url()) || !isOurs(page.url())) return;
    complaints.push(`${page.url()} asks ${request.url()}`);
  });
  return { page, complaints, expectNoComplaints: () => expect(complaints).toEqual([]) };
}
