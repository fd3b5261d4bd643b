import { execFile } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const tsc = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin/tsc',
);

/** The compiler, for one scratch copy. What it found out about the app as it is spares it most work. */
export class TypeCheck {
  readonly #directory: string;
  readonly #memory: string;
  #asItIs: Promise<unknown> | undefined;

  /**
   * @param directory of the scratch copy
   * @param memory path, outside of the copy, at which the compiler may keep what it found out
   */
  constructor(directory: string, memory: string) {
    this.#directory = directory;
    this.#memory = memory;
  }

  /** Looks at the copy as it is before a sabotage; what is found out serves every check after it. */
  prepare(): Promise<unknown> {
    this.#asItIs ??= this.#compile(...remembering(this.#memory));
    return this.#asItIs;
  }

  /**
   * The first complaint of the compiler about the copy, or undefined if it has none.
   *
   * @param cold whether it must find out everything anew
   */
  async error(cold: boolean): Promise<string | undefined> {
    if (cold) return this.#compile();
    // Each check starts from the app as it is: what was found out about one sabotage is of no use.
    const scratch = `${this.#memory}.scratch`;
    if (existsSync(this.#memory)) copyFileSync(this.#memory, scratch);
    return this.#compile(...remembering(scratch));
  }

  #compile(...words: readonly string[]): Promise<string | undefined> {
    // One thread, since every core is at work on a copy already.
    const parameters = [tsc, '--pretty', 'false', '--singleThreaded', ...words];
    return new Promise((resolve) => {
      execFile(process.execPath, parameters, { cwd: this.#directory }, (error, stdout) => {
        resolve(error ? (stdout.split('\n')[0] ?? error.message) : undefined);
      });
    });
  }
}

const remembering = (file: string) => ['--incremental', '--tsBuildInfoFile', file];
