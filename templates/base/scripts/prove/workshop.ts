import { mkdirSync, mkdtempSync, realpathSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyApp } from './scratch-copy.ts';
import type { NoticingTests } from './noticing-tests.ts';
import { TypeCheck } from './type-check.ts';
import { VitestProcess } from './vitest.ts';

/** The directory of one run, and everything in it or about it that must not outlive the run. */
export class Workshop {
  /** What earlier runs found out; none where nothing stale may decide. */
  readonly noticingTests: NoticingTests | undefined;
  readonly #app: string;
  readonly #prove: string;
  readonly #directory: string;
  readonly #processes = new Set<VitestProcess>();
  #copies = 0;

  /** @param app the app's own directory; copies stay inside it, where its dependencies resolve */
  constructor(app: string, noticingTests?: NoticingTests) {
    this.noticingTests = noticingTests;
    this.#app = realpathSync(app);
    this.#prove = join(this.#app, '.prove');
    mkdirSync(this.#prove, { recursive: true });
    this.#directory = mkdtempSync(join(this.#prove, 'run-'));
    mkdirSync(this.#temporary);
  }

  /** Makes one more scratch copy of the app. @returns its directory */
  copy(): string {
    this.#copies += 1;
    const directory = join(this.#directory, `${this.#copies}`);
    copyApp(this.#app, directory);
    return directory;
  }

  /** A compiler with a copy of its own, so that it can look while tests run. */
  typeCheck(cold: boolean): TypeCheck {
    const directory = this.copy();
    return new TypeCheck(directory, `${directory}.tsbuildinfo`, cold);
  }

  /** Starts a Vitest on a scratch copy. */
  start(directory: string): VitestProcess {
    const vitest = new VitestProcess(directory, this.#temporary);
    this.#processes.add(vitest);
    return vitest;
  }

  end(vitest: VitestProcess): void {
    vitest.end();
    this.#processes.delete(vitest);
  }

  /** Ends every process and removes every copy, at once, so that it can run as the program exits. */
  close(): void {
    for (const vitest of this.#processes) this.end(vitest);
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    try {
      rmdirSync(this.#prove);
    } catch {
      // Another run still works there.
    }
  }

  get #temporary(): string {
    return join(this.#directory, 'tmp');
  }
}
