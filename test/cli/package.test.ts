import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { hostNode, hostPath, root } from '../../scripts/host-node.ts';
import { filesBelow } from '../files-below.ts';
import { emptyDirectory, plainEnvironment } from './command-line.ts';

/**
 * What is downloaded each time somebody runs `npm create`. Nearly all of it is the application: its
 * tests and sabotages, on which every claim rests, take more than its source. Nothing here costs time
 * at start-up, so the limit is there to notice what slips in, not to keep a test out.
 */
const mostBytes = 850_000;

function npm(directory: string, ...words: string[]): string {
  const result = spawnSync('npm', words, {
    cwd: directory,
    env: { ...plainEnvironment(), PATH: hostPath() },
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  expect(result.status, `npm ${words.join(' ')}: ${result.stderr}`).toBe(0);
  return result.stdout;
}

describe('the published package', () => {
  let tarball = '';
  let folder = '';
  beforeAll(() => {
    folder = join(root, '.scratch', 'package');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    // The build has just run; prepack would run it again beside tests that use its result.
    npm(root, 'pack', '--silent', '--ignore-scripts', '--pack-destination', folder);
    tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '');
  });

  test(`is smaller than ${mostBytes} bytes`, () => {
    expect(statSync(tarball).size).toBeLessThan(mostBytes);
  });

  test('installs as exactly one package, offline, and its command and library work', () => {
    const directory = emptyDirectory();
    writeFileSync(
      join(directory, 'package.json'),
      '{"name":"empty","private":true,"type":"module"}',
    );
    npm(directory, 'install', '--offline', '--no-audit', '--no-fund', tarball);
    const installed = readdirSync(join(directory, 'node_modules')).filter(
      (name) => !name.startsWith('.'),
    );
    expect(installed).toEqual(['create-stackbilder-app']);

    npm(
      directory,
      'exec',
      '--offline',
      '--',
      'create-stackbilder-app',
      'my-app',
      '--yes',
      '--no-install',
      '--no-git',
    );
    expect(filesBelow(join(directory, 'my-app'))).toContain('.stackbilder.json');

    const counting = `import { plan, render } from 'create-stackbilder-app';
console.log(render(plan({ name: 'my-app' })).length);`;
    const counted = spawnSync(hostNode(), ['--input-type=module', '--eval', counting], {
      cwd: directory,
      encoding: 'utf8',
    });
    expect(counted.stdout, counted.stderr).toBe(
      `${filesBelow(join(directory, 'my-app')).length}\n`,
    );

    // Its types, as a user's compiler sees them.
    writeFileSync(
      join(directory, 'use.ts'),
      `import { plan, render, OptionsError, type Options } from 'create-stackbilder-app';
const options: Options = plan({ name: 'x', packageManager: 'pnpm' }).options;
export const paths: string[] = render(plan(options)).map((file) => file.path + file.content.length);
export const wrong = OptionsError;
// @ts-expect-error no such package manager
plan({ name: 'x', packageManager: 'pip' });
// @ts-expect-error the name is needed
plan({});
`,
    );
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const words = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--types',
      '',
      'use.ts',
    ];
    const checked = spawnSync(process.execPath, [compiler, ...words], {
      cwd: directory,
      encoding: 'utf8',
    });
    expect(checked.stdout + checked.stderr).toBe('');
  });

  test('declares no dependency that a user would install', () => {
    const own: Record<string, unknown> = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    );
    expect(own.dependencies).toBeUndefined();
    expect(own.peerDependencies).toBeUndefined();
  });
});
