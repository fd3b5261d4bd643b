import * as z from 'zod';
import { access, requireProvenAddress } from '../auth/access.ts';
import { withTenant } from '../db/with-tenant.ts';
import type { MyTenantRow } from '../db/statements/tenants.ts';
import { identifier, line } from '../http/fields.ts';
import { pageOf, pageQuery } from '../http/pagination.ts';
import { Problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { limitAccount } from '../limits/enforce.ts';
import { limits } from '../limits/policies.ts';
import { authorOf } from './audit.ts';
import { foundTenant, listMyTenants } from './my-tenants.ts';

const inTenant = z.strictObject({ tenantId: identifier });
const fields = z.strictObject({ name: line(100) });

export const tenantRoutes = [
  route({
    method: 'GET',
    path: '/api/tenants',
    access: access.user,
    input: z.strictObject({ query: pageQuery }),
    async handler({ c, context, actor, input }) {
      const rows = await listMyTenants(context.database, actor.user.id, input.query);
      return c.json(pageOf(rows, input.query.limit, present));
    },
  }),
  route({
    method: 'POST',
    path: '/api/tenants',
    access: access.user,
    input: z.strictObject({ body: fields }),
    success: 201,
    async handler({ c, context, actor, input }) {
      // Whoever knows an invited address can sign up with it: that alone is no invitation of theirs.
      if (context.configuration.signupPolicy === 'invite-only') requireProvenAddress(actor);
      await limitAccount(context, limits.tenantsByUser, actor.user.id);
      const by = authorOf(context, actor);
      return c.json(present(await foundTenant(context.database, input.body.name, by)), 201);
    },
  }),
  route({
    method: 'GET',
    path: '/api/tenants/:tenantId',
    access: access.tenant({ role: 'member' }),
    input: z.strictObject({ params: inTenant }),
    async handler({ c, context, actor }) {
      const tenant = await withTenant(context.database, actor.tenant).settings.read();
      if (tenant === null) throw new Problem('not_found');
      return c.json(present({ ...tenant, role: actor.tenant.role }));
    },
  }),
  route({
    method: 'PATCH',
    path: '/api/tenants/:tenantId',
    access: access.tenant({ role: 'admin' }),
    input: z.strictObject({ params: inTenant, body: fields }),
    async handler({ c, context, actor, input }) {
      const { settings } = withTenant(context.database, actor.tenant);
      const tenant = await settings.rename(input.body.name, authorOf(context, actor));
      if (tenant === null) throw new Problem('not_found');
      return c.json(present({ ...tenant, role: actor.tenant.role }));
    },
  }),
];

/** A tenant as somebody in it sees it. */
export function present(tenant: MyTenantRow) {
  return {
    id: tenant.id,
    name: tenant.name,
    role: tenant.role,
    tier: tenant.tier,
    createdAt: new Date(tenant.createdAt).toISOString(),
    deletesAt: tenant.deletesAt === null ? null : new Date(tenant.deletesAt).toISOString(),
  };
}
