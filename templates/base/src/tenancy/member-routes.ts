import * as z from 'zod';
import { access } from '../auth/access.ts';
import { forgetEndedSessions } from '../auth/sessions.ts';
import type { MemberRow } from '../db/statements/members.ts';
import { withTenant } from '../db/with-tenant.ts';
import { identifier } from '../http/fields.ts';
import { pageOf, pageQuery } from '../http/pagination.ts';
import { Problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { limitAccount } from '../limits/enforce.ts';
import { limits } from '../limits/policies.ts';
import { authorOf } from './audit.ts';
import { mayGovern } from './roles.ts';

const inTenant = z.strictObject({ tenantId: identifier });
const ofMember = z.strictObject({ tenantId: identifier, userId: identifier });

/** A role that somebody can have in a tenant. */
export const role = z.enum(['owner', 'admin', 'member']);

export const memberRoutes = [
  route({
    method: 'GET',
    path: '/api/tenants/:tenantId/members',
    access: access.tenant({ role: 'member' }),
    input: z.strictObject({ params: inTenant, query: pageQuery }),
    async handler({ c, context, actor, input }) {
      const rows = await withTenant(context.database, actor.tenant).members.list(input.query);
      return c.json(pageOf(rows, input.query.limit, present));
    },
  }),

  /** Who gets another role, be it oneself, logs in again: D1 ends their sessions (migrations/0001). */
  route({
    method: 'PATCH',
    path: '/api/tenants/:tenantId/members/:userId',
    access: access.tenant({ role: 'admin', stepUp: true }),
    input: z.strictObject({ params: ofMember, body: z.strictObject({ role }) }),
    async handler({ c, context, actor, input }) {
      const { members } = withTenant(context.database, actor.tenant);
      const member = await members.read(input.params.userId);
      if (member === null) throw new Problem('not_found');
      for (const touched of [member.role, input.body.role]) {
        if (!mayGovern(actor.tenant.role, touched)) throw new Problem('role_required');
      }
      // It is so already: nobody is logged out for it, and there is nothing to write down.
      if (member.role === input.body.role) return c.json(present(member));
      await limitAccount(context, limits.rolesByMember, `${actor.tenant.id}|${member.id}`);
      const isChanged = await members.changeRole(member, input.body.role, authorOf(context, actor));
      if (!isChanged) throw new Problem('conflict');
      forgetEndedSessions(context, member.id);
      return c.json(present({ ...member, role: input.body.role }));
    },
  }),

  /** Anybody may leave, but for the last owner. */
  route({
    method: 'DELETE',
    path: '/api/tenants/:tenantId/members/:userId',
    access: access.tenant({ role: 'member' }),
    input: z.strictObject({ params: ofMember }),
    success: 204,
    async handler({ c, context, actor, input }) {
      const { members } = withTenant(context.database, actor.tenant);
      const member = await members.read(input.params.userId);
      if (member === null) throw new Problem('not_found');
      const isLeaving = member.id === actor.user.id;
      if (!isLeaving && !mayGovern(actor.tenant.role, member.role)) {
        throw new Problem('role_required');
      }
      if (!(await members.remove(member, authorOf(context, actor)))) throw new Problem('conflict');
      return c.body(null, 204);
    },
  }),
];

function present(member: MemberRow) {
  return {
    id: member.id,
    name: member.name,
    email: member.email,
    role: member.role,
    createdAt: new Date(member.createdAt).toISOString(),
  };
}
