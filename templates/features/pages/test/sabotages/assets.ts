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
    'DB-5',
    'a page names the bindings',
    'src/pages/parts/layout.tsx',
    '        <meta charset="utf-8" />\n',
    '        <meta charset="utf-8" />\n        <meta name="stores" content="RATE_LIMITER SESSIONS" />\n',
  ),
];
