import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { pages } from '../../src/pages/index.ts';
import { newTenant, newUser, password } from './arrange.ts';
import { Browser, origin } from './browser.ts';
import { decidedPages } from './decided-pages.ts';
import { interceptD1 } from './doubles.ts';
import { formsOn, inputOn, navigation, open, sendForm } from './person.ts';
import { newTeam } from './team.ts';

const concrete = (path: string, tenantId: string = crypto.randomUUID()) =>
  path.replace(':tenantId', tenantId).replace(/:\w+/g, () => crypto.randomUUID());
const guarded = decidedPages.flatMap(([method, path, access]) =>
  access === 'user' ? [[method, path] as const] : [],
);

/** Names and texts that would do harm where they stood unescaped. */
const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' autofocus onfocus=alert(1) x='",
  '</title></textarea></select><svg onload=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '\u007B\u007Bconstructor.constructor("alert(1)")()}}',
  '<!--<base href=//evil.example>',
];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

describe('AUTH-1 a page is for everybody, or for those who are logged in', () => {
  it('as it was decided', () => {
    const declared = pages.map(({ method, path, access, call }) =>
      [method, path, access.kind, ...(call === undefined ? [] : [call])].join(' '),
    );
    expect(new Set(declared)).toEqual(new Set(decidedPages.map((row) => row.join(' '))));
    expect(declared).toHaveLength(decidedPages.length);
  });

  it.each(guarded)('%s %s sends a visitor to log in', async (method, path) => {
    const at = concrete(path);
    const visitor = new Browser();
    const answer = await (method === 'GET' ? open(visitor, at) : sendForm(visitor, at));
    const wanted = method === 'GET' && !at.startsWith('/settings/mfa/') ? at : '/dashboard';
    expect([answer.status, answer.headers.get('Location')]).toEqual([
      303,
      `/login?returnTo=${encodeURIComponent(wanted)}`,
    ]);
    expect(answer.text).toBe('');
  });

  it.each(guarded)('%s %s sends somebody to log in whose session ended', async (method, path) => {
    const { browser } = await newUser();
    const captured = { Cookie: browser.cookieHeader() };
    await browser.post('/api/auth/logout');
    const at = concrete(path);
    const again = new Browser();
    const answer =
      method === 'GET'
        ? await again.get(at, { ...navigation, ...captured })
        : await sendForm(again, at, {}, captured);
    expect(answer.headers.get('Location')).toMatch(/^\/login\?returnTo=/);
  });

  it('a page shows nothing of a tenant to those who are not in it', async () => {
    const team = await newTeam('Secret society');
    const { browser } = await newUser();
    for (const [method, path] of decidedPages) {
      if (method !== 'GET' || !path.startsWith('/tenants/:tenantId/')) continue;
      const answer = await open(browser, concrete(path, team.tenantId));
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.text).not.toContain('Secret society');
    }
  });

  it('what takes a higher role is refused by the API, whatever the page offers', async () => {
    const { tenantId, addMember } = await newTenant();
    const member = await addMember('member');
    for (const part of ['audit', 'export']) {
      const answer = await open(member, `/tenants/${tenantId}/${part}`);
      expect([part, answer.status]).toEqual([part, 403]);
    }
    await sendForm(member, `/tenants/${tenantId}/settings`, { name: 'Taken over' });
    const { text } = await open(member, `/tenants/${tenantId}/projects`);
    expect(text).not.toContain('Taken over');
  });
});

