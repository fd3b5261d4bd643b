import * as z from 'zod';
import { access } from '../auth/access.ts';
import type { AuditRow } from '../db/statements/audit.ts';
import { withTenant } from '../db/with-tenant.ts';
import { identifier } from '../http/fields.ts';
import { historyQuery, pageOf } from '../http/pagination.ts';
import { route } from '../http/route.ts';

export const auditRoutes = [
  route({
    method: 'GET',
    path: '/api/tenants/:tenantId/audit',
    access: access.tenant({ role: 'admin' }),
    input: z.strictObject({
      params: z.strictObject({ tenantId: identifier }),
      query: historyQuery,
    }),
    async handler({ c, context, actor, input }) {
      const rows = await withTenant(context.database, actor.tenant).audit.list(input.query);
      return c.json(pageOf(rows, input.query.limit, present));
    },
  }),
];

function present({ createdAt, ...row }: AuditRow) {
  return {
    id: row.id,
    actorId: row.actorId,
    action: row.action,
    target: row.target,
    result: row.result,
    requestId: row.requestId,
    createdAt: new Date(createdAt).toISOString(),
  };
}
