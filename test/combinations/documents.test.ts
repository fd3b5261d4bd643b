import { describe, expect, test } from 'vitest';
import { resolveOptions, type Options } from '../../generator/options.ts';
import { lostPaths, lostScripts } from './documents.ts';
import {
  defaultApp,
  edited,
  findingsEverywhere,
  renderedApp,
  without,
  withFile,
} from './rendered.ts';

const { files, options } = defaultApp;

describe('with every combination of options', () => {
  test('every path that a document names is there', () => {
    expect(findingsEverywhere(lostPaths)).toEqual([]);
  });

  test('every script that a document or a message names is there, in the words of its package manager', () => {
    expect(findingsEverywhere(lostScripts)).toEqual([]);
  });
});

const documented = (text: string) => withFile(files, 'docs/runbook.md', `${text}\n`);

describe('the check of paths notices', () => {
  test.each(['src/lost.ts', 'src/lost/', '.lostrc', 'lost.toml', 'docs/lost.md', 'rollback/'])(
    '`%s`, which is not there',
    (path) => {
      const lost = path.replace(/\/$/, '');
      expect(lostPaths(documented(`See \`${path}\`.`))).toEqual([
        `docs/runbook.md names ${lost}, which is not there`,
      ]);
    },
  );

  test('a file that is gone, in the README of the application', () => {
    expect(lostPaths(without(files, 'src/db/with-tenant.ts'))).toContain(
      'README.md names src/db/with-tenant.ts, which is not there',
    );
  });

  test.each([
    '/api/me',
    'https://example.com/a.ts',
    'withTenant()',
    'env.staging',
    'node_modules/x',
  ])('nothing in `%s`, which is no path of the application', (quoted) => {
    expect(lostPaths(documented(`See \`${quoted}\`.`))).toEqual([]);
  });

  test('nothing in a folder named after the one it is in', () => {
    expect(lostPaths(documented('See `migrations/` and `rollback/`.'))).toEqual([]);
  });
});

describe('the check of scripts notices', () => {
  const saying = (text: string, packageManager: Options['packageManager']) => {
    const app = renderedApp(resolveOptions({ name: 'my-app', packageManager }));
    return lostScripts(withFile(app.files, 'docs/runbook.md', `${text}\n`), app.options);
  };

  test.each([
    ['npm', 'npm run lost'],
    ['pnpm', 'pnpm run lost'],
    ['yarn', 'yarn lost'],
    ['bun', 'bun run lost'],
  ] as const)('a lost script in the words of %s', (packageManager, command) => {
    expect(saying(`Run \`${command}\`.`, packageManager)).toEqual([
      'docs/runbook.md names the script lost, which is not there',
    ]);
  });

  test('a lost script within a fence, a table or a message', () => {
    expect(saying('```sh\nnpm run lost\n```', 'npm')).toHaveLength(1);
    expect(saying('| command |\n| --- |\n| `dev`, `lost -- x` |', 'npm')).toEqual([
      'docs/runbook.md lists the command lost, which is not there',
    ]);
    expect(
      lostScripts(edited(files, 'src/env.ts', 'npm run dev', 'npm run lost'), options),
    ).toEqual(['src/env.ts names the script lost, which is not there']);
  });

  test('a command of pnpm where the script of that name is meant', () => {
    expect(saying('Run `pnpm deploy`.', 'pnpm')).toEqual([
      'docs/runbook.md says "pnpm deploy", which need not run the script',
    ]);
  });

  test("another package manager's command", () => {
    expect(saying('Run `npx wrangler`.', 'bun')).toEqual([
      'docs/runbook.md says "npx" to somebody who uses bun',
    ]);
  });

  test('a script that was removed', () => {
    const harmed = edited(files, 'package.json', '"prove":', '"other":');
    expect(lostScripts(harmed, options)).toContain(
      'README.md names the script prove, which is not there',
    );
  });
});