describe('AUTH-7 a form of another site changes nothing', () => {
  it.each(decidedPages.flatMap(([method, path]) => (method === 'POST' ? [path] : [])))(
    'POST %s refuses a foreign Origin',
    async (path) => {
      const { owner, tenantId } = await newTenant();
      for (const headers of [
        { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' },
        { 'Sec-Fetch-Site': 'same-site', Origin: 'https://other.app.example' },
        { 'Sec-Fetch-Site': 'none', Origin: origin },
      ]) {
        const answer = await sendForm(owner, concrete(path, tenantId), {}, headers);
        expect(answer.status).toBe(403);
        expect(answer.text).toContain('another site');
      }
    },
  );

  it('a browser without Sec-Fetch-Site is told by its Origin', async () => {
    const { browser } = await newUser();
    const send = (Origin: string) =>
      browser.send('POST', '/tenants', 'name=Acme', {
        Origin,
        'Content-Type': 'application/x-www-form-urlencoded',
      });
    expect((await send('https://evil.example')).status).toBe(403);
    expect((await send('null')).status).toBe(403);
    expect((await send(origin)).status).toBe(303);
  });
});

describe('AUTH-7 after logging in a page leads to a path of this app', () => {
  it.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/%2f/evil.example',
    '/\t/evil.example',
    'evil.example',
  ])('%j is not followed', async (returnTo) => {
    const { browser, email } = await newUser();
    const visitor = new Browser();
    const form = await open(visitor, `/login?returnTo=${encodeURIComponent(returnTo)}`);
    expect(form.text).toContain('name="returnTo" value="/dashboard"');
    const answer = await sendForm(visitor, '/login', { email, password, returnTo });
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, '/dashboard']);
    const stepped = await sendForm(browser, '/step-up', { step_up_password: password, returnTo });
    expect([stepped.status, stepped.headers.get('Location')]).toEqual([303, '/']);
  });

  it('a path of ours is', async () => {
    const { email } = await newUser();
    const visitor = new Browser();
    const returnTo = '/settings/security';
    const answer = await sendForm(visitor, '/login', { email, password, returnTo });
    expect(answer.headers.get('Location')).toBe(returnTo);
    expect((await open(visitor, returnTo)).status).toBe(200);
  });
});

describe('AUTH-4 a page asks for a fresh proof where the API does', () => {
  it('keeps what was typed, and does it once the proof is there', async () => {
    const { owner, path, tenantId } = await newTeam();
    const { browser, userId } = owner;
    await env.DB.prepare('UPDATE sessions SET mfa_at = 1 WHERE user_id = ?1').bind(userId).run();
    const at = `/tenants/${tenantId}/invitations`;
    const fields = { email: 'grace@example.com', role: 'admin' };
    const asked = await sendForm(browser, at, fields);
    expect(asked.status).toBe(403);
    expect(asked.text).toContain('Is it you?');
    const form = formsOn(asked).find(({ action }) => action === at);
    expect(form).toEqual({ action: at, fields: ['email', 'role', 'step_up_password'] });
    const wrong = await sendForm(browser, at, { ...fields, step_up_password: 'wrong' });
    expect([wrong.status, wrong.text.includes('grace@example.com')]).toEqual([401, true]);
    expect(wrong.text).toContain('That is not right. Try again.');
    expect((await browser.get(`${path}/invitations`)).json.items).toEqual([]);
    const done = await sendForm(browser, at, { ...fields, step_up_password: password });
    expect(done.status).toBe(303);
    const { items } = (await browser.get(`${path}/invitations`)).json;
    expect(items).toMatchObject([fields]);
  });

  it('leads back to the page with the link of a download', async () => {
    const { owner, tenantId } = await newTeam();
    await env.DB.prepare('UPDATE sessions SET mfa_at = 1').run();
    const headers = { ...navigation, Referer: `${origin}/tenants/${tenantId}/settings` };
    const asked = await owner.browser.get(`/tenants/${tenantId}/export`, headers);
    expect(asked.text).toContain(`name="returnTo" value="/tenants/${tenantId}/settings"`);
  });
});

