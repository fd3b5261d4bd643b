import { describe, expect, it } from 'vitest';
import { stylesheet, script, icon } from '../../src/pages/assets.ts';
import { newUser } from './arrange.ts';
import { Browser } from './browser.ts';
import { open, sendForm } from './person.ts';
import { newTeam } from './team.ts';

const types = new Map([
  ['css', 'text/css; charset=utf-8'],
  ['js', 'text/javascript; charset=utf-8'],
  ['svg', 'image/svg+xml'],
]);
const visited = ['/', '/login', '/signup', '/nothing-here', '/dashboard', '/settings/security'];

/** A browser takes a stylesheet or a script by no other type. */
const typeOf: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

describe('DEP-4 files change their name with their content, pages are never kept', () => {
  it.each([stylesheet, script, icon])('$path is kept for ever', async ({ path, content }) => {
    const answer = await new Browser().get(path);
    expect(answer.text).toBe(content);
    expect(content.length).toBeGreaterThan(100);
    expect(answer.headers.get('Content-Type')).toBe(typeOf[path.split('.').at(-1) ?? '']);
    expect(answer.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable');
    // Browsers take nothing for a script or a style that is not called one.
    expect(answer.headers.get('Content-Type')).toBe(types.get(path.split('.').at(-1) ?? ''));
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it('the name of a file is the hash of its content', async () => {
    for (const { path, content } of [stylesheet, script, icon]) {
      const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(content));
      expect(path).toContain(`.${new Uint8Array(hash).toHex().slice(0, 16)}.`);
    }
  });

  it('a file of another version is answered with this one, and not kept', async () => {
    const answer = await new Browser().get('/assets/styles.0123456789abcdef.css');
    expect([answer.status, answer.text]).toEqual([200, stylesheet.content]);
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
  });

  it('an error in the place of a file is not kept', async () => {
    const visitor = new Browser();
    const limit = () => Promise.resolve({ success: false });
    visitor.env = { ...visitor.env, FLOOD_LIMITER: { limit } };
    const answer = await visitor.get(stylesheet.path);
    expect([answer.status, answer.headers.get('Cache-Control')]).toEqual([429, 'no-store']);
  });

  it.each(['/assets/other.0123456789abcdef.css', '/assets/styles', '/assets/..%2f..%2fapp.ts'])(
    '%s is not there',
    async (path) => {
      expect((await new Browser().get(path)).status).toBe(404);
    },
  );

  it('no page is kept, so that going back shows nothing of who logged out', async () => {
    const { owner } = await newTeam();
    for (const browser of [new Browser(), owner.browser]) {
      for (const path of visited) {
        expect((await open(browser, path)).headers.get('Cache-Control')).toBe('no-store');
      }
    }
    for (const [path, { browser }] of [
      ['/logout', owner],
      ['/settings/sessions/end-all', await newUser()],
      ['/settings/delete', await newUser()],
    ] as const) {
      const left = await sendForm(browser, path);
      expect([path, left.headers.get('Clear-Site-Data')]).toEqual([path, '"cache", "storage"']);
      expect(browser.cookies.has('__Host-sid')).toBe(false);
    }
  });
});

describe('API-4 a page runs our script and shows our style, and nothing else', () => {
  it.each(visited)('%s', async (path) => {
    const { owner } = await newTeam();
    const [answer, again] = [await open(owner.browser, path), await open(owner.browser, path)];
    if (answer.status === 303) return;
    const policy = answer.headers.get('Content-Security-Policy') ?? '';
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:/);
    const [, nonce = ''] = /script-src 'nonce-([0-9a-f]{32})'/.exec(policy) ?? [];
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "img-src 'self'",
      `script-src 'nonce-${nonce}'`,
      `style-src 'nonce-${nonce}'`,
    ]);
    expect(again.headers.get('Content-Security-Policy')).not.toBe(policy);
    // No address of ours goes to other sites; without any, older browsers send no Origin either.
    expect(answer.headers.get('Referrer-Policy')).toBe('same-origin');
    expect(answer.text).toContain(`href="${stylesheet.path}" nonce="${nonce}"`);
    const scripts = [...answer.text.matchAll(/<script([^>]*)>([^<]*)</g)];
    // `defer`: it finds the whole page there, and keeps nobody waiting.
    expect(scripts.map(([, attributes = '', inside]) => [attributes.trim(), inside])).toEqual([
      [`src="${script.path}" nonce="${nonce}" defer=""`, ''],
    ]);
    const [style = ''] = /<link rel="stylesheet"[^>]*>/.exec(answer.text) ?? [];
    expect(style).toContain(`href="${stylesheet.path}" nonce="${nonce}"`);
    expect(answer.text).not.toMatch(/<style|<base|<iframe|\sstyle=|\son\w+=|javascript:/i);
    expect(answer.text).not.toMatch(/(?:src|href|action)="(?:https?:)?\/\//);
  });
});
