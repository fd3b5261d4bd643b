import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { TestRun, type TestRequest } from './test-run.ts';

/** A run that takes longer hangs: a sabotage can make an endless loop, which no test time-out ends. */
const deadlineMs = 90_000;
/** The same for the app as it is, of which every test of a control runs. */
const deadlineOfAllMs = 300_000;

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
    const over = new AbortController();
    const mostMs = request.untilNoticed ? deadlineMs : deadlineOfAllMs;
    const signal = AbortSignal.any([over.signal, AbortSignal.timeout(mostMs)]);
    try {
      const answer = once(this.#process, 'message', { signal });
      const end = once(this.#process, 'exit', { signal }).then(() => {
        throw new Error('the process of the tests ended');
      });
      this.#process.send(request);
      const [message]: unknown[] = await Promise.race([answer, end]);
      return TestRun.parse(message);
    } catch (error) {
      const slow = signal.aborted;
      const reason = slow ? `no outcome within ${mostMs / 1000} s` : String(error);
      return { tests: [], problems: [reason] };
    } finally {
      over.abort();
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