describe('API-1 what a page shows is text, whoever wrote it', () => {
  const seen = (text: string) => hostile.filter((piece) => text.includes(piece));
  /** How a text stands in an attribute: with every character escaped that could end it. */
  const asValue = (text: string) =>
    `value="${text.replace(/[&<>"']/g, (character) => entities[character] ?? '')}"`;

  it.each(hostile)('%j as a name, everywhere a name is shown', async (name) => {
    const { owner, tenantId, invite } = await newTeam(name);
    const at = `/tenants/${tenantId}`;
    await owner.browser.patch('/api/me', { name });
    await owner.browser.post(`/api${at}/projects`, { name, description: name });
    await invite('grace@example.com', 'member');
    const { items } = (await owner.browser.get(`/api${at}/projects`)).json;
    const project = `${at}/projects/${items[0].id}`;
    const tried = [
      '/dashboard',
      ...['projects', 'projects/new', 'members', 'audit', 'settings', 'delete'].map(
        (part) => `${at}/${part}`,
      ),
      project,
      `${project}/delete`,
      '/settings/profile',
      '/settings/security',
      `${at}/projects?q=${encodeURIComponent(name)}`,
    ];
    for (const path of tried) {
      const answer = await open(owner.browser, path);
      expect([path, answer.status]).toEqual([path, 200]);
      expect(seen(answer.text)).toEqual([]);
    }
  });

  it.each(hostile)('%j as something typed comes back as it was, escaped', async (text) => {
    const { browser } = await newUser();
    const visitor = new Browser();
    const typed = { name: text, email: text, password: 'short', token: text };
    for (const [path, ...fields] of [
      ['/signup', 'name', 'email'],
      ['/login', 'email'],
      ['/forgot-password', 'email'],
      ['/reset-password', 'token'],
      ['/verify-email', 'token'],
    ] as const) {
      const answer = await sendForm(visitor, path, { ...typed, returnTo: text });
      for (const field of fields) expect(inputOn(answer, field)).toContain(asValue(text));
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(seen(answer.text)).toEqual([]);
      expect(answer.text).not.toContain('value="short"');
    }
    const long = `${text}${'x'.repeat(100)}`;
    const refused = await sendForm(browser, '/settings/profile', { name: long });
    expect(refused.status).toBe(400);
    expect(seen(refused.text)).toEqual([]);
    expect(inputOn(refused, 'name')).toContain(asValue(long));
    expect(inputOn(refused, 'name')).toContain('aria-invalid="true"');
    await env.DB.prepare('UPDATE sessions SET mfa_at = 1').run();
    const asked = await sendForm(browser, '/settings/delete', { note: text });
    expect([asked.status, seen(asked.text)]).toEqual([403, []]);
    expect(inputOn(asked, 'note')).toContain(asValue(text));
  });

  it.each(hostile)('%j in the cookie for messages is not shown', async (text) => {
    const visitor = new Browser();
    visitor.cookies.set('__Host-flash', encodeURIComponent(text));
    const answer = await open(visitor, '/login');
    expect(answer.text).not.toContain('alert(1)');
    expect(answer.text).not.toContain('role="status"');
  });

  it('a message is shown once', async () => {
    const { browser } = await newUser();
    await sendForm(browser, '/settings/profile', { name: 'Augusta' });
    expect(browser.cookies.get('__Host-flash')).toBe(encodeURIComponent('Your profile is saved.'));
    expect((await open(browser, '/settings/profile')).text).toContain('Your profile is saved.');
    expect((await open(browser, '/settings/profile')).text).not.toContain('Your profile is saved.');
  });

  it('no address leads the API elsewhere', async () => {
    const { browser } = await newUser();
    for (const id of [
      '..',
      '%2e%2e',
      '..%2f..%2fme',
      '%2e%2e%2fme%3f',
      'a%2fb',
      '%00',
      ';',
      '😀',
    ]) {
      for (const path of [`/tenants/${id}/projects`, `/tenants/${id}/settings`]) {
        const answer = await open(browser, path);
        expect([path, [303, 404].includes(answer.status)]).toEqual([path, true]);
      }
    }
  });
});

