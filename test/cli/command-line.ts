import { spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { hostEnvironment, hostNode, root } from '../../scripts/host-node.ts';

/** The built command line. */
export const cli = join(root, 'dist', 'cli.cjs');

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Circumstances {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly uid?: number;
  /** Another copy of the built command line. */
  readonly program?: string;
  /** Run this program with the node command line as its further arguments. */
  readonly under?: readonly string[];
}

/** The user's environment, without what vitest, npm and continuous integration put there. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const foreign =
    /^(?:npm_|CI$|DEBUG$|NO_COLOR$|FORCE_COLOR$|VITEST|TEST$|NODE_ENV$|NODE_EXTRA_CA_CERTS$|INIT_CWD$|STACKBILDER_)/;
  return Object.fromEntries(
    Object.entries(hostEnvironment()).filter(([name]) => !foreign.test(name)),
  );
}

/** An empty directory that goes away with the test. */
export function emptyDirectory(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'stackbilder-test-')));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Runs the command line under the user's own Node, without a terminal. */
export function runCli(words: readonly string[], circumstances: Circumstances): Promise<Ran> {
  const [program = '', ...rest] = [
    ...(circumstances.under ?? []),
    hostNode(),
    circumstances.program ?? cli,
    ...words,
  ];
  return new Promise((settle, refuse) => {
    const child = spawn(program, rest, {
      cwd: circumstances.cwd,
      env: { ...plainEnvironment(), ...circumstances.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(circumstances.uid === undefined
        ? {}
        : { uid: circumstances.uid, gid: circumstances.uid }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.on('error', refuse);
    child.on('close', (code) => settle({ code, stdout, stderr }));
  });
}

/** Standard error without the warning that an old Node gets. */
export function complaints(stderr: string): string[] {
  return stderr
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('Warning: this is Node'));
}

/** Flags that spare what takes time and is not looked at. */
export const quick = ['--no-install', '--no-git'];
