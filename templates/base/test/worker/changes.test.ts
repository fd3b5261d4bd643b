import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { rowsOf } from './arrange.ts';
import { auditOf, newTeam, type Person } from './team.ts';

const day = 24 * 60 * 60 * 1_000;
const mostADay = 5_000;

/** Makes somebody have changed so much today, as if through the app. */
async function changedToday({ userId }: Person, changes: number): Promise<void> {
  await env.DB.prepare('UPDATE users SET changes = ?2, changed_on = ?3 WHERE id = ?1')
    .bind(userId, changes, Math.floor(Date.now() / day))
    .run();
}

const usedUp = (person: Person) => changedToday(person, mostADay);
const newProject = ({ browser }: Person, path: string) =>
  browser.post(`${path}/projects`, { name: 'Apollo' });

describe('API-3 what somebody changes is limited by the day, since it is kept', () => {
  it('5,000 times, in all their tenants; then nothing is written', async () => {
    const { owner, path, tenantId, join } = await newTeam();
    const member = await join('member');
    const other: string = (await owner.browser.post('/api/tenants', { name: 'Other' })).json.id;
    await changedToday(owner, mostADay - 3);
    expect((await newProject(owner, path)).status).toBe(201);
    expect((await newProject(owner, `/api/tenants/${other}`)).status).toBe(201);
    expect((await owner.browser.patch(path, { name: 'Acme and sons' })).status).toBe(200);
    const before = [await auditOf(tenantId), await auditOf(other), await rowsOf('projects')];
    const { browser } = owner;
    const refused = [
      await newProject(owner, path),
      await newProject(owner, `/api/tenants/${other}`),
      await browser.patch(path, { name: 'Acme' }),
      await browser.patch(`${path}/members/${member.userId}`, { role: 'admin' }),
      await browser.post(`${path}/invitations`, { email: 'eve@example.com', role: 'member' }),
      await browser.post('/api/tenants', { name: 'Third' }),
    ];
    for (const { status, json } of refused) {
      expect([status, json.code]).toEqual([429, 'rate_limited']);
    }
    const after = [await auditOf(tenantId), await auditOf(other), await rowsOf('projects')];
    expect(after).toEqual(before);
    expect((await newProject(member, path)).status).toBe(201);
    const counted = (await rowsOf('users')).find(({ id }) => id === member.userId);
    // To have accepted the invitation counts as well.
    expect(counted).toMatchObject({ changes: 2 });
  });

  it('of 25 changes at once, exactly those that are left', async () => {
    const { owner, path } = await newTeam();
    await changedToday(owner, mostADay - 5);
    const asked = await Promise.all(Array.from({ length: 25 }, () => newProject(owner, path)));
    expect(asked.filter(({ status }) => status === 201)).toHaveLength(5);
    expect(asked.filter(({ status }) => status === 429)).toHaveLength(20);
  });

  it('until the day ends in UTC, which the refusal says; the next one starts at nothing', async () => {
    const noon = (Math.floor(Date.now() / day) + 0.5) * day;
    vi.useFakeTimers({ toFake: ['Date'], now: noon });
    const { owner, path } = await newTeam();
    await usedUp(owner);
    vi.setSystemTime(noon + day / 2 - 1_000);
    const refused = await newProject(owner, path);
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([429, '1']);
    vi.setSystemTime(noon + day / 2);
    expect((await newProject(owner, path)).status).toBe(201);
    const counted = (await rowsOf('users')).find(({ id }) => id === owner.userId);
    expect(counted).toMatchObject({ changes: 1, changed_on: Math.floor((noon + day) / day) });
  });

  it('what takes away goes on, and is not counted', async () => {
    const { owner, path, invite, join } = await newTeam();
    const [member, leaving] = [await join('member'), await join('member')];
    const project: string = (await newProject(owner, path)).json.id;
    const invitation: string = (await invite('eve@example.com', 'member')).json.id;
    for (const person of [owner, leaving]) await usedUp(person);
    const { browser } = owner;
    const statuses = [
      await browser.delete(`${path}/projects/${project}`),
      await browser.delete(`${path}/invitations/${invitation}`),
      await browser.delete(`${path}/members/${member.userId}`),
      await leaving.browser.delete('/api/me'),
      await browser.delete(path),
    ].map(({ status }) => status);
    expect(statuses).toEqual([204, 204, 204, 204, 202]);
    const counted = (await rowsOf('users')).find(({ id }) => id === owner.userId);
    expect(counted).toMatchObject({ changes: mostADay });
  });
});