describe('ERR-1 an error is a page for browsers, and a problem for programs', () => {
  const down = () => {
    throw new Error('D1_ERROR: sentinel-7f3a at /srv/app.ts:12');
  };

  it('in the words of a page, with the id to quote, and nothing from the inside', async () => {
    const noted = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { browser } = await newUser();
    const lost = await open(browser, '/nothing-here');
    expect([lost.status, lost.headers.get('Content-Type')]).toEqual([
      404,
      'text/html; charset=UTF-8',
    ]);
    expect(lost.text).toContain(`<code>${lost.headers.get('X-Request-Id')}</code>`);
    browser.env = { ...browser.env, DB: interceptD1(down) };
    for (const path of ['/dashboard', '/settings/security', '/']) {
      const answer = await open(browser, path);
      expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, '30']);
      expect(answer.text).toContain('Temporarily unavailable');
      expect(answer.text).not.toContain('sentinel');
      expect(answer.headers.get('Content-Security-Policy')).toContain("script-src 'nonce-");
      expect(String(noted.mock.lastCall)).toContain(answer.headers.get('X-Request-Id'));
    }
  });

  it('without a configuration the page is there all the same', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const visitor = new Browser();
    visitor.env = { ...visitor.env, APP_ENV: '' };
    const answer = await open(visitor, '/login');
    expect([answer.status, answer.text.includes('Temporarily unavailable')]).toEqual([503, true]);
  });

  it('a limit says when to come back', async () => {
    const visitor = new Browser();
    let answer = await sendForm(visitor, '/forgot-password', { email: 'a@example.com' });
    for (let sent = 1; sent < 11; sent += 1) {
      answer = await sendForm(visitor, '/forgot-password', { email: 'a@example.com' });
    }
    expect(answer.status).toBe(429);
    expect(answer.text).toMatch(/Too many attempts\. Try again in (?:59|60) minutes\./);
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(3_400);
  });

  it('the API stays as it is, whatever it is asked to accept', async () => {
    for (const headers of [{}, { Accept: 'text/html' }, { Accept: 'text/html,*/*;q=0.8' }]) {
      const answer = await new Browser().get('/api/me', headers);
      expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
      expect([answer.status, answer.json.code]).toEqual([401, 'unauthenticated']);
    }
    const page = await new Browser().get('/api/me/export', {
      ...navigation,
      'Sec-Fetch-Dest': 'document',
    });
    expect([page.status, page.headers.get('Content-Type')]).toEqual([
      401,
      'text/html; charset=UTF-8',
    ]);
    const program = await new Browser().get('/nothing-here');
    expect(program.headers.get('Content-Type')).toBe('application/problem+json');
    const followed = async (what: string) => {
      const headers = { Accept: 'text/html', 'Sec-Fetch-Dest': what };
      return (await new Browser().get('/api/me', headers)).headers.get('Content-Type');
    };
    expect(await followed('empty')).toBe('application/problem+json');
    expect(await followed('document')).toBe('text/html; charset=UTF-8');
  });

  it('one id follows a page through everything it asks', async () => {
    const lines: string[] = [];
    vi.spyOn(console, 'info').mockImplementation((line: string) => void lines.push(line));
    const { owner, tenantId } = await newTenant();
    lines.length = 0;
    const answer = await open(owner, `/tenants/${tenantId}/projects`);
    const ids = new Set(
      lines.map((line) => z.object({ requestId: z.string() }).parse(JSON.parse(line)).requestId),
    );
    expect(lines.length).toBeGreaterThan(2);
    expect([...ids]).toEqual([answer.headers.get('X-Request-Id')]);
  });
});

describe('API-2 a page counts once against a flood', () => {
  it('with all that it asks of the API, and none is shown to a flood', async () => {
    const { owner, tenantId } = await newTenant();
    const asked = vi.fn<RateLimit['limit']>(() => Promise.resolve({ success: true }));
    owner.env = { ...owner.env, FLOOD_LIMITER: { limit: asked } };
    expect((await open(owner, `/tenants/${tenantId}/projects`)).status).toBe(200);
    expect(asked).toHaveBeenCalledTimes(1);
    asked.mockResolvedValue({ success: false });
    const answer = await open(owner, '/login');
    expect([answer.status, answer.text.includes('Too many requests')]).toEqual([429, true]);
    expect(answer.headers.get('Retry-After')).toMatch(/^[1-9]\d*$/);
  });
});

describe('API-5 a form has a size, and is a form', () => {
  it.each([
    ['too large', 'application/x-www-form-urlencoded', `more=${'x'.repeat(70_000)}`, [413]],
    ['JSON', 'application/json', '{"name":"Acme"}', [415]],
    ['text', 'text/plain', 'name=Acme', [415]],
    // Where files can be uploaded it is left for the API to read, which finds nothing of a name in it.
    ['of several parts', 'multipart/form-data; boundary=x', '--x--', [400, 415]],
  ])('%s is refused', async (_what, type, body, statuses) => {
    const { browser } = await newUser();
    const answer = await browser.send('POST', '/tenants', body, {
      ...navigation,
      'Content-Type': type,
    });
    expect(statuses).toContain(answer.status);
  });
});
