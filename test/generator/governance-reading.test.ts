import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { evidenceOf } from '../../generator/governance/evidence.ts';
import { inventoryOf, unreadRoutes } from '../../generator/governance/inventory.ts';
import { readTree } from '../../generator/governance/keeping/tree.ts';

describe('what a sabotage strikes', () => {
  const source = `/** Counts. */
export function count(): number {
  return 1;
}

start();

export const last = 2;
`;
  const strikes = (find: string) => {
    const sabotages = `sabotage('EX-1', 'harm', 'src/a.ts', ${JSON.stringify(find)}, '')`;
    const files = new Map([
      ['src/a.ts', source],
      ['test/sabotages/a.ts', sabotages],
    ]);
    return evidenceOf(files)('EX-1').code;
  };

  test('is a declaration where that holds all of it', () => {
    expect(strikes('return 1;')).toEqual(['src/a.ts#count']);
    expect(strikes('\nexport const last')).toEqual(['src/a.ts#last']);
  });

  test('is the file where it lies between declarations, or in two', () => {
    expect(strikes('start();')).toEqual(['src/a.ts']);
    expect(strikes('/** Counts. */')).toEqual(['src/a.ts']);
    expect(strikes('}\n\nstart();')).toEqual(['src/a.ts']);
  });

  test('is read where several sabotages share their edits', () => {
    const declared = `const both = [{ file: 'src/a.ts', find: 'return 1;', replace: '' }];
export const harms = [
  { control: 'EX-1', name: 'harm', edits: both, },
  { control: 'EX-2', name: 'harm', edits: both, },
];`;
    const files = new Map([
      ['src/a.ts', source],
      ['test/sabotages/a.ts', declared],
    ]);
    expect(evidenceOf(files)('EX-1').code).toEqual(['src/a.ts#count']);
    expect(evidenceOf(files)('EX-2').code).toEqual(['src/a.ts#count']);
  });

  test('is a trigger to its end, and nothing behind it', () => {
    const sql = `CREATE TABLE a (
  id TEXT
) STRICT;

CREATE TRIGGER a_stays
BEFORE UPDATE ON a
BEGIN
  SELECT 1;
END;
`;
    const files = new Map([
      ['migrations/1.sql', sql],
      ['test/sabotages/a.ts', "sabotage('EX-1', 'harm', 'migrations/1.sql', 'SELECT 1', '')"],
    ]);
    expect(evidenceOf(files)('EX-1').code).toEqual(['migrations/1.sql#a_stays']);
  });
});

describe('the files of an application', () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'tree-')));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('are all that people write, however they are named', () => {
    const written = ['src/auth/lockout.ts', 'src/coverage/a.ts', 'src/dist/b.ts', 'docs/.env.md'];
    const made = [
      'package-lock.json',
      'coverage/a.ts',
      'dist/b.js',
      '.env.local',
      '.dev.vars',
      'node_modules/a/index.js',
      'scripts/node_modules/a/index.js',
    ];
    for (const path of [...written, ...made]) {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      writeFileSync(join(root, path), path);
    }
    expect([...readTree(root).keys()].toSorted()).toEqual(written.toSorted());
  });

  test.skipIf(process.platform === 'win32')('end where links lead into themselves', () => {
    const parent = realpathSync(mkdtempSync(join(tmpdir(), 'tree-')));
    onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
    const app = join(parent, 'app');
    mkdirSync(join(app, 'src'), { recursive: true });
    mkdirSync(join(parent, 'shared'));
    writeFileSync(join(app, 'src/a.ts'), 'a');
    writeFileSync(join(parent, 'shared/b.ts'), 'b');
    symlinkSync('.', join(app, 'itself'));
    symlinkSync('..', join(app, 'src/above'));
    symlinkSync('../shared', join(app, 'shared'));
    symlinkSync('../app', join(parent, 'shared/back'));
    symlinkSync('../..', join(app, 'src/parent'));
    symlinkSync('nowhere', join(app, 'lost'));
    expect([...readTree(app).keys()].toSorted()).toEqual([
      'shared/b.ts',
      'src/a.ts',
      'src/parent/shared/b.ts',
    ]);
  });
});

describe('taking stock of an application', () => {
  const stock = (path: string, text: string) => inventoryOf(new Map([[path, text]]));

  test.each([
    [
      'behind an environment',
      '[vars]\n[env.staging]\nname = "x"\n[[kv_namespaces]]\nbinding = "A"',
    ],
    ['indented, in single quotes', "  [[kv_namespaces]]\n  binding = 'A' # why"],
    ['in braces', 'kv_namespaces = [{ binding = "A", id = "b" }]'],
    ['in braces on several lines', 'kv_namespaces = [\n  { id = "{", binding = "A" },\n]'],
    ['with a dotted key', 'ai.binding = "A"'],
    ['by name', '[durable_objects]\nbindings = [{ name = "A", class_name = "B" }]'],
  ])('finds a binding %s', (_how, text) => {
    expect(stock('wrangler.toml', `name = "app"\n${text}\n`).bindings).toEqual(['A']);
  });

  test('finds no binding in a comment, and one that a single environment has', () => {
    const text = '# binding = "A"\n[env.staging]\nname = "x"\n[[env.staging.kv_namespaces]]\n';
    expect(stock('wrangler.toml', text).bindings).toEqual([]);
    expect(stock('wrangler.toml', `${text}binding = "B"\n`).bindings).toEqual(['B']);
  });

  test.each([
    ['in double quotes', 'route({ \nmethod: "GET",\npath: "/a" })'],
    ['on one line', "route({ method: 'GET', path: '/a' })"],
    ['with its path first', "route({\n  path: '/a',\n  access,\n  method: 'GET',\n})"],
    ['with types', "route<User, Input>({\n  method: 'GET',\n  path: '/a',\n})"],
  ])('finds a route %s', (_how, text) => {
    expect(stock('src/a.ts', text).routes).toEqual(['GET /a']);
  });

  test('says where a route cannot be read', () => {
    const files = new Map([['src/a.ts', "route({\n  method: 'GET',\n  path: base,\n})"]]);
    expect(inventoryOf(files).routes).toEqual([]);
    expect(unreadRoutes(files)).toEqual(['src/a.ts']);
  });

  test.each([
    ["const collector = 'x.y'; outbound({ requestId, host: collector })", 'collector, in src/a.ts'],
    ['outbound({ requestId, host })', 'host, in src/a.ts'],
    ['outbound({ requestId, ...where })', '...where, in src/a.ts'],
    ['outbound(call)', 'call, in src/a.ts'],
  ])('finds where a host comes from: %s', (text, expected) => {
    expect(stock('src/a.ts', text).hosts).toEqual([expected]);
  });

  test('finds no other host in a call that names none', () => {
    expect(stock('src/a.ts', 'outbound({ requestId, patienceMs })(url)').hosts).toEqual([]);
  });

  test('finds pages, and what runs by the clock', () => {
    const table =
      "export const decidedPages = [\n  ['GET', '/login', 'public'],\n  [\n    'POST',\n    '/login',\n    'public',\n    'POST /api/auth/login',\n  ],\n];\n";
    expect(stock('test/worker/decided-pages.ts', table).pages).toEqual([
      'GET /login',
      'POST /login',
    ]);
    const crons =
      '[triggers]\ncrons = ["* * * * *", "1 2 * * *"]\n[env.a.triggers]\ncrons = ["3 4 * * *"]\n';
    expect(stock('wrangler.toml', crons).crons).toEqual(['* * * * *', '1 2 * * *', '3 4 * * *']);
  });
});
