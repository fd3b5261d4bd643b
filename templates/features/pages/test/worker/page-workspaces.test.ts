import { createScheduledController } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import worker from '../../src/index.ts';
import { rowsOf } from './arrange.ts';
import { formsOn, open, sendForm } from './person.ts';
import { post } from './post.ts';
import { newTeam } from './team.ts';

/** What can be chosen in a list of a page, and what is chosen there already. */
function choicesIn(text: string, id: string) {
  const [, inside = ''] = new RegExp(`<select id="${id}".*?>(.*?)</select>`, 's').exec(text) ?? [];
  const options = [...inside.matchAll(/<option( selected="")?>(\w+)</g)];
  return {
    offered: options.map(([, , role]) => role),
    chosen: options.flatMap(([, chosen, role]) => (chosen === undefined ? [] : [role])),
  };
}

describe('AUTH-1 the page of members offers what a role may do', () => {
  it('each role begins with what somebody is, and an invitation with the least', async () => {
    const team = await newTeam();
    const admin = await team.enter('admin');
    const at = `/tenants/${team.tenantId}`;
    const roles = ['member', 'admin', 'owner'];
    const { text } = await open(team.owner.browser, `${at}/members`);
    expect(choicesIn(text, `role-${admin.userId}`)).toEqual({ offered: roles, chosen: ['admin'] });
    expect(choicesIn(text, 'role')).toEqual({ offered: roles, chosen: [] });
    // What was refused of one form is neither said nor chosen in another.
    const invited = { email: 'nothing', role: 'owner' };
    const refused = await sendForm(team.owner.browser, `${at}/invitations`, invited);
    expect(refused.text.match(/role="alert"/g)).toHaveLength(1);
    expect(choicesIn(refused.text, `role-${admin.userId}`).chosen).toEqual(['admin']);
    expect(choicesIn(refused.text, 'role').chosen).toEqual(['owner']);
  });

  it('admins make no owners, and members change nobody', async () => {
    const team = await newTeam();
    const [admin, member] = [await team.enter('admin'), await team.enter('member')];
    const at = `/tenants/${team.tenantId}/members`;
    const seen = (await open(admin.browser, at)).text;
    expect(choicesIn(seen, `role-${member.userId}`).offered).toEqual(['member', 'admin']);
    expect(choicesIn(seen, `role-${team.owner.userId}`).offered).toEqual([]);
    const page = await open(member.browser, at);
    expect(formsOn(page).map(({ action }) => action)).toEqual(['/logout']);
    const audit = `href="/tenants/${team.tenantId}/audit"`;
    expect([seen.includes(audit), page.text.includes(audit)]).toEqual([true, false]);
  });

  it('who leaves is told so, and who removes somebody too', async () => {
    const team = await newTeam('Acme');
    const member = await team.enter('member');
    const at = `/tenants/${team.tenantId}/members/${member.userId}/remove`;
    expect((await open(member.browser, at)).text).toContain('<h1>Leave “Acme”?</h1>');
    const { text } = await open(team.owner.browser, at);
    expect(text).toContain('<h1>Remove this member?</h1>');
    expect(text).toContain('They lose access at once. Invitations that they sent are revoked.');
    const left = await sendForm(member.browser, at);
    expect([left.status, left.headers.get('Location')]).toEqual([303, '/dashboard']);
  });
});

describe('API-1 what somebody writes on a page is kept as they wrote it', () => {
  it('in lines as the API has them, also where it is saved as it is', async () => {
    const { owner, path, tenantId } = await newTeam();
    const at = `/tenants/${tenantId}/projects`;
    // A browser ends lines with two characters.
    const typed = { name: 'Loom', description: 'Weaves\r\npatterns' };
    expect((await sendForm(owner.browser, at, typed)).status).toBe(303);
    const read = async () => (await owner.browser.get(`${path}/projects`)).json.items;
    const [project] = await read();
    expect(project.description).toBe('Weaves\npatterns');
    const page = await open(owner.browser, `${at}/${project.id}`);
    const [, description = ''] = /<textarea[^>]*>(.*?)<\/textarea>/s.exec(page.text) ?? [];
    await sendForm(owner.browser, `${at}/${project.id}`, { name: 'Jacquard', description });
    expect(await read()).toEqual([{ ...project, name: 'Jacquard' }]);
  });

  it('what is downloaded is all that the API answers, as a file, and no page', async () => {
    const { owner, tenantId } = await newTeam('<script>alert(1)</script>');
    for (const [path, from, name] of [
      ['/settings/export', '/api/me/export', 'my-data.json'],
      [`/tenants/${tenantId}/export`, `/api/tenants/${tenantId}/export`, 'workspace.json'],
    ] as const) {
      const file = await open(owner.browser, path);
      expect(file.headers.get('Content-Type')).toBe('application/json');
      expect(file.headers.get('Content-Disposition')).toBe(`attachment; filename="${name}"`);
      const { json } = await owner.browser.get(from);
      expect(Object.keys(file.json)).toEqual(Object.keys(json));
    }
  });
});

