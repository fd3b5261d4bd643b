import { sabotage } from './sabotage.ts';

const projects = 'src/db/statements/projects.ts';
const routes = 'src/projects/routes.ts';

/** What reaches SQL, and who reaches the database. */
export const database = [
  sabotage(
    'DB-2',
    'a statement is put together from parts',
    projects,
    `  \`DELETE FROM projects WHERE tenant_id = ?1 AND id = ?2\`,`,
    `  ['DELETE FROM projects', 'WHERE tenant_id = ?1 AND id = ?2'].join(' '),`,
  ),
  sabotage(
    'DB-2',
    'a filter is prepared beside the registry',
    'src/db/database.ts',
    'return this.#session.prepare(statement.sql).bind(...parameters);',
    "const end = parameters.length > 99 ? ' LIMIT 99' : '';\n    return this.#session.prepare(statement.sql + end).bind(...parameters);",
  ),
  sabotage(
    'API-1',
    'any text passes for an order',
    routes,
    "sort: z.enum(['createdAt', '-createdAt', 'name']).default('createdAt'),",
    "sort: z.string().max(100).transform((order) => (order === '-createdAt' || order === 'name' ? order : 'createdAt')).default('createdAt'),",
  ),
  sabotage(
    'DB-2',
    'a search is written into the statement',
    'src/db/database.ts',
    'return this.#session.prepare(statement.sql).bind(...parameters);',
    `if (parameters[4] === undefined || !statement.sql.includes('instr')) {
      return this.#session.prepare(statement.sql).bind(...parameters);
    }
    const sql = statement.sql.replace('?5', \`'\${parameters[4]}'\`);
    return this.#session.prepare(sql).bind(...parameters.slice(0, 4));`,
  ),
  sabotage(
    'DB-5',
    'a route hands D1 to whoever is called',
    routes,
    'const rows = await withTenant(context.database, actor.tenant)',
    'void c.env.DB;\n      const rows = await withTenant(context.database, actor.tenant)',
  ),
  sabotage(
    'DB-5',
    'D1 is asked over the network',
    routes,
    'const rows = await withTenant(context.database, actor.tenant)',
    "const network = 'https://api.cloudflare.com/client/v4/accounts/a/d1/database/d/query';\n      void network;\n      const rows = await withTenant(context.database, actor.tenant)",
  ),
  sabotage(
    'DB-5',
    'a client names the table',
    routes,
    '  .strictObject({\n    ...pageFields,',
    '  .strictObject({\n    table: z.string().max(100).optional(),\n    ...pageFields,',
  ),
  sabotage(
    'DB-3',
    'the name of the statement reaches the client',
    'src/http/errors.ts',
    "return new Problem(codeOf[kind]).toResponse(c.get('requestId'));",
    "const errors = [{ field: 'statement', message: statement }];\n    return new Problem(codeOf[kind], { errors }).toResponse(c.get('requestId'));",
  ),
  sabotage(
    'DB-3',
    'an export that breaks off says why',
    'src/tenancy/end-routes.ts',
    '        controller.error(thrown);',
    '        controller.enqueue(encoder.encode(String(thrown)));\n        controller.close();',
  ),
  sabotage(
    'DB-2',
    'a search by name takes wildcards',
    projects,
    '(?2, ?3)\n     AND instr(lower(name), lower(?5)) > 0',
    "(?2, ?3)\n     AND name LIKE '%' || ?5 || '%'",
  ),
  sabotage(
    'TEST-2',
    'the projects by name are those of everybody',
    projects,
    'WHERE tenant_id = ?1 AND (name COLLATE NOCASE, id) > (?2, ?3)',
    'WHERE ?1 = ?1 AND (name COLLATE NOCASE, id) > (?2, ?3)',
  ),
  sabotage(
    'TEST-2',
    'the newest projects are those of everybody',
    projects,
    'WHERE tenant_id = ?1 AND (created_at, id) < (?2, ?3)',
    'WHERE ?1 = ?1 AND (created_at, id) < (?2, ?3)',
  ),
];
