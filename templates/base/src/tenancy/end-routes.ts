import * as z from 'zod';
import { access } from '../auth/access.ts';
import { withTenant } from '../db/with-tenant.ts';
import type { RequestContext } from '../http/context.ts';
import { identifier } from '../http/fields.ts';
import { Problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { describeFault } from '../ops/logger.ts';
import { authorOf } from './audit.ts';
import { present } from './routes.ts';

const inTenant = z.strictObject({ tenantId: identifier });

/** What an owner may do at the end of a tenant: take the data along, delete it, and think again. */
export const endRoutes = [
  /** For owners, after a step-up: it is everybody's addresses and all the work in one file. */
  route({
    method: 'GET',
    path: '/api/tenants/:tenantId/export',
    access: access.tenant({ role: 'owner', stepUp: true, whileFrozen: true }),
    input: z.strictObject({ params: inTenant }),
    async handler({ c, context, actor }) {
      const data = withTenant(context.database, actor.tenant);
      if ((await data.settings.noteExport(authorOf(context, actor))) === null) {
        throw new Problem('not_found');
      }
      return c.body(streamOf(context, data.export.pieces()), 200, {
        'Content-Type': 'application/json',
        'Content-Disposition': 'attachment; filename="tenant.json"',
      });
    },
  }),

  /** Freezes the tenant at once for everybody, and purges it in seven days. */
  route({
    method: 'DELETE',
    path: '/api/tenants/:tenantId',
    access: access.tenant({ role: 'owner', stepUp: true }),
    input: z.strictObject({ params: inTenant }),
    success: 202,
    async handler({ c, context, actor }) {
      const { settings } = withTenant(context.database, actor.tenant);
      const tenant = await settings.requestDeletion(authorOf(context, actor));
      if (tenant === null) throw new Problem('conflict');
      return c.json(present({ ...tenant, role: actor.tenant.role }), 202);
    },
  }),

  route({
    method: 'POST',
    path: '/api/tenants/:tenantId/deletion/cancel',
    access: access.tenant({ role: 'owner', whileFrozen: true }),
    input: z.strictObject({ params: inTenant }),
    async handler({ c, context, actor }) {
      const { settings } = withTenant(context.database, actor.tenant);
      const tenant = await settings.cancelDeletion(authorOf(context, actor));
      if (tenant === null) throw new Problem('conflict');
      return c.json(present({ ...tenant, role: actor.tenant.role }));
    },
  }),
];

/** Reads on only as fast as the client does. What fails now can only break the answer off, and is logged. */
function streamOf(context: RequestContext, pieces: AsyncGenerator<string>) {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      } catch (thrown) {
        context.logger.log('error', 'export broken off', { fault: describeFault(thrown) });
        controller.error(thrown);
      }
    },
  });
}
