import * as z from 'zod';
import { withTenant } from '../db/with-tenant.ts';
import type { ProjectRow } from '../db/statements/projects.ts';
import { access } from '../auth/access.ts';
import { identifier, line, paragraph } from '../http/fields.ts';
import { pageFields, pageOf } from '../http/pagination.ts';
import { Problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { authorOf } from '../tenancy/audit.ts';

const inTenant = z.strictObject({ tenantId: identifier });
const inProject = z.strictObject({ tenantId: identifier, projectId: identifier });
const listQuery = z
  .strictObject({
    ...pageFields,
    q: z.string().max(100).normalize('NFC').default(''),
    sort: z.enum(['createdAt', '-createdAt', 'name']).default('createdAt'),
  })
  .refine(
    ({ sort, cursor }) => !cursor || (typeof cursor.after === 'string') === (sort === 'name'),
    { path: ['cursor'], message: 'This cursor is from another order' },
  );
const fields = { name: line(100), description: paragraph(2_000) };

export const projectRoutes = [
  route({
    method: 'GET',
    path: '/api/tenants/:tenantId/projects',
    access: access.tenant({ role: 'member' }),
    input: z.strictObject({ params: inTenant, query: listQuery }),
    async handler({ c, context, actor, input }) {
      const { limit, sort } = input.query;
      const rows = await withTenant(context.database, actor.tenant).projects.list(input.query);
      const page = pageOf(rows, limit, present, (row) => row[sort === 'name' ? sort : 'createdAt']);
      return c.json(page);
    },
  }),
  route({
    method: 'POST',
    path: '/api/tenants/:tenantId/projects',
    access: access.tenant({ role: 'member' }),
    input: z.strictObject({
      params: inTenant,
      body: z.strictObject({ ...fields, description: fields.description.default('') }),
    }),
    success: 201,
    async handler({ c, context, actor, input }) {
      const { projects } = withTenant(context.database, actor.tenant);
      const by = authorOf(context, actor);
      return c.json(present(await projects.create(input.body, by)), 201);
    },
  }),
  route({
    method: 'GET',
    path: '/api/tenants/:tenantId/projects/:projectId',
    access: access.tenant({ role: 'member' }),
    input: z.strictObject({ params: inProject }),
    async handler({ c, context, actor, input }) {
      const { projects } = withTenant(context.database, actor.tenant);
      const project = await projects.read(input.params.projectId);
      if (project === null) throw new Problem('not_found');
      return c.json(present(project));
    },
  }),
  route({
    method: 'PATCH',
    path: '/api/tenants/:tenantId/projects/:projectId',
    access: access.tenant({ role: 'member' }),
    input: z.strictObject({
      params: inProject,
      body: z.strictObject(fields).partial(),
    }),
    async handler({ c, context, actor, input }) {
      const { projects } = withTenant(context.database, actor.tenant);
      const project = await projects.update(
        input.params.projectId,
        input.body,
        authorOf(context, actor),
      );
      if (project === null) throw new Problem('not_found');
      return c.json(present(project));
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/tenants/:tenantId/projects/:projectId',
    access: access.tenant({ role: 'member' }),
    input: z.strictObject({ params: inProject }),
    success: 204,
    async handler({ c, context, actor, input }) {
      const { projects } = withTenant(context.database, actor.tenant);
      const by = authorOf(context, actor);
      if (!(await projects.delete(input.params.projectId, by))) throw new Problem('not_found');
      return c.body(null, 204);
    },
  }),
];

/** What a client sees of a project: named field by field, so that a new column stays inside. */
function present(project: ProjectRow) {
  return {
    id: project.id,
    name: project.name,
    description: project.description,
    createdAt: new Date(project.createdAt).toISOString(),
  };
}
