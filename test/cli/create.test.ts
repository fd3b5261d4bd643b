import { spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { generatorVersion } from '../../generator/versions.ts';
import { hostNode } from '../../scripts/host-node.ts';
import { filesBelow } from '../files-below.ts';
import { cli, complaints, emptyDirectory, quick, runCli } from './command-line.ts';

describe('a project is created', () => {
  test('with --yes, exit 0, and what to type next', async () => {
    const cwd = emptyDirectory();
    const { code, stdout, stderr } = await runCli(['my-app', '--yes', ...quick], { cwd });
    expect(code).toBe(0);
    expect(complaints(stderr)).toEqual([]);
    expect(stdout).toContain('  cd my-app\n  npm install\n  npm run dev\n');
    expect(stdout).toContain(
      `npx create-stackbilder-app@${generatorVersion} my-app --yes --package-manager npm --no-install --no-git\n`,
    );
    expect(readdirSync(cwd)).toEqual(['my-app']);
  });

  test('--json prints one object, and the files it names are exactly those on disk', async () => {
    const cwd = emptyDirectory();
    const { code, stdout } = await runCli(['my-app', '--json', ...quick], { cwd });
    expect(code).toBe(0);
    const result: unknown = JSON.parse(stdout);
    expect(result).toMatchObject({
      directory: join(cwd, 'my-app'),
      options: {
        name: 'my-app',
        title: 'My App',
        domain: '',
        oauth: ['google', 'github'],
        packageManager: 'npm',
        install: false,
        git: false,
      },
      install: 'skipped',
      git: { status: 'skipped' },
    });
    const listed = filesBelow(join(cwd, 'my-app'));
    expect(listed.length).toBeGreaterThan(10);
    expect(result).toHaveProperty('files', expect.arrayContaining(listed));
    expect(result).toHaveProperty('files.length', listed.length);
    expect(stdout.endsWith('}\n')).toBe(true);
  });

  test('the command it prints makes the same project again', async () => {
    const cwd = emptyDirectory();
    const words = [
      'first app',
      '--name=my-app',
      "--title=Bob's & Co.",
      '--domain=a.example.com',
      '--oauth=github',
      '--package-manager=pnpm',
    ];
    const first = await runCli([...words, '--yes', ...quick, '--json'], { cwd });
    const { command }: { command: string } = JSON.parse(first.stdout);
    const other = emptyDirectory();
    // As a user would paste it, in a shell, with the local build in place of the published package.
    const local = command.replace(
      `npx create-stackbilder-app@${generatorVersion}`,
      '"$NODE" "$CLI"',
    );
    const again = spawnSync('sh', ['-c', local], {
      cwd: other,
      env: { ...process.env, NODE: hostNode(), CLI: cli },
      encoding: 'utf8',
    });
    expect(again.status, again.stderr).toBe(0);
    const manifest = (folder: string) =>
      readFileSync(join(folder, 'first app', '.stackbilder.json'), 'utf8');
    expect(manifest(other)).toBe(manifest(cwd));
  });

  test.each([
    ['here', ['.']],
    ['.', ['--name', 'governance']],
    ['.', ['-', '--name', 'dash']],
  ])('and so it does for what is made in %s with %j', async (place, words) => {
    const cwd = join(emptyDirectory(), place);
    mkdirSync(cwd, { recursive: true });
    const first = await runCli([...words, '--yes', ...quick, '--json'], { cwd });
    const { command, directory, next }: { command: string; directory: string; next: string[] } =
      JSON.parse(first.stdout);
    const other = emptyDirectory();
    const local = command.replace(/^\S+ \S+/, '"$NODE" "$CLI"');
    const enter = next.find((line) => line.startsWith('cd ')) ?? 'true';
    const again = spawnSync(
      'sh',
      ['-c', `${local} > /dev/null && ${enter} && cat .stackbilder.json`],
      {
        cwd: other,
        env: { ...process.env, NODE: hostNode(), CLI: cli },
        encoding: 'utf8',
      },
    );
    expect(again.stdout, again.stderr).toBe(
      readFileSync(join(directory, '.stackbilder.json'), 'utf8'),
    );
  });

  test('in a directory with a name as long as the file system takes it', async () => {
    const cwd = emptyDirectory();
    const long = '漢'.repeat(80);
    for (const words of [[long], [join(long, 'inner')]]) {
      const ran = await runCli([...words, '--name', 'x', '--dry-run', '--yes'], { cwd });
      expect(ran.code).toBe(0);
    }
    expect((await runCli([long, '--name', 'x', '--yes', ...quick], { cwd })).code).toBe(0);
    expect(filesBelow(join(cwd, long))).toContain('package.json');
  });

  test('in the current directory with "."', async () => {
    const cwd = join(emptyDirectory(), 'here');
    mkdirSync(cwd);
    const { code, stdout } = await runCli(['.', '--yes', ...quick], { cwd });
    expect(code).toBe(0);
    expect(stdout).not.toContain('  cd ');
    expect(filesBelow(cwd)).toContain('.stackbilder.json');
    expect(readFileSync(join(cwd, 'package.json'), 'utf8')).toContain('"name": "here"');
  });

  test('in directories above which nothing exists yet', async () => {
    const cwd = emptyDirectory();
    expect((await runCli(['a/b/my-app/', '--yes', ...quick], { cwd })).code).toBe(0);
    expect(filesBelow(join(cwd, 'a/b/my-app'))).toContain('package.json');
    expect(readdirSync(join(cwd, 'a/b'))).toEqual(['my-app']);
  });

  test('in a directory that holds only harmless entries, which are left alone', async () => {
    const cwd = emptyDirectory();
    mkdirSync(join(cwd, 'my-app/.git'), { recursive: true });
    writeFileSync(join(cwd, 'my-app/.DS_Store'), 'x');
    writeFileSync(join(cwd, 'my-app/LICENSE'), 'mine');
    mkdirSync(join(cwd, 'my-app/.idea'));
    expect((await runCli(['my-app', '--yes', ...quick], { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, 'my-app/LICENSE'), 'utf8')).toBe('mine');
    expect(filesBelow(join(cwd, 'my-app'))).toContain('package.json');
    expect(readdirSync(join(cwd, 'my-app')).filter((entry) => entry.includes('partial'))).toEqual(
      [],
    );
  });

  test('through a symbolic link to an empty directory', async () => {
    const cwd = emptyDirectory();
    mkdirSync(join(cwd, 'real'));
    symlinkSync(join(cwd, 'real'), join(cwd, 'my-app'));
    expect((await runCli(['my-app', '--yes', ...quick], { cwd })).code).toBe(0);
    expect(lstatSync(join(cwd, 'my-app')).isSymbolicLink()).toBe(true);
    expect(filesBelow(join(cwd, 'real'))).toContain('package.json');
  });

  test('with a name apart from the directory, whatever characters that has', async () => {
    const cwd = emptyDirectory();
    const { code, stdout } = await runCli(
      ["It's $(mine); rm -rf", '--name', 'mine', '--yes', ...quick],
      { cwd },
    );
    expect(code).toBe(0);
    expect(readdirSync(cwd)).toEqual(["It's $(mine); rm -rf"]);
    expect(stdout).toContain(`cd 'It'\\''s $(mine); rm -rf'`);
  });

  test('with secrets that only the owner reads, and that differ every time', async () => {
    const cwd = emptyDirectory();
    await runCli(['one', '--yes', ...quick], { cwd });
    await runCli(['two', '--yes', ...quick], { cwd });
    expect(statSync(join(cwd, 'one/.dev.vars')).mode & 0o777).toBe(0o600);
    const secret = (app: string) =>
      /HMAC_KEY="?([A-Za-z0-9+/=]+)/.exec(readFileSync(join(cwd, app, '.dev.vars'), 'utf8'))?.[1] ??
      '';
    expect(Buffer.from(secret('one'), 'base64')).toHaveLength(32);
    expect(secret('one')).not.toBe(secret('two'));
  });

  test('under the package manager that started it', async () => {
    const cwd = emptyDirectory();
    const env = { npm_config_user_agent: 'pnpm/9.1.0 npm/? node/v22.12.0 linux x64' };
    const { stdout } = await runCli(['my-app', '--json', '--dry-run'], { cwd, env });
    expect(JSON.parse(stdout)).toHaveProperty('options.packageManager', 'pnpm');
  });

  test.each([
    ['none', []],
    ['google', ['google']],
    ['github,google', ['google', 'github']],
    [' google , github ', ['google', 'github']],
  ])('with the identity providers of --oauth %j', async (typed, oauth) => {
    const cwd = emptyDirectory();
    const words = ['my-app', `--oauth=${typed}`, '--json', '--dry-run'];
    const { command, options } = JSON.parse((await runCli(words, { cwd })).stdout);
    expect(options.oauth).toEqual(oauth);
    const given = /--oauth (\S+)/.exec(command)?.[1] ?? 'by default';
    expect(given).toBe(oauth.length === 2 ? 'by default' : typed);
  });

  test('from a config file, which flags override', async () => {
    const cwd = emptyDirectory();
    writeFileSync(
      join(cwd, 'choices.json'),
      JSON.stringify({
        $schema: 'x',
        name: 'from-file',
        title: 'From File',
        oauth: ['google'],
        packageManager: 'yarn',
        install: false,
        git: false,
      }),
    );
    const { code, stdout } = await runCli(
      ['--config', 'choices.json', '--title', 'From Flag', '--json'],
      { cwd },
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      directory: join(cwd, 'from-file'),
      options: {
        name: 'from-file',
        title: 'From Flag',
        oauth: ['google'],
        packageManager: 'yarn',
      },
    });
  });
});
