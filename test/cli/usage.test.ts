import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { generatorVersion } from '../../generator/versions.ts';
import { hostNode } from '../../scripts/host-node.ts';
import { cli, complaints, emptyDirectory, quick, runCli } from './command-line.ts';

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

  test.skipIf(!existsSync('/dev/full'))('a full disk behind it is no success', async () => {
    const cwd = emptyDirectory();
    const under = ['sh', '-c', 'exec "$@" > /dev/full', 'sh'];
    for (const words of [['--schema'], ['my-app', '--yes', '--json', ...quick]]) {
      const { code, stderr } = await runCli(words, { cwd, under });
      expect([code, ...complaints(stderr)]).toEqual([
        1,
        'Error: Not all of standard output could be written: the disk is full. Free some space and run this again.',
      ]);
    }
    expect(existsSync(join(cwd, 'my-app', 'package.json'))).toBe(true);
  });

  test.skipIf(process.platform === 'win32')('no output at all is no failure', async () => {
    const under = ['sh', '-c', '"$@" >&-', 'sh'];
    const { code, stderr } = await runCli(['--schema'], { cwd: '/', under });
    expect([code, ...complaints(stderr)]).toEqual([0]);
  });

  test('no colour reaches a pipe', async () => {
    const cwd = emptyDirectory();
    const { stdout, stderr } = await runCli(['my-app', '--yes', ...quick], { cwd });
    expect(stdout + stderr).not.toContain('\u001B');
    expect(existsSync(join(cwd, 'my-app'))).toBe(true);
  });
});
