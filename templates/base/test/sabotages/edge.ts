import { sabotage, type Sabotage } from './sabotage.ts';

const app = 'src/app.ts';
const body = 'body: z.strictObject({ role }) }';
const headers = "setSecurityHeaders(c.res.headers, c.get('context')?.configuration.environment);";
const input = 'src/http/input.ts';
const members = 'src/tenancy/member-routes.ts';
const problem = 'src/http/problem.ts';
const securityHeaders = 'src/http/security-headers.ts';

/** Adds a field to what changes a member, of which no test knows. */
const withField = (field: string) => body.replace('{ role }', `{ role, more: ${field} }`);

export const edge: readonly Sabotage[] = [
  sabotage(
    'AUTH-1',
    'what looks at every request answers one itself',
    app,
    "  pipeline.options('/*', answerPreflight);",
    "  pipeline.use(async (c, next) =>\n    c.req.path === '/internal' ? c.json(c.env) : next(),\n  );\n  pipeline.options('/*', answerPreflight);",
  ),
  sabotage(
    'API-1',
    'a list of one route has no end',
    members,
    body,
    withField('z.array(z.string().max(9)).optional()'),
  ),
  sabotage(
    'API-1',
    'a number of one route has no bounds',
    members,
    body,
    withField('z.int().optional()'),
  ),
  sabotage(
    'API-1',
    'a text of one route has an end beyond the limit of the body',
    members,
    body,
    withField('z.string().max(1e6).optional()'),
  ),
  sabotage(
    'API-1',
    'a field of one route takes anything',
    members,
    body,
    withField('z.unknown().optional()'),
  ),
  sabotage(
    'API-1',
    'an object within a body takes any key',
    members,
    body,
    withField('z.object({}).optional()'),
  ),
  {
    control: 'API-1',
    name: 'a refusal repeats the value',
    edits: [
      {
        file: input,
        find: 'schema.safeParseAsync(received)',
        replace: 'schema.safeParseAsync(received, { reportInput: true })',
      },
      {
        file: input,
        find: 'return [{ field, message: issue.message }];',
        replace: 'return [{ field, message: `${issue.message}: ${JSON.stringify(issue.input)}` }];',
      },
    ],
  },
  sabotage(
    'API-1',
    'a refusal names the part, and not the field',
    input,
    "issue.path.map(String).join('.')",
    "issue.path.map(String).slice(0, 1).join('.')",
  ),
  sabotage(
    'API-1',
    'a route is missing from what is written down',
    'dev/openapi.ts',
    'for (const route of routes) {',
    'for (const route of routes.slice(1)) {',
  ),
  sabotage(
    'API-1',
    'a success has another status than it declares',
    'src/projects/routes.ts',
    'present(await projects.create(input.body, by)), 201)',
    'present(await projects.create(input.body, by)), 200)',
  ),
  sabotage(
    'API-4',
    'other sites may embed what is answered',
    securityHeaders,
    "'Cross-Origin-Resource-Policy': 'same-origin'",
    "'Cross-Origin-Resource-Policy': 'cross-origin'",
  ),
  sabotage(
    'API-4',
    'a browser keeps to HTTPS in production only',
    securityHeaders,
    "if (environment !== 'development')",
    "if (environment === 'production')",
  ),
  sabotage(
    'ERR-1',
    'a page put into an answer may lead its links elsewhere',
    securityHeaders,
    "base-uri 'none'; ",
    '',
  ),
  sabotage(
    'ERR-1',
    'one route goes without its headers',
    app,
    headers,
    `if (c.req.routePath !== '/api/auth/sessions') ${headers}`,
  ),
  sabotage(
    'ERR-1',
    'caches may keep what one route tells',
    app,
    headers,
    `${headers}\n    if (c.req.routePath === '/api/me/export') c.res.headers.delete('Cache-Control');`,
  ),
  sabotage(
    'ERR-1',
    'a browser keeps to HTTPS for five minutes',
    securityHeaders,
    'max-age=31536000; includeSubDomains',
    'max-age=300',
  ),
  sabotage(
    'ERR-1',
    'a script of anybody may run',
    securityHeaders,
    "\"default-src 'none'; base-uri",
    "\"default-src 'none'; script-src 'unsafe-inline'; base-uri",
  ),
  sabotage(
    'ERR-1',
    'a problem tells where it was thrown',
    problem,
    '      code: this.code,\n',
    '      code: this.code,\n      detail: this.stack,\n',
  ),
  sabotage(
    'ERR-1',
    'an error of the database names the statement',
    'src/http/errors.ts',
    'return new Problem(codeOf[kind], details).toResponse',
    "return new Problem(codeOf[kind], { errors: [{ field: 'body', message: statement }] }).toResponse",
  ),
  {
    control: 'ERR-1',
    name: 'what D1 says of several writes is told as what is wrong with a field',
    edits: [
      {
        file: 'src/db/database.ts',
        find: '      throw toDatabaseError(thrown, bounds',
        replace:
          "      const errors = [{ field: 'body', message: String(thrown) }];\n      if (rest.length > 1) throw new Problem('conflict', { errors });\n      throw toDatabaseError(thrown, bounds",
      },
      {
        file: 'src/db/database.ts',
        find: "import { within } from '../ops/deadline.ts';\n",
        replace:
          "import { Problem } from '../http/problem.ts';\nimport { within } from '../ops/deadline.ts';\n",
      },
    ],
  },
  sabotage(
    'ERR-1',
    'an unexpected fault is told',
    'src/http/errors.ts',
    "logger.log('error', 'unexpected fault', { fault: describeFault(thrown) });",
    "logger.log('error', 'unexpected fault', { fault: describeFault(thrown) });\n  if (thrown instanceof TypeError) return new Response(thrown.message, { status: 500 });",
  ),
  sabotage(
    'ERR-1',
    'an error is no problem',
    problem,
    "'Content-Type': 'application/problem+json'",
    "'Content-Type': 'application/json'",
  ),
  sabotage(
    'ERR-2',
    'a question to the limiter has no end',
    'src/limits/enforce.ts',
    'return await within(patienceMs.exact, call());',
    'return await call();',
  ),
  sabotage(
    'ERR-2',
    'a question to the flood limiter has no end',
    'src/limits/enforce.ts',
    'if ((await within(patienceMs.flood, asked)).success) return;',
    'if ((await asked).success) return;',
  ),
  sabotage(
    'ERR-2',
    'a question to KV has no end',
    'src/auth/sessions.ts',
    'const data: unknown = await within(deviceMs, asked);',
    'const data: unknown = await asked;',
  ),
  sabotage(
    'ERR-2',
    'work after the answer goes past the one place that watches it',
    'src/auth/sessions.ts',
    "context.background('forget a session', () => context.sessionData.delete(tokenHash));",
    "later['waitUntil'](context.sessionData.delete(tokenHash));\n}\n\nconst later = { waitUntil(_promise: Promise<unknown>) {} };\nexport function forgetLater(context: RequestContext): void {\n  void context;",
  ),
];
