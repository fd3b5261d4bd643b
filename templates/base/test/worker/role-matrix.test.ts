import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { Browser } from './browser.ts';
import { everythingOf, fill, freeze, newFurnishedTeam, tenantRoutes } from './tenant-routes.ts';

const fromLow = ['member', 'admin', 'owner'] as const;
const everyRole = tenantRoutes.flatMap((route) => {
  const lowest = fromLow.indexOf(route.needs ?? route.access.role);
  return fromLow.map((role, rank) => ({ ...route, role, isAllowed: rank >= lowest }));
});
const refused = everyRole.filter(({ isAllowed }) => !isAllowed);
const allowed = everyRole.filter(({ isAllowed }) => isAllowed);

/** A tenant that is open and one that is frozen, for requests that change neither; a session of each role. */
let shared: ReturnType<typeof makeTeams> | undefined;
const teams = () => (shared ??= makeTeams());
async function makeTeams() {
  const open = await newFurnishedTeam();
  const frozen = await newFurnishedTeam();
  const sessions: Record<string, Browser> = {};
  for (const role of fromLow) {
    for (const [state, team] of Object.entries({ open, frozen })) {
      const { browser } = await team.enter(role);
      // What somebody is in a tenant of their own, its owner, is worth nothing in this one.
      expect((await browser.post('/api/tenants', { name: 'Own' })).status).toBe(201);
      sessions[`${state} ${role}`] = browser;
    }
  }
  await freeze(frozen.owner, frozen.path);
  return { open, frozen, sessions };
}

describe('AUTH-1 each role reaches its routes and no others', () => {
  it.each(refused)('$role is refused by $name', async ({ role, method, path, body, isFrozen }) => {
    const { open, frozen, sessions } = await teams();
    const team = isFrozen ? frozen : open;
    const session = sessions[`${isFrozen ? 'frozen' : 'open'} ${role}`];
    const before = await everythingOf(team.tenantId);
    const answer = await session?.send(method, fill(path, team.ids), body?.());
    expect([answer?.status, answer?.json.code]).toEqual([403, 'role_required']);
    expect(await everythingOf(team.tenantId)).toEqual(before);
  });

  it.each(allowed)('$role is served by $name', async ({ role, method, path, body, isFrozen }) => {
    const team = await newFurnishedTeam();
    const { browser } = await team.enter(role);
    if (isFrozen) await freeze(team.owner, team.path);
    const answer = await browser.send(method, fill(path, team.ids), body?.());
    expect(answer.status).toBeLessThan(300);
  });

  it.each(tenantRoutes.filter(({ access }) => access.stepUp))(
    '$name asks for a step-up before anything else that may be wrong',
    async ({ method, path, body }) => {
      const { open: team } = await teams();
      await env.DB.prepare('UPDATE sessions SET mfa_at = NULL').run();
      const before = await everythingOf(team.tenantId);
      for (const sent of [body?.(), body && '{']) {
        const answer = await team.owner.browser.send(method, fill(path, team.ids), sent);
        expect([answer.status, answer.json.code]).toEqual([403, 'step_up_required']);
      }
      expect(await everythingOf(team.tenantId)).toEqual(before);
    },
  );
});

describe('AUTH-1 a frozen tenant is closed', () => {
  it.each(tenantRoutes.filter(({ access }) => !access.whileFrozen))(
    '$name is refused, to an owner too, and changes nothing',
    async ({ method, path, body }) => {
      const { frozen: team } = await teams();
      await env.DB.prepare('UPDATE sessions SET mfa_at = ?1').bind(Date.now()).run();
      const before = await everythingOf(team.tenantId);
      const answer = await team.owner.browser.send(method, fill(path, team.ids), body?.());
      expect([answer.status, answer.json.code]).toEqual([409, 'conflict']);
      expect(await everythingOf(team.tenantId)).toEqual(before);
    },
  );

  it('a member learns that it is, and a stranger does not', async () => {
    const { frozen, open } = await teams();
    expect((await frozen.member.browser.get(frozen.path)).status).toBe(409);
    expect((await open.owner.browser.get(frozen.path)).status).toBe(404);
  });
});
