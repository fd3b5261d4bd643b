import { describe, expect, it } from 'vitest';
import { freshEmail, newUser, password } from './arrange.ts';
import { Browser } from './browser.ts';
import { post } from './post.ts';

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
