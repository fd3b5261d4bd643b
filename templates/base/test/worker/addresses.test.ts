import { describe, expect, it } from 'vitest';
import { freshEmail, newTenant, newUser, password, rowsOf } from './arrange.ts';
import { Browser } from './browser.ts';
import { post } from './post.ts';
import { newTeam } from './team.ts';

const elsewhere = 'https://www.example';

/** A browser of an app whose mails lead to another site than its own. */
function linkingElsewhere(browser = new Browser()): Browser {
  browser.env = { ...browser.env, LINK_BASE_URL: elsewhere };
  return browser;
}

describe('AUTH-5 mails lead to the site that is configured for them', () => {
  it('though the app answers at another', async () => {
    const email = freshEmail();
    const browser = linkingElsewhere();
    await browser.post('/api/auth/signup', { email, password, name: 'Ada' });
    await browser.post('/api/auth/password/forgot', { email });
    const texts = post.to(email).flatMap(({ text, html }) => [text, html]);
    expect(texts).toHaveLength(4);
    for (const text of texts) {
      expect(text).toMatch(/https:\/\/www\.example\/(verify-email|reset-password)#token=/);
      expect(text).not.toContain('app.example');
    }
  });
});

describe('AUTH-7 the site that mails lead to changes nothing by itself', () => {
  it('its Origin is as foreign as any other, and ours is still ours', async () => {
    const { browser } = await newUser();
    linkingElsewhere(browser);
    const foreign = await browser.patch('/api/me', { name: 'Eve' }, { Origin: elsewhere });
    expect([foreign.status, foreign.json.code]).toEqual([403, 'origin_rejected']);
    expect((await browser.patch('/api/me', { name: 'Grace' })).status).toBe(200);
  });
});

describe('API-1 an address is one address, in one form', () => {
  it.each([
    'ada@example.com\r\nBcc: eve@evil.example',
    'ada lovelace@example.com',
    'ada@exam ple.com',
    'ada@example',
    'ada@example.com,eve@evil.example',
    'ada@example.com>',
    'Ada <ada@example.com>',
    'ada@@example.com',
    '@example.com',
    'ada',
    'ada@example.com\0',
    `${'a'.repeat(250)}@example.com`,
    // A ligature, which is three letters in NFKC.
    `${'\uFB03'.repeat(90)}@example.com`,
  ])('%j is refused, and nothing is sent', async (address) => {
    const { owner, path } = await newTenant();
    const sent = post.sent.length;
    const asked: readonly (readonly [Browser, string, object])[] = [
      [new Browser(), '/api/auth/signup', { password, name: 'Ada' }],
      [owner, '/api/me/email', {}],
      [owner, `${path}/invitations`, { role: 'member' }],
    ];
    for (const [browser, at, more] of asked) {
      const { status, json } = await browser.post(at, { ...more, email: address });
      expect([at, status, json.errors?.[0]?.field]).toEqual([at, 400, 'body.email']);
    }
    expect(post.sent).toHaveLength(sent);
  });

  it('however it was typed, it is stored and found as NFKC, trimmed, in lower case', async () => {
    const { owner, path } = await newTeam();
    const email = freshEmail();
    const wide = ` ${email.toUpperCase().replace('USER', '\uFF35\uFF33\uFF25\uFF32')} `;
    await owner.browser.post(`${path}/invitations`, { email: wide, role: 'member' });
    const { items } = (await owner.browser.get(`${path}/invitations`)).json;
    expect(items).toEqual([expect.objectContaining({ email })]);
    await new Browser().post('/api/auth/signup', { email: wide, password, name: 'Ada' });
    const stored = (await rowsOf('users')).filter((row) => row['email'] === email);
    expect(stored).toHaveLength(1);
  });

  it('text of several lines is kept as NFC', async () => {
    const { owner, path } = await newTenant();
    const project = { name: 'One', description: 'cafe\u0301\nau lait' };
    const { json } = await owner.post(`${path}/projects`, project);
    expect(json.description).toBe('caf\u00E9\nau lait');
  });
});
