import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hostPath } from '../../scripts/host-node.ts';
import { filesBelow } from '../files-below.ts';
import { complaints, emptyDirectory, runCli } from './command-line.ts';

const identity = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};
const nobody = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', EMAIL: '' };

function git(directory: string, ...words: string[]): string {
  return spawnSync('git', words, { cwd: directory, encoding: 'utf8' }).stdout.trim();
}

/** A directory for PATH holding one program of that name, a shell script. */
function program(name: string, script: string): string {
  const folder = emptyDirectory();
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
  return folder;
}

function withFirst(folder: string): { PATH: string } {
  return { PATH: `${folder}:${hostPath()}` };
}

describe('git', () => {
  test('makes one commit on main of all files but the secrets', async () => {
    const cwd = emptyDirectory();
    const { code, stderr } = await runCli(['my-app', '--yes', '--no-install'], {
      cwd,
      env: { ...nobody, ...identity },
    });
    expect(code).toBe(0);
    expect(stderr).toContain('Creating a git repository: done\n');
    const app = join(cwd, 'my-app');
    expect(git(app, 'rev-list', '--count', 'HEAD')).toBe('1');
    expect(git(app, 'branch', '--show-current')).toBe('main');
    expect(git(app, 'status', '--porcelain')).toBe('');
    const tracked = git(app, 'ls-files').split('\n').sort();
    const written = filesBelow(app).filter((path) => !path.startsWith('.git/'));
    expect(tracked).toEqual(written.filter((path) => path !== '.dev.vars'));
  });

  test('without a user name: a repository, no commit, said so, exit 0', async () => {
    const cwd = emptyDirectory();
    const { code, stdout } = await runCli(['my-app', '--yes', '--no-install'], {
      cwd,
      env: nobody,
    });
    expect(code).toBe(0);
    expect(stdout).toContain('git knows no user.name and user.email, so nothing was committed');
    expect(existsSync(join(cwd, 'my-app/.git'))).toBe(true);
    expect(git(join(cwd, 'my-app'), 'rev-list', '--all', '--count')).toBe('0');
  });

  test('inside a repository: nothing initialised, nothing committed, said so', async () => {
    const cwd = emptyDirectory();
    git(cwd, 'init', '--quiet');
    const { code, stdout } = await runCli(['my-app', '--json', '--no-install'], {
      cwd,
      env: identity,
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toHaveProperty('git.status', 'skipped');
    expect(existsSync(join(cwd, 'my-app/.git'))).toBe(false);
    expect(git(cwd, 'rev-list', '--all', '--count')).toBe('0');
    expect(git(cwd, 'diff', '--cached', '--name-only')).toBe('');
  });

  test('in a directory that is a repository itself: the same', async () => {
    const cwd = emptyDirectory();
    git(cwd, 'init', '--quiet');
    const { code } = await runCli(['.', '--name', 'my-app', '--yes', '--no-install'], {
      cwd,
      env: identity,
    });
    expect(code).toBe(0);
    expect(git(cwd, 'rev-list', '--all', '--count')).toBe('0');
  });

  test.each([
    ['above, one that git cannot read', '.git/config', '[bad', ['my-app']],
    ['here, one that git cannot read', '.git/config', '[bad', ['.', '--name', 'my-app']],
    ["above, Mercurial's", '.hg/requires', 'store', ['my-app']],
    ["here, Mercurial's", '.hg/requires', 'store', ['.', '--name', 'my-app']],
  ])(
    'in a repository all the same, %s: nothing is written into it',
    async (_, path, text, words) => {
      const cwd = emptyDirectory();
      mkdirSync(dirname(join(cwd, path)));
      writeFileSync(join(cwd, path), text);
      const { code, stdout } = await runCli([...words, '--json', '--no-install'], {
        cwd,
        env: identity,
      });
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toHaveProperty('git.status', 'skipped');
      const ofRepositories = filesBelow(cwd).filter((file) => /(?:^|\/)\.(?:git|hg)\//.test(file));
      expect(ofRepositories).toEqual([path]);
    },
  );

  test('not installed: said so, exit 0', async () => {
    const cwd = emptyDirectory();
    const { code, stdout } = await runCli(['my-app', '--yes', '--no-install'], {
      cwd,
      env: { PATH: '/nonexistent' },
    });
    expect(code).toBe(0);
    expect(stdout).toContain('Note: git is not installed.');
    expect(existsSync(join(cwd, 'my-app/package.json'))).toBe(true);
  });

  test('failing: exit 1, and the project is complete', async () => {
    const cwd = emptyDirectory();
    const PATH = withFirst(
      program(
        'git',
        'case "$1" in rev-parse) exit 1;; init) exit 0;; *) echo broken >&2; exit 3;; esac',
      ),
    ).PATH;
    const { code, stderr } = await runCli(['my-app', '--yes', '--no-install'], {
      cwd,
      env: { PATH },
    });
    expect(code).toBe(1);
    expect(complaints(stderr).at(-1)).toContain(
      `failed: broken. The project in ${cwd}/my-app is complete.`,
    );
    expect(existsSync(join(cwd, 'my-app/.stackbilder.json'))).toBe(true);
  });

  test('environment of a surrounding git hook does not lead the commit elsewhere', async () => {
    const other = emptyDirectory();
    git(other, 'init', '--quiet');
    const cwd = emptyDirectory();
    const env = {
      ...nobody,
      ...identity,
      GIT_DIR: join(other, '.git'),
      GIT_INDEX_FILE: join(other, '.git/index'),
    };
    const { code } = await runCli(['my-app', '--yes', '--no-install'], { cwd, env });
    expect(code).toBe(0);
    expect(git(other, 'rev-list', '--all', '--count')).toBe('0');
    expect(git(join(cwd, 'my-app'), 'rev-list', '--count', 'HEAD')).toBe('1');
  });
});

describe('install', () => {
  test('runs the chosen package manager in the project, and the commit comes after it', async () => {
    const cwd = emptyDirectory();
    const env = {
      ...nobody,
      ...identity,
      ...withFirst(program('pnpm', 'pwd > where.txt; echo "$@" > how.txt')),
    };
    const { code, stdout } = await runCli(['my-app', '--json', '--package-manager', 'pnpm'], {
      cwd,
      env,
    });
    expect(code).toBe(0);
    const result: unknown = JSON.parse(stdout);
    expect(result).toMatchObject({
      install: 'done',
      git: { status: 'committed' },
      next: ['cd my-app', 'pnpm run dev', 'pnpm run test'],
    });
    const app = join(cwd, 'my-app');
    expect(readFileSync(join(app, 'where.txt'), 'utf8')).toBe(`${app}\n`);
    expect(readFileSync(join(app, 'how.txt'), 'utf8')).toBe('install\n');
    expect(git(app, 'ls-files', 'where.txt')).toBe('where.txt');
  });

  test('failing: the project stays, complete, exit 1, its output shown, and the error in --json', async () => {
    const cwd = emptyDirectory();
    const env = withFirst(program('npm', 'echo "no route to registry" >&2; exit 7'));
    const { code, stdout, stderr } = await runCli(['my-app', '--json', '--no-git'], { cwd, env });
    expect(code).toBe(1);
    expect(stderr).toContain('  no route to registry\n');
    const message = `"npm install" failed. The project in ${cwd}/my-app is complete; install its dependencies there.`;
    expect(JSON.parse(stdout)).toMatchObject({
      install: 'failed',
      error: { code: 'install_failed', message },
    });
    expect(stderr).toContain(`Error: ${message}\n`);
    expect(existsSync(join(cwd, 'my-app/.stackbilder.json'))).toBe(true);
  });

  test('a package manager that is not there is named', async () => {
    const cwd = emptyDirectory();
    const env = { PATH: '/nonexistent' };
    const { code, stderr } = await runCli(
      ['my-app', '--yes', '--no-git', '--package-manager', 'bun'],
      { cwd, env },
    );
    expect(code).toBe(1);
    expect(stderr).toContain('bun is not installed. The project in');
  });

  test('plain lines, no animation, where there is no terminal', async () => {
    const cwd = emptyDirectory();
    const env = withFirst(program('npm', 'sleep 0.5'));
    const { stderr } = await runCli(['my-app', '--yes', '--no-git'], { cwd, env });
    expect(complaints(stderr)).toEqual([
      'Installing dependencies with npm ...',
      'Installing dependencies with npm: done',
    ]);
  });

  test('no value that was typed reaches a shell', async () => {
    const cwd = emptyDirectory();
    const canary = join(cwd, 'canary');
    const directory = `$(touch ${canary.replaceAll('/', '_')});touch canary;\`touch canary\``;
    const env = { ...nobody, ...identity, ...withFirst(program('npm', 'exit 0')) };
    const { code } = await runCli([directory, '--name', 'my-app', '--yes'], { cwd, env });
    expect(code).toBe(0);
    expect(readdirSync(cwd)).toEqual([directory]);
    const touched = filesBelow(cwd).filter((path) => basename(path).endsWith('canary'));
    expect(touched).toEqual([]);
  });
});
