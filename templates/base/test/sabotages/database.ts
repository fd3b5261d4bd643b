import { sabotage } from './sabotage.ts';

const projects = 'src/db/statements/projects.ts';
const routes = 'src/projects/routes.ts';
const migration = 'migrations/0001_initial.sql';
const prepared = 'return session.prepare(this.#statement.sql).bind(...this.#parameters);';

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
    prepared,
    "const end = this.#parameters.length > 99 ? ' LIMIT 99' : '';\n    return session.prepare(this.#statement.sql + end).bind(...this.#parameters);",
  ),
  sabotage(
    'DB-2',
    'the text of a cursor is written into the statement',
    'src/db/database.ts',
    prepared,
    `const { sql } = this.#statement;
    const [, after] = this.#parameters;
    if (typeof after !== 'string' || !sql.includes('COLLATE')) {
      return session.prepare(sql).bind(...this.#parameters);
    }
    return session.prepare(sql.replace('?2', \`'\${after}'\`)).bind(...this.#parameters);`,
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
    prepared,
    `if (this.#parameters[4] === undefined || !this.#statement.sql.includes('instr')) {
      return session.prepare(this.#statement.sql).bind(...this.#parameters);
    }
    const sql = this.#statement.sql.replace('?5', \`'\${this.#parameters[4]}'\`);
    return session.prepare(sql).bind(...this.#parameters.slice(0, 4));`,
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
    'a route takes D1 out of the bindings by its name',
    routes,
    'const rows = await withTenant(context.database, actor.tenant)',
    "void Reflect.get(c.env, 'DB');\n      const rows = await withTenant(context.database, actor.tenant)",
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
    "return new Problem(codeOf[kind], details).toResponse(c.get('requestId'));",
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
    'DB-1',
    'whoever adds a project has all of the tenant counted',
    projects,
    'tenants.project_count < ?6`',
    '(SELECT count(*) FROM projects WHERE projects.tenant_id = ?1) < ?6`',
  ),
  sabotage(
    'DB-1',
    'whoever has left is counted on',
    migration,
    'SET member_count = member_count - 1',
    'SET member_count = member_count - 0',
  ),
  sabotage(
    'DB-1',
    'whoever joins is counted in every tenant',
    migration,
    'SET member_count = member_count + 1 WHERE id = new.tenant_id',
    'SET member_count = member_count + 1',
  ),
  sabotage(
    'DB-1',
    'a project that is gone is counted on',
    migration,
    'SET project_count = project_count - 1 WHERE id = old.tenant_id',
    'SET project_count = project_count WHERE id = old.tenant_id',
  ),
  sabotage(
    'DB-1',
    'a statement of a tenant adds the rows of another that is named',
    projects,
    'createdAt\n   FROM projects WHERE tenant_id = ?1 AND id = ?2`,',
    `createdAt
   FROM projects WHERE tenant_id = ?1 AND id = ?2
   UNION ALL SELECT id, name, description, created_at FROM projects WHERE tenant_id = ?2 LIMIT 1\`,`,
  ),
  sabotage(
    'TEST-2',
    'a statement of a tenant adds the rows of another that is named',
    projects,
    'createdAt\n   FROM projects WHERE tenant_id = ?1 AND id = ?2`,',
    `createdAt
   FROM projects WHERE tenant_id = ?1 AND id = ?2
   UNION ALL SELECT id, name, description, created_at FROM projects WHERE tenant_id = ?2 LIMIT 1\`,`,
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
  sabotage(
    'DB-3',
    'an export breaks off without a word in the log',
    'src/tenancy/end-routes.ts',
    "context.logger.log('error', 'export broken off', { fault: describeFault(thrown) });",
    'void describeFault(thrown);\n        void context;',
  ),
  sabotage(
    'DB-3',
    'whatever fails in a batch is said to be a refusal',
    'src/db/database.ts',
    "thrown instanceof DatabaseError && thrown.kind === 'conflict'",
    'thrown instanceof DatabaseError',
  ),
  sabotage(
    'DB-5',
    'a client is sent all bindings',
    'src/limits/usage-routes.ts',
    '      return c.json({\n',
    '      return c.json({\n        environment: JSON.stringify(c.env),\n',
  ),
  sabotage(
    'DB-3',
    'a header names the statement that failed',
    'src/http/errors.ts',
    "return new Problem(codeOf[kind], details).toResponse(c.get('requestId'));",
    "const response = new Problem(codeOf[kind]).toResponse(c.get('requestId'));\n    response.headers.set('X-Fault', statement);\n    return response;",
  ),
  sabotage(
    'DB-3',
    'a value that D1 does not take looks like an outage, to be tried again',
    'src/db/errors.ts',
    '|D1_TYPE_ERROR',
    '',
  ),
  sabotage(
    'DB-3',
    'a value of another type than its column looks like an outage',
    'src/db/errors.ts',
    '|SQLITE_MISMATCH',
    '',
  ),
  sabotage(
    'DB-3',
    'a parameter that is missing looks like an outage',
    'src/db/errors.ts',
    '|wrong number of parameter',
    '',
  ),
  sabotage(
    'API-1',
    'a search among the newest goes by upper and lower case',
    projects,
    '< (?2, ?3) AND instr(lower(name), lower(?5)) > 0',
    '< (?2, ?3) AND instr(name, ?5) > 0',
  ),
  sabotage(
    'API-1',
    'a search by name goes by upper and lower case',
    projects,
    'id) > (?2, ?3)\n     AND instr(lower(name), lower(?5)) > 0',
    'id) > (?2, ?3)\n     AND instr(name, ?5) > 0',
  ),
  sabotage(
    'API-1',
    'a search keeps the Unicode form it came in, and finds nothing',
    routes,
    "q: z.string().max(100).normalize('NFC')",
    'q: z.string().max(100)',
  ),
  sabotage(
    'API-1',
    'what was written about a project is never taken out again',
    'src/projects/repository.ts',
    'description ?? null',
    'description || null',
  ),
  sabotage(
    'DB-5',
    'a handler takes the bindings out of the request by a pattern',
    'src/projects/routes.ts',
    '    input: z.strictObject({ params: inProject }),\n    async handler({ c, context, actor, input }) {\n      const { projects } = withTenant(context.database, actor.tenant);\n      const project = await projects.read(',
    "    input: z.strictObject({ params: inProject }),\n    async handler({ c, c: { env }, context, actor, input }) {\n      c.header('X-Bindings', Object.keys(env).join());\n      const { projects } = withTenant(context.database, actor.tenant);\n      const project = await projects.read(",
  ),
];
