import { sabotage } from './sabotage.ts';

const inventory = '.ai/inventory.json';
const threatModel = '.ai/threat-model.md';

export const threatModelAndInventory = [
  sabotage(
    'GOV-1',
    'a route is added that nobody reviewed',
    'src/ops/health.ts',
    'export const healthRoutes = [\n',
    "export const healthRoutes = [\n  route({\n    method: 'GET',\n    path: '/unreviewed',\n    access: access.public,\n    input: z.strictObject({}),\n    handler: async ({ c }) => c.body(null, 204),\n  }),\n",
  ),
  sabotage(
    'GOV-1',
    'the inventory lists a route that is gone',
    inventory,
    '    "GET /health": [',
    '    "GET /gone": ["flood"],\n    "GET /health": [',
  ),
  sabotage(
    'GOV-1',
    'a table is added that nobody reviewed',
    'migrations/0001_initial.sql',
    'CREATE TABLE projects',
    'CREATE TABLE notes (id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL) STRICT;\n\nCREATE TABLE projects',
  ),
  sabotage(
    'GOV-1',
    'a binding is added that nobody reviewed',
    'wrangler.toml',
    '[[kv_namespaces]]\nbinding = "SESSIONS"\n\n#',
    '[[kv_namespaces]]\nbinding = "SESSIONS"\n\n[[kv_namespaces]]\nbinding = "NOTES"\n\n#',
  ),
  sabotage(
    'GOV-1',
    'production alone has a binding that nobody reviewed',
    'wrangler.toml',
    '[env.production.version_metadata]',
    '[[env.production.kv_namespaces]]\nbinding = "NOTES"\nid = "notes"\n\n[env.production.version_metadata]',
  ),
  sabotage(
    'GOV-1',
    'the app talks to a host that nobody reviewed',
    'src/auth/breached-passwords.ts',
    'export async function refuseBreached',
    "export const other = 'https://collector.unreviewed.net/';\n\nexport async function refuseBreached",
  ),
  sabotage(
    'GOV-1',
    'the app talks to a host whose name is put together',
    'src/ops/alert-channels.ts',
    'host: new URL(url).host });',
    "host: ['collector', 'unreviewed.net'].join('.') });",
  ),
  sabotage(
    'GOV-1',
    'work by the clock is added that nobody reviewed',
    'wrangler.toml',
    '[triggers]\ncrons = ["* * * * *", "17 3 * * *"]\n\n[observability]',
    '[triggers]\ncrons = ["* * * * *", "17 3 * * *", "0 * * * *"]\n\n[observability]',
  ),
  sabotage(
    'GOV-1',
    'a table that meets no threat passes for reviewed',
    inventory,
    '    "users": ["database-dump"]',
    '    "users": []',
  ),
  sabotage(
    'GOV-1',
    'a table is said to meet a threat that tables do not meet',
    inventory,
    '    "users": ["database-dump"]',
    '    "users": ["flood"]',
  ),
  sabotage(
    'GOV-1',
    'the threat model points at code that is not there',
    threatModel,
    'demands a live session\n  - code: `src/http/route.ts#route`\n',
    'demands a live session\n  - code: `src/http/route.ts#guard`\n',
  ),
  sabotage(
    'GOV-1',
    'a threat no longer says what is left of it',
    threatModel,
    'What is left: None known: a session token is 32 random bytes and says nothing.\n',
    '',
  ),
  sabotage(
    'GOV-1',
    'a flow is drawn without asking what could go wrong on it',
    threatModel,
    '- denial of service: logging never delays or fails a request\n',
    '',
  ),
  sabotage(
    'GOV-1',
    'the threat model is signed without a date',
    threatModel,
    "reviewer: ''",
    "reviewer: 'Ada Lovelace'",
  ),
  sabotage(
    'GOV-1',
    'a threat is called less severe by hand',
    threatModel,
    '- severity: critical, since the cookie is the user',
    '- severity: low, since the cookie is the user',
  ),
];
