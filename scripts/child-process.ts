import { spawn, spawnSync, type ChildProcess, type StdioOptions } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

// A server that shuts down in order needs a moment; one that hangs gets no more than this.
const patience = 5_000;

/** How a program ended: with a code, or by a signal. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Circumstances {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdio: StdioOptions;
  /**
   * Puts the program and all that it starts into a process group of their own, so that none of them
   * outlives `stop()`. Such a program cannot read the terminal and gets no Ctrl-C from it.
   */
  readonly ownGroup: boolean;
}

/** A program that was started from here. */
export interface StartedProgram {
  readonly child: ChildProcess;
  /** Settles when it has ended; rejects when it could not be started. */
  readonly ended: Promise<Ending>;
  readonly hasEnded: () => boolean;
  /** Ends it, politely at first, and settles when nothing of it is left. */
  readonly stop: () => Promise<void>;
}

const running = new Set<StartedProgram>();

/** Starts a program. On Windows npm is a batch file, which only a shell starts; give no word from outside. */
export function startProgram(
  program: string,
  words: readonly string[],
  { ownGroup, ...rest }: Circumstances,
): StartedProgram {
  const isWindows = process.platform === 'win32';
  const child = spawn(program, words, {
    ...rest,
    detached: ownGroup && !isWindows,
    shell: isWindows,
  });
  let isOver = false;
  const ended = new Promise<Ending>((settle, refuse) => {
    child.once('error', refuse);
    child.once('close', (code, signal) => settle({ code, signal }));
  }).finally(() => {
    isOver = true;
    if (!ownGroup) running.delete(started);
  });
  // Whoever wants to know awaits it; until then a failure to start is nobody's rejection.
  ended.catch(() => {});

  const stop = async () => {
    const { pid } = child;
    if (pid === undefined) return;
    const send = (signal: NodeJS.Signals | 0): boolean => {
      if (!ownGroup) return isOver ? false : signal === 0 || child.kill(signal);
      if (isWindows) return spawnSync('taskkill', ['/pid', String(pid), '/t', '/f']).status === 0;
      try {
        return process.kill(-pid, signal);
      } catch {
        return false; // nobody of the group is left
      }
    };
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (!send(signal)) break;
      for (let waited = 0; waited < patience && !isWindows && send(0); waited += 20)
        await pause(20);
    }
    running.delete(started);
  };
  const started: StartedProgram = { child, ended, hasEnded: () => isOver, stop };
  running.add(started);
  return started;
}

/** Ends every program that was started here and may still run. */
export async function stopPrograms(): Promise<void> {
  await Promise.all([...running].map((started) => started.stop()));
}

// By custom, 128 and the number of the signal.
const codes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
let isEnding = false;

/**
 * Lets a signal end this process only after all programs that it started, so that none is left
 * behind and none writes into a folder that is about to be removed. Whatever listens to `exit`
 * cleans up.
 *
 * npm passes a signal to a shell, which may die of it without passing it on. So the loss of the
 * parent counts as a signal, too.
 */
export function endOnSignals(): void {
  const end = (code: number) => {
    // A terminal sends Ctrl-C to npm as well, which passes it on: the same wish twice.
    if (isEnding) return;
    isEnding = true;
    void stopPrograms().finally(() => process.exit(code));
  };
  for (const [signal, code] of Object.entries(codes)) process.on(signal, () => end(code));
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end(codes.SIGHUP);
  }, 250).unref();
}

/** Settles when a program has done its work. @throws {Error} when it failed, unless this process is ending anyway */
export async function success(started: StartedProgram, name: string): Promise<void> {
  const { code, signal } = await started.ended;
  if (isEnding) await new Promise(() => {});
  if (code !== 0) throw new Error(`"${name}" ended with ${signal ?? code}`);
}
