import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { generatorVersion } from '../../generator/versions.ts';
import { filesBelow } from '../files-below.ts';
import { cli, complaints, emptyDirectory, runCli } from './command-line.ts';
import { hostNode } from '../../scripts/host-node.ts';

const quick = ['--no-install', '--no-git'];

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

describe('nothing is written', () => {
  test('with --dry-run, which lists the files', async () => {
    const cwd = emptyDirectory();
    const listed = await runCli(['my-app', '--dry-run', '--yes'], { cwd });
    expect(listed.code).toBe(0);
    expect(readdirSync(cwd)).toEqual([]);
    await runCli(['my-app', '--yes', ...quick], { cwd });
    expect(listed.stdout.trim().split('\n').sort()).toEqual(filesBelow(join(cwd, 'my-app')));
  });

  test('over an earlier project: one line, exit 1, no byte changed', async () => {
    const cwd = emptyDirectory();
    await runCli(['my-app', '--yes', ...quick], { cwd });
    const before = filesBelow(cwd).map((path) => [path, readFileSync(join(cwd, path), 'utf8')]);
    const { code, stdout, stderr } = await runCli(['my-app', '--yes', ...quick], { cwd });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('".dev.vars"');
    expect(filesBelow(cwd).map((path) => [path, readFileSync(join(cwd, path), 'utf8')])).toEqual(
      before,
    );
  });

  test.each([
    ['a file', (cwd: string) => writeFileSync(join(cwd, 'my-app'), 'x'), 'it is a file'],
    [
      'a dangling link',
      (cwd: string) => symlinkSync('/nowhere/at/all', join(cwd, 'my-app')),
      'leads nowhere',
    ],
    [
      'a file in it',
      (cwd: string) => {
        mkdirSync(join(cwd, 'my-app'));
        writeFileSync(join(cwd, 'my-app/notes.txt'), 'x');
      },
      '"notes.txt" is in the way',
    ],
  ])('where %s is in the way', async (_what, prepare, message) => {
    const cwd = emptyDirectory();
    prepare(cwd);
    const before = readdirSync(cwd, { recursive: true });
    const { code, stderr } = await runCli(['my-app', '--yes', ...quick], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(complaints(stderr)).toHaveLength(1);
    expect(readdirSync(cwd, { recursive: true })).toEqual(before);
  });

  test('below a file', async () => {
    const cwd = emptyDirectory();
    writeFileSync(join(cwd, 'file'), 'x');
    const { code, stderr } = await runCli(['file/my-app', '--yes', ...quick], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('a file stands where a directory is expected');
  });

  test('below a link that leads nowhere', async () => {
    const cwd = emptyDirectory();
    symlinkSync('nowhere', join(cwd, 'link'));
    const { code, stderr } = await runCli(['link/my-app', '--yes', ...quick], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('a link there leads nowhere. Nothing was left behind.');
  });

  test('in a current directory that is gone', async () => {
    const cwd = emptyDirectory();
    const under = ['sh', '-c', 'mkdir gone; cd gone; rmdir ../gone; exec "$@"', 'sh'];
    const { code, stdout, stderr } = await runCli(['x', '--json', ...quick], { cwd, under });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'invalid_directory' } });
    expect(complaints(stderr)).toEqual([
      'Error: The current directory is gone. Change to another one.',
    ]);
  });

  test('in the parent directory, which holds the current one', async () => {
    const cwd = join(emptyDirectory(), 'inner');
    mkdirSync(cwd);
    const { code, stderr } = await runCli(['..', '--name', 'up', '--yes', ...quick], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('"inner" is in the way');
  });

  test.skipIf(process.getuid?.() !== 0)('in a directory that is read-only', async () => {
    const cwd = emptyDirectory();
    // Whoever the permissions bind must still be able to read the command line, wherever this repository is.
    const readable = emptyDirectory();
    chmodSync(readable, 0o755);
    cpSync(dirname(cli), readable, { recursive: true });
    chmodSync(cwd, 0o555);
    const { code, stderr } = await runCli([join(cwd, 'deep/my-app'), '--yes', ...quick], {
      cwd: '/',
      uid: 65534,
      program: join(readable, 'cli.cjs'),
    });
    expect(code).toBe(1);
    expect(complaints(stderr)).toEqual([
      `Error: ${cwd}/deep/my-app could not be written: permission denied. Choose a directory that you may write to. Nothing was left behind.`,
    ]);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('when a file cannot be written in full (as on a full disk)', async () => {
    const cwd = emptyDirectory();
    // ulimit counts blocks of 512 bytes; the kernel then cuts a larger file short, as a full disk does.
    const under = ['sh', '-c', 'ulimit -f 4; exec "$@"', 'sh'];
    const { code, stderr } = await runCli(['a/my-app', '--yes', ...quick], { cwd, under });
    expect(code).toBe(1);
    expect(stderr).toMatch(/file size limit.*Nothing was left behind\./);
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe('wrong usage is refused with exit 2, one line, and the way out', () => {
  test.each<[string[], string]>([
    [[], 'The directory is missing. Give it, or --name: npx create-stackbilder-app@'],
    [['--yes'], 'The directory is missing'],
    [['My App!', '--yes'], 'Try "my-app", or keep the directory: npx create-stackbilder-app@'],
    [['node_modules', '--yes'], 'npm reserves this name'],
    [['x', '--name', 'favicon.ico'], 'npm reserves this name'],
    [['hono', '--yes'], 'Try "hono-app"'],
    [['x', '--yse'], 'did you mean --yes?'],
    [['x', '--verson'], 'did you mean --version?'],
    [['x', '--no-isntall'], 'did you mean --no-install?'],
    [['x', '-q'], '-q is not an option'],
    [['x', '--package-manager', 'pnmp'], 'try "pnpm"'],
    [['x', '--package-manager'], 'needs a value'],
    [['x', '--title', '--yes'], '--title needs a value'],
    [['x', '--title', '<b>'], 'are allowed'],
    [['x', '--domain', 'https://Example.com/x'], 'try "example.com"'],
    [['x', '--oauth', 'gogle,github'], 'try "google"'],
    [['x', '--oauth', ''], 'any of google, github, or none'],
    [['x', '--oauth', 'none,github'], 'any of google, github, or none'],
    [['x', '--oauth=google', '--oauth=github'], 'given twice'],
    [['x', '--install=no'], 'use --install or --no-install'],
    [['x', '--git', '--no-git'], 'given twice'],
    [['x', 'y'], 'One directory is expected'],
    [['x', '--config', 'a.json', '--config', 'b.json'], '--config is given twice'],
    [['governance', '--accept', 'yours', '--accept', 'generated'], '--accept is given twice'],
    [['governance', 'x', 'y'], 'One directory is expected after "governance"'],
    [['governance', 'x', '--title', 'X'], '--title says nothing here'],
    [['governance', 'x', '--config', 'x.json'], '--config says nothing here'],
    [['governance', 'x', '--accept', 'mine'], '--accept takes "yours" or "generated"'],
    [['x', '--check'], 'it belongs to "governance"'],
    [['x', '--accept', 'yours'], 'it belongs to "governance"'],
    [['~/my-app'], 'did not expand "~"'],
    [['  '], 'empty text'],
    [['a\nb'], 'control character'],
    [['x', '--config', 'absent.json'], 'there is no such file'],
    [['x', '--config', '.'], 'it is a directory'],
  ])('%j', async (words, message) => {
    const cwd = emptyDirectory();
    const { code, stdout, stderr } = await runCli(words, { cwd });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test.each([
    ['{"titel": "x"}', 'did you mean title?'],
    ['[]', 'one JSON object'],
    ['{', 'not valid JSON'],
    ['{\n  "name": x\n}', 'not valid JSON'],
    ['{"email": {"toString": 1}, "oauth": [{"toString": 1}]}', 'one of cloudflare, resend'],
    ['{"install": "yes"}', 'true or false'],
    ['{"name": null}', 'must not be null'],
    ['{"package-manager": "npm", "packageManager": "npm"}', 'there twice'],
    ['{"__proto__": {"x": 1}}', 'is not an option'],
  ])('a config file holding %s', async (text, message) => {
    const cwd = emptyDirectory();
    writeFileSync(join(cwd, 'config.json'), text);
    const { code, stderr } = await runCli(['x', '--config', 'config.json'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(readdirSync(cwd)).toEqual(['config.json']);
  });

  test('with --json the error is one object on standard output', async () => {
    const cwd = emptyDirectory();
    const { code, stdout, stderr } = await runCli(['x', '--nme=y', '--json'], { cwd });
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: 'unknown_option',
        message: '--nme is not an option (did you mean --name?). --help lists them all.',
      },
    });
    expect(stderr).toContain('did you mean --name?');
  });

  test('a stack trace is shown only with DEBUG', async () => {
    const cwd = emptyDirectory();
    expect((await runCli(['--x'], { cwd })).stderr).not.toContain('    at ');
    expect((await runCli(['--x'], { cwd, env: { DEBUG: '1' } })).stderr).toContain('    at ');
  });
});

describe('information', () => {
  test('--version', async () => {
    const { code, stdout } = await runCli(['--version'], { cwd: '/' });
    expect([code, stdout]).toEqual([0, `${generatorVersion}\n`]);
  });

  test('--help names every flag, ends with a section for scripts, and needs nothing else', async () => {
    const { code, stdout } = await runCli(['-h'], { cwd: '/' });
    expect(code).toBe(0);
    for (const flag of [
      '--name',
      '--title',
      '--domain',
      '--oauth google,github|none',
      '--package-manager',
      '--no-install',
      '--no-git',
      '--yes',
      '--dry-run',
      '--json',
      '--schema',
      '--config',
      '--help',
      '--version',
    ])
      expect(stdout).toContain(flag);
    expect(stdout.indexOf('For scripts and agents:')).toBeGreaterThan(stdout.indexOf('--version'));
  });

  test('--schema is the JSON Schema of the config file', async () => {
    const { code, stdout } = await runCli(['--schema'], { cwd: '/' });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      additionalProperties: false,
      properties: {
        oauth: { type: 'array', items: { enum: ['google', 'github'] } },
        packageManager: { enum: ['npm', 'pnpm', 'yarn', 'bun'] },
        install: { type: 'boolean' },
      },
    });
  });

  test('a reader that goes away early does no harm', () => {
    const script = '{ sleep 0.3; "$NODE" "$CLI" --help; echo "exit $?" >&2; } | true';
    const { stderr } = spawnSync('sh', ['-c', script], {
      env: { ...process.env, NODE: hostNode(), CLI: cli },
      encoding: 'utf8',
    });
    expect(stderr).toBe('exit 0\n');
  });

  test('no colour reaches a pipe', async () => {
    const cwd = emptyDirectory();
    const { stdout, stderr } = await runCli(['my-app', '--yes', ...quick], { cwd });
    expect(stdout + stderr).not.toContain('\u001B');
    expect(existsSync(join(cwd, 'my-app'))).toBe(true);
  });
});
