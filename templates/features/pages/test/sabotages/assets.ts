import { sabotage } from './sabotage.ts';

const assets = 'src/pages/assets.ts';
const finish = 'src/pages/finish.ts';

export const assetFiles = [
  sabotage(
    'DB-5',
    'what browsers are sent knows the database by its id',
    'src/pages/assets/enhance.js',
    'if (carried) {',
    "const database = 'database_id=1';\nif (carried && database) {",
  ),
  sabotage(
    'DB-5',
    'what browsers are sent holds a key',
    'src/pages/assets/enhance.js',
    'if (carried) {',
    "const key = 'sk_live_';\nif (carried && key) {",
  ),
  sabotage(
    'DB-5',
    'what browsers are sent names a binding',
    'src/pages/assets/enhance.js',
    'if (carried) {',
    "const name = 'RATE_LIMITER';\nif (carried && name) {",
  ),
  sabotage(
    'DEP-4',
    'a file of another version is kept for ever under its name',
    finish,
    'assetAt(c.req.path)?.isExact',
    'assetAt(c.req.path) !== null',
  ),
  sabotage(
    'DEP-4',
    'a changed file keeps its name, and browsers keep the old one',
    assets,
    "createHash('sha256').update(content)",
    "createHash('sha256').update(name)",
  ),
  sabotage(
    'DEP-4',
    'a file of the version before is gone while both serve',
    assets,
    'return asset === undefined ? null :',
    'return asset === undefined || asset.path !== path ? null :',
  ),
  sabotage(
    'DEP-4',
    'a page is kept, and shows what was there to whoever goes back',
    finish,
    "'Cache-Control': 'no-store',",
    "'Cache-Control': 'private',",
  ),
  sabotage(
    'DEP-4',
    'the stylesheet is kept for ever as a text that no browser takes for one',
    assets,
    "'text/css; charset=utf-8'",
    "'text/plain; charset=utf-8'",
  ),
  sabotage(
    'DEP-4',
    'the script is kept for ever as a text that no browser runs',
    assets,
    "'text/javascript; charset=utf-8'",
    "'text/plain; charset=utf-8'",
  ),
  sabotage(
    'API-4',
    'the stylesheet is not let in by its own page',
    'src/pages/parts/layout.tsx',
    'href={stylesheet.path} nonce={props.nonce} />',
    'href={stylesheet.path} />',
  ),
  sabotage(
    'ERR-1',
    'who follows a link to a file reads a problem, and not a page',
    finish,
    "(!req.path.startsWith('/api/') || req.header('Sec-Fetch-Dest') === 'document')",
    "!req.path.startsWith('/api/')",
  ),
  sabotage(
    'API-1',
    'a page keeps the line ends of a browser',
    'src/pages/form.ts',
    "[name, text.replace(/\\r\\n/g, '\\n')]",
    '[name, text]',
  ),
  sabotage(
    'AUTH-2',
    'what one downloads of oneself is the profile and no more',
    'src/pages/settings/profile.tsx',
    "'/api/me/export', 'my-data.json'",
    "'/api/me', 'my-data.json'",
  ),
  sabotage(
    'DB-1',
    'what an owner downloads is the name of the workspace and no more',
    'src/pages/tenant/settings.tsx',
    "`/api${at}/export`, 'workspace.json'",
    "`/api${at}`, 'workspace.json'",
  ),
  sabotage(
    'DB-1',
    'an export opens in the browser of who wanted to keep it',
    'src/pages/page.ts',
    "{ ...headers, 'Content-Type': 'application/json' }",
    "{ 'Content-Type': 'application/json', 'Content-Disposition': headers['Content-Disposition'].slice(12) }",
  ),
];
