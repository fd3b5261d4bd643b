import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesBelow } from '../files-below.ts';
import { cli, complaints, emptyDirectory, quick, runCli } from './command-line.ts';

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
