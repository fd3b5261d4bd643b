import { spawnSync } from 'node:child_process';
import { lstatSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { appEnvironment, renderInto } from '../../scripts/rendered-app.ts';

const parent = realpathSync(mkdtempSync(join(tmpdir(), 'stackbilder-pnpm-')));
const app = join(parent, 'my-app');
afterAll(() => rmSync(parent, { recursive: true, force: true }));

/** Runs pnpm, which npm fetches; the release that the lock file format and `allowBuilds` of the template suit. */
function pnpm(directory: string, ...words: string[]) {
  const { status, stdout, stderr } = spawnSync('npx', ['--yes', 'pnpm@10', ...words], {
    cwd: directory,
    // What pnpm unpacks must not stay on this machine.
    env: { ...appEnvironment(), CI: '1', npm_config_store_dir: join(parent, 'store') },
    encoding: 'utf8',
    timeout: 120_000,
  });
  return { status, printed: `${stdout}${stderr}` };
}

const version = pnpm(parent, '--version');

describe.skipIf(version.status !== 0)('the application for pnpm, where pnpm can be had', () => {
  test('installs, and passes its type check', async () => {
    await renderInto(app, { name: 'my-app', packageManager: 'pnpm' });
    expect(pnpm(app, 'install', '--no-frozen-lockfile')).toMatchObject({ status: 0 });
    // A package that is no dependency of the application is out of its reach, and it must not need one.
    expect(lstatSync(join(app, 'node_modules', 'hono')).isSymbolicLink()).toBe(true);
    expect(pnpm(app, 'run', 'typecheck')).toMatchObject({ status: 0 });
  });

  test('may run the install scripts of exactly the packages that need them', () => {
    expect(pnpm(app, 'ignored-builds').printed).toMatch(/None/);
    expect(pnpm(app, 'exec', 'workerd', '--version').printed).toMatch(/workerd/);
  });

  test('runs its own script where pnpm has a command of the same name', () => {
    const { printed, status } = pnpm(app, 'run', 'deploy', '--help');
    expect({ printed, status }).toMatchObject({ status: 0 });
    expect(printed).toContain('staging|production');
  });
});
