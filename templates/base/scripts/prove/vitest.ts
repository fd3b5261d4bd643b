import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { on } from 'node:events';
import { join } from 'node:path';
import { aTestEnded, TestRun, type TestRequest } from './test-run.ts';

/** A run of which no test ends for so long hangs: a sabotage can make an endless loop, which no test time-out ends. */
const deadlineMs = 180_000;

/**
 * One Vitest in a process of its own. Several cannot share one, since a Vitest configuration may
 * read files relative to the working directory; and a process can be ended whatever it does.
 */
export class VitestProcess {
  readonly #process: ChildProcess;

  /**
   * @param directory of the scratch copy whose tests it runs
   * @param temporary directory for what test runtimes leave behind
   */
  constructor(directory: string, temporary: string) {
    this.#process = fork(join(import.meta.dirname, 'vitest-process.ts'), [], {
      cwd: directory,
      env: {
        ...process.env,
        PWD: directory,
        TMPDIR: temporary,
        TEMP: temporary,
        TMP: temporary,
        // Otherwise workerd's simulator asks the network what a request from here looks like.
        CLOUDFLARE_CF_FETCH_ENABLED: 'false',
      },
      execArgv: ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'],
      // Its own process group, so that it ends together with the runtimes it started.
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
  }

  /** Runs tests and says what they came to; never rejects, since a crash is an outcome too. */
  async run(request: TestRequest): Promise<TestRun> {
    const stop = new AbortController();
    const deadline = setTimeout(
      () => stop.abort(`no test ended for ${deadlineMs / 1000} s`),
      deadlineMs,
    );
    const end = () => stop.abort('the process of the tests ended');
    this.#process.once('exit', end);
    try {
      const messages = on(this.#process, 'message', { signal: stop.signal });
      this.#process.send(request);
      for await (const [message] of messages) {
        deadline.refresh();
        if (message !== aTestEnded) return TestRun.parse(message);
      }
      throw new Error('the process of the tests said nothing');
    } catch (error) {
      const reason = stop.signal.aborted ? stop.signal.reason : error;
      return { tests: [], problems: [String(reason)] };
    } finally {
      clearTimeout(deadline);
      this.#process.off('exit', end);
    }
  }

  /** Ends it at once, with everything it started. */
  end(): void {
    const { pid } = this.#process;
    if (pid === undefined) return;
    try {
      if (process.platform === 'win32') spawnSync('taskkill', ['/pid', `${pid}`, '/t', '/f']);
      else process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  }
}
