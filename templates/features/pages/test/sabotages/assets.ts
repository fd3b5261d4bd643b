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
    'AUTH-5',
    'the code of a mail stays in the address',
    'src/pages/assets/enhance.js',
    "    history.replaceState(null, '', location.pathname + location.search);\n",
    '',
  ),
  sabotage(
    'AUTH-5',
    'every link takes the code of a mail along',
    'src/pages/assets/enhance.js',
    "document.querySelectorAll('a[data-carry]')",
    "document.querySelectorAll('a[href]')",
  ),
  sabotage(
    'AUTH-5',
    'the code of a mail is not filled in',
    'src/pages/assets/enhance.js',
    "field.value = carried.slice('#token='.length);",
    "field.value = '';",
  ),
  sabotage(
    'DEP-4',
    'a page from the memory of the browser is shown as it was',
    'src/pages/assets/enhance.js',
    'if (persisted) location.reload();',
    'if (!persisted) return;',
  ),
  sabotage(
    'AUTH-5',
    'the code of a mail goes to the server in an address',
    'src/pages/assets/enhance.js',
    'if (!field) form.action += carried;',
    "if (!field) form.action += carried.replace('#', '?');",
  ),
];
