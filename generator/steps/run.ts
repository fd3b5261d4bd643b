import { spawn } from 'node:child_process';

/** A program and its arguments; never a line for a shell. */
export interface Command {
  readonly program: string;
  readonly arguments: readonly string[];
}

/** How a program ended. */
export interface Ended {
  /** Exit code; undefined when the program was not found or a signal ended it. */
  readonly code: number | undefined;
  readonly notFound: boolean;
  /** What it printed, standard output and error as they came. */
  readonly output: string;
}

/** Runs a program and waits for its end. Aborting passes the interrupt on to it. */
export function runProgram(
  { program, arguments: words }: Command,
  options: {
    readonly directory: string;
    readonly environment: NodeJS.ProcessEnv;
    readonly signal?: AbortSignal;
  },
): Promise<Ended> {
  return new Promise((settle) => {
    const child = spawn(program, words, {
      cwd: options.directory,
      env: options.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: false,
      windowsHide: true,
    });
    const stop = () => child.kill('SIGTERM');
    if (options.signal?.aborted === true) stop();
    options.signal?.addEventListener('abort', stop, { once: true });
    const chunks: Buffer[] = [];
    const keep = (chunk: Buffer) => chunks.push(chunk);
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const end = (code: number | undefined, notFound: boolean, more = '') => {
      options.signal?.removeEventListener('abort', stop);
      settle({ code, notFound, output: Buffer.concat(chunks).toString('utf8') + more });
    };
    child.on('error', (error) =>
      end(undefined, 'code' in error && error.code === 'ENOENT', error.message),
    );
    child.on('close', (code) => end(code ?? undefined, false));
  });
}

/** The environment for a child: without what a surrounding `npm run` or git hook says about another project. */
export function childEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign =
    /^(?:npm_package_|npm_lifecycle_|npm_config_local_prefix$|npm_command$|INIT_CWD$|GIT_DIR$|GIT_WORK_TREE$|GIT_INDEX_FILE$|GIT_PREFIX$)/;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !foreign.test(name)));
}