describe('DB-1 before something is deleted for good a page says so', () => {
  it('and leads back, and nothing is gone yet', async () => {
    const { owner, path, tenantId } = await newTeam();
    const { browser } = owner;
    const { id } = (await browser.post(`${path}/projects`, { name: 'Loom' })).json;
    const project = `/tenants/${tenantId}/projects/${id}`;
    for (const [at, words, back] of [
      [`${project}/delete`, 'It cannot be brought back.', project],
      ['/settings/delete', 'It cannot be undone.', '/settings/profile'],
    ] as const) {
      const { text } = await open(browser, at);
      expect(text).toContain(words);
      expect(text).toContain(`<a href="${back}">Cancel</a>`);
      expect((await open(browser, back)).status).toBe(200);
    }
    await sendForm(browser, `${project}/delete`);
    expect((await open(browser, project)).status).toBe(404);
  });

  it('who owns a deleted workspace alone is told to wait until it is gone, and can go then', async () => {
    const { owner, tenantId } = await newTeam();
    const { browser } = owner;
    const words = 'delete it: it is gone after seven days, and your account can go then.';
    for (const before of ['/settings/delete', `/tenants/${tenantId}/delete`]) {
      await sendForm(browser, before);
      const refused = await sendForm(browser, '/settings/delete');
      expect([refused.status, refused.text]).toEqual([409, expect.stringContaining(words)]);
    }
    await env.DB.prepare('UPDATE tenants SET deletes_at = 1 WHERE id = ?1').bind(tenantId).run();
    await worker.scheduled(createScheduledController(), { ...env, EMAIL: post });
    expect((await sendForm(browser, '/settings/delete')).status).toBe(303);
    expect((await rowsOf('users')).map(({ id }) => id)).not.toContain(owner.userId);
  });
});

describe('DB-1 a page says what was done in a workspace, and by whom', () => {
  it('with what it came to', async () => {
    const team = await newTeam();
    const member = await team.enter('member');
    await member.browser.patch('/api/me', { name: 'Grace' });
    await team.owner.browser.patch(`${team.path}/members/${member.userId}`, { role: 'admin' });
    const { text } = await open(team.owner.browser, `/tenants/${team.tenantId}/audit`);
    const [, row = ''] = /<strong>Member role changed<(.*?)<\/li>/s.exec(text) ?? [];
    expect(row).toContain('>by Ada, Grace<');
    expect(row).toContain('<span class="badge">admin</span>');
  });

  it('a workspace that was deleted is seen to be, and an owner brings it back', async () => {
    const team = await newTeam('Acme');
    const member = await team.enter('member');
    const { browser } = team.owner;
    const at = `/tenants/${team.tenantId}`;
    expect((await open(browser, `${at}/delete`)).text).toContain('Within seven days an owner can');
    expect((await sendForm(browser, `${at}/delete`)).headers.get('Location')).toBe('/dashboard');
    const page = await open(browser, '/dashboard');
    const [, deletesAt = ''] = /deleted on <time datetime="([^"]*)"/.exec(page.text) ?? [];
    const days = (Date.parse(deletesAt) - Date.now()) / (24 * 60 * 60 * 1_000);
    expect(days).toBeGreaterThan(6.9);
    expect(days).toBeLessThanOrEqual(7);
    const actions = formsOn(page).map(({ action }) => action);
    expect(actions).toContain(`${at}/restore`);
    expect((await open(member.browser, '/dashboard')).text).not.toContain(`${at}/restore`);
    expect((await sendForm(browser, `${at}/restore`)).status).toBe(303);
    expect((await open(browser, `${at}/projects`)).status).toBe(200);
  });
});
