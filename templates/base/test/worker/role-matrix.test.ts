import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { everythingOf, fill, freeze, newFurnishedTeam, tenantRoutes } from './tenant-routes.ts';

const fromLow = ['member', 'admin', 'owner'] as const;
const everyRole = tenantRoutes.flatMap((route) => {
  const lowest = fromLow.indexOf(route.needs ?? route.access.role);
  return fromLow.map((role, rank) => ({ ...route, role, isAllowed: rank >= lowest }));
});
const refused = everyRole.filter(({ isAllowed }) => !isAllowed);
const allowed = everyRole.filter(({ isAllowed }) => isAllowed);

describe('AUTH-1 each role reaches its routes and no others', () => {
  it.each(refused)('$role is refused by $name', async ({ role, method, path, body, isFrozen }) => {
    const team = await newFurnishedTeam();
    const { browser } = await team.join(role);
    if (isFrozen) await freeze(team.owner, team.path);
    const before = await everythingOf(team.tenantId);
    const answer = await browser.send(method, fill(path, team.ids), body?.());
    expect([answer.status, answer.json.code]).toEqual([403, 'role_required']);
    expect(await everythingOf(team.tenantId)).toEqual(before);
  });

  it.each(allowed)('$role is served by $name', async ({ role, method, path, body, isFrozen }) => {
    const team = await newFurnishedTeam();
    const { browser } = await team.join(role);
    if (isFrozen) await freeze(team.owner, team.path);
    const answer = await browser.send(method, fill(path, team.ids), body?.());
    expect(answer.status).toBeLessThan(300);
  });

  it.each(tenantRoutes.filter(({ access }) => access.stepUp))(
    '$name asks for a step-up before anything else that may be wrong',
    async ({ method, path, body }) => {
      const team = await newFurnishedTeam();
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
      const team = await newFurnishedTeam();
      await freeze(team.owner, team.path);
      const before = await everythingOf(team.tenantId);
      const answer = await team.owner.browser.send(method, fill(path, team.ids), body?.());
      expect([answer.status, answer.json.code]).toEqual([409, 'conflict']);
      expect(await everythingOf(team.tenantId)).toEqual(before);
    },
  );

  it('a member learns that it is, and a stranger does not', async () => {
    const team = await newFurnishedTeam();
    const stranger = await newFurnishedTeam();
    await freeze(team.owner, team.path);
    expect((await team.member.browser.get(team.path)).status).toBe(409);
    expect((await stranger.owner.browser.get(team.path)).status).toBe(404);
  });
});
