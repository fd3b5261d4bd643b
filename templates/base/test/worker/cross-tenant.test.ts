import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { newUser } from './arrange.ts';
import { post } from './post.ts';
import { newPerson, newTeam } from './team.ts';
import {
  answerTo,
  cases,
  everythingOf,
  fill,
  freeze,
  headersNaming,
  newFurnishedTeam,
  tenantRoutes,
  type Ids,
} from './tenant-routes.ts';

const parametersOf = (path: string) => [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
const nested = tenantRoutes.flatMap((route) =>
  parametersOf(route.path)
    .filter((name) => name !== 'tenantId')
    .map((parameter) => ({ ...route, parameter })),
);
const absentIds = (ids: Ids) =>
  Object.fromEntries(Object.keys(ids).map((name) => [name, crypto.randomUUID()]));

/** Everything that could betray a tenant: its ids, and the addresses of who is in it or invited. */
const traitsOf = async (tenantId: string) => {
  const all = await everythingOf(tenantId);
  const traits = Object.values(all)
    .flat()
    .flatMap((row) => [row['id'], row['user_id'], row['email']]);
  return [tenantId, ...traits.filter((trait) => typeof trait === 'string')];
};

type Team = Awaited<ReturnType<typeof newFurnishedTeam>>;

/** Two tenants that have everything, for the tests which leave them as they are. */
let shared: Promise<{ theirs: Team; mine: Team }> | undefined;
const twoTeams = () => (shared ??= makeTwoTeams());
async function makeTwoTeams() {
  const theirs = await newFurnishedTeam();
  return { theirs, mine: await newFurnishedTeam() };
}

describe('TEST-2 one tenant cannot reach another', () => {
  it('every route of a tenant has a case, and every case a route', () => {
    expect(tenantRoutes.map(({ name }) => name).toSorted()).toEqual(Object.keys(cases).toSorted());
  });

  it('every parameter of such a route has an id to try, and what takes a body has a body', async () => {
    const { mine } = await twoTeams();
    const named = new Set(tenantRoutes.flatMap(({ path }) => parametersOf(path)));
    expect(Object.keys(mine.ids).toSorted()).toEqual([...named].toSorted());
    const mute = tenantRoutes.filter(({ method, body }) => method === 'PATCH' && !body);
    expect(mute).toEqual([]);
  });

  it.each(tenantRoutes)(
    "$name with another tenant's ids is as if they did not exist",
    async ({ method, path, body }) => {
      const { mine, theirs } = await twoTeams();
      const { browser } = mine.owner;
      const sent = body?.();
      const before = await everythingOf(theirs.tenantId);
      const absent = await answerTo(browser, method, fill(path, absentIds(theirs.ids)), sent);
      expect(absent.status).toBe(404);
      for (const headers of [{}, headersNaming(mine.tenantId), headersNaming(theirs.tenantId)]) {
        const place = fill(path, theirs.ids);
        expect(await answerTo(browser, method, place, body?.(), headers)).toEqual(absent);
      }
      expect(await everythingOf(theirs.tenantId)).toEqual(before);
    },
  );

  it.each(nested)(
    "$name with my tenant and another's $parameter is as if there were none",
    async ({ method, path, body, parameter }) => {
      const { mine, theirs } = await twoTeams();
      const sent = body?.();
      const before = [await everythingOf(theirs.tenantId), await everythingOf(mine.tenantId)];
      const withId = (id: string | undefined) => fill(path, { ...mine.ids, [parameter]: id ?? '' });
      const { [parameter]: theirId }: Ids = theirs.ids;
      const { browser } = mine.owner;
      const absent = await answerTo(browser, method, withId(crypto.randomUUID()), sent);
      expect(absent.status).toBe(404);
      for (const headers of [{}, headersNaming(theirs.tenantId)]) {
        for (const id of new Set([theirId, ...Object.values(theirs.ids)])) {
          expect(await answerTo(browser, method, withId(id), body?.(), headers)).toEqual(absent);
        }
      }
      const after = [await everythingOf(theirs.tenantId), await everythingOf(mine.tenantId)];
      expect(after).toEqual(before);
    },
  );

  it.each(tenantRoutes)(
    '$name in my tenant changes and shows nothing of another, though ids be equal',
    async ({ name, method, path, body, isFrozen = false }) => {
      const own = await newFurnishedTeam();
      const other = await newFurnishedTeam();
      await giveTheSameIds(other.tenantId, own.ids);
      await other.owner.browser.post(`${other.path}/projects`, { name: 'Other' });
      if (isFrozen) await freeze(own.owner, own.path);
      if (isFrozen) await freeze(other.owner, other.path);
      const others = [other.tenantId, ...(await newNeighbours(own.ids))];
      const shared = new Set<unknown>(Object.values(own.ids));
      const all = await Promise.all(others.map(traitsOf));
      const traits = all.flat().filter((trait) => !shared.has(trait));
      const before = await Promise.all(others.map(everythingOf));
      const headers = headersNaming(other.tenantId);
      const answer = await own.owner.browser.send(method, fill(path, own.ids), body?.(), headers);
      expect([name, Math.floor(answer.status / 100)]).toEqual([name, 2]);
      expect(traits.filter((trait) => answer.text.includes(trait))).toEqual([]);
      expect(await Promise.all(others.map(everythingOf))).toEqual(before);
    },
  );

  it.each(tenantRoutes.filter(({ isList }) => isList))(
    "$name shows what is mine alone, whatever page of another's list its cursor is from",
    async ({ path }) => {
      const { mine, theirs } = await twoTeams();
      const later = await newFurnishedTeam();
      const read = async ({ owner, ids }: Team, query: string) =>
        (await owner.browser.get(fill(path, ids) + query)).json;
      const own: { id: string }[] = (await read(mine, '')).items;
      expect(own.length).toBeGreaterThan(1);
      const before: string = (await read(theirs, '?limit=1')).nextCursor;
      const after: string = (await read(later, '?limit=1')).nextCursor;
      const seen = [
        (await read(mine, `?cursor=${before}`)).items,
        (await read(mine, `?cursor=${after}`)).items,
      ];
      // A log goes back from its newest row; every other list goes on from its oldest.
      expect(seen).toEqual(path.endsWith('/audit') ? [[], own] : [own, []]);
    },
  );

  it('a search and another order find what is mine alone', async () => {
    const { mine } = await twoTeams();
    const { owner, path } = mine;
    const all: { id: string }[] = (await owner.browser.get(`${path}/projects`)).json.items;
    const ids = all.map(({ id }) => id).toSorted();
    for (const query of ['?q=One', '?sort=-createdAt', '?sort=-createdAt&q=One', '?sort=name']) {
      const { items } = (await owner.browser.get(`${path}/projects${query}`)).json;
      expect(items.map(({ id }: { id: string }) => id).toSorted()).toEqual(ids);
    }
  });

  it('the list of my tenants holds no others', async () => {
    const { mine } = await twoTeams();
    const { items } = (await mine.owner.browser.get('/api/tenants')).json;
    expect(items.map((item: { id: string }) => item.id)).toEqual([mine.tenantId]);
  });

  it('an invitation of one tenant changes nothing in another that invites the same address', async () => {
    const { theirs } = await twoTeams();
    const own = await newTeam();
    await theirs.invite('both@example.com', 'admin');
    const before = await everythingOf(theirs.tenantId);
    expect((await own.invite('both@example.com', 'member')).status).toBe(201);
    await own.owner.browser.delete(own.path);
    expect(await everythingOf(theirs.tenantId)).toEqual(before);
  });

  it('who accepts an invitation still has those of other tenants', async () => {
    const [one, other] = [await newTeam(), await newTeam()];
    const guest = await newPerson();
    await one.invite(guest.email, 'member');
    const token = post.tokenFor(guest.email);
    await other.invite(guest.email, 'member');
    const before = await everythingOf(other.tenantId);
    expect((await guest.browser.post('/api/invitations/accept', { token })).status).toBe(200);
    expect(await everythingOf(other.tenantId)).toEqual(before);
  });

  it('an invitation is worth what its inviter is here, whatever they are elsewhere', async () => {
    const { enter, invite, tenantId } = await newTeam();
    const inviter = await enter('admin');
    for (const elsewhere of [`0 ${tenantId}`, `~ ${tenantId}`]) {
      await env.DB.batch([
        env.DB.prepare(`INSERT INTO tenants (id, name, created_at) VALUES (?1, '', 1)`).bind(
          elsewhere,
        ),
        env.DB.prepare(
          `INSERT INTO memberships (tenant_id, user_id, role, created_at) VALUES (?1, ?2, 'member', 1)`,
        ).bind(elsewhere, inviter.userId),
      ]);
    }
    const guest = await newPerson();
    await invite(guest.email, 'admin', inviter);
    const token = post.tokenFor(guest.email);
    const { status, json } = await guest.browser.post('/api/invitations/accept', { token });
    expect([status, json.id, json.role]).toEqual([200, tenantId, 'admin']);
  });

  it('who is no longer a member is out at the next request', async () => {
    const { join, owner, path } = await newTeam();
    const member = await join('member');
    expect((await member.browser.get(path)).status).toBe(200);
    await owner.browser.delete(`${path}/members/${member.userId}`);
    expect((await member.browser.get(path)).status).toBe(404);
  });
});

/** Two tenants, whose ids come before and after any other: one a wrong comparison always reaches. */
async function newNeighbours(ids: Ids): Promise<string[]> {
  const { userId } = await newUser();
  const neighbours = ['!', 'g'].map((first) => first + crypto.randomUUID());
  for (const id of neighbours) {
    const insert = (sql: string) => env.DB.prepare(sql).bind(id, userId);
    await env.DB.batch([
      insert(`INSERT INTO tenants (id, name, created_at) VALUES (?1, ?2, 1)`),
      insert(
        `INSERT INTO memberships (tenant_id, user_id, role, created_at) VALUES (?1, ?2, 'owner', 1)`,
      ),
      insert(
        `INSERT INTO projects (tenant_id, id, name, description, created_at) VALUES (?1, 'p' || ?1, ?2, '', 1)`,
      ),
      insert(
        `INSERT INTO audit_log (tenant_id, id, actor_id, action, target, result, request_id, created_at) VALUES (?1, 'a' || ?1, ?2, '', '', '', '', 1)`,
      ),
    ]);
    await giveTheSameIds(id, ids);
  }
  return neighbours;
}

/** Puts rows with another tenant's ids into a tenant: ids are unique only within one. */
async function giveTheSameIds(tenantId: string, ids: Ids): Promise<void> {
  const { projectId = '', userId = '', invitationId = '', fileId } = ids;
  const insert = (sql: string, ...values: string[]) =>
    env.DB.prepare(sql)
      .bind(tenantId, ...values)
      .run();
  await insert(
    `INSERT INTO projects (tenant_id, id, name, description, created_at) VALUES (?1, ?2, 'same id', '', 1)`,
    projectId,
  );
  await insert(
    `INSERT INTO memberships (tenant_id, user_id, role, created_at) VALUES (?1, ?2, 'member', 1)`,
    userId,
  );
  await insert(
    `INSERT INTO invitations (tenant_id, id, email, role, token_hash, invited_by, expires_at, created_at) VALUES (?1, ?2, 'same@id.example', 'member', ?1 || ?2, ?3, 4e12, 1)`,
    invitationId,
    userId,
  );
  if (fileId === undefined) return;
  await insert(
    `INSERT INTO files (tenant_id, id, name, content_type, size, created_at, stored_at) VALUES (?1, ?2, 'same id', 'image/png', 1, 1, 1)`,
    fileId,
  );
}
