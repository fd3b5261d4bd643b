import { execFile } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Sabotage } from '../../test/sabotages/sabotage.ts';
import { damage, type Damage } from './scratch-copy.ts';

const tsc = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin/tsc',
);

/**
 * The compiler, for sabotages on a scratch copy of its own. Nearly all of them compile and each look takes
 * a second, so it looks at many at once, and at fewer only where it complains.
 */
export class TypeCheck {
  readonly #directory: string;
  readonly #memory: string;
  readonly #cold: boolean;
  #asItIs: Promise<unknown> | undefined;

  /**
   * @param directory of the scratch copy
   * @param memory path, outside of the copy, at which the compiler may keep what it found out
   * @param cold whether it must find out everything anew, and about each sabotage alone
   */
  constructor(directory: string, memory: string, cold: boolean) {
    this.#directory = directory;
    this.#memory = memory;
    this.#cold = cold;
  }

  /** The first complaint about each sabotage that does not compile. */
  async errors(sabotages: readonly Sabotage[]): Promise<ReadonlyMap<Sabotage, string>> {
    // What is found out about the copy as it is serves every look after it.
    if (!this.#cold) await (this.#asItIs ??= this.#compile(...remembering(this.#memory)));
    const groups = this.#cold ? sabotages.map((one) => [one]) : [sabotages];
    const found: [Sabotage, string][] = [];
    for (const group of groups) found.push(...(await this.#errorsAmong(group)));
    return new Map(found);
  }

  async #errorsAmong(sabotages: readonly Sabotage[]): Promise<readonly [Sabotage, string][]> {
    const done = this.#damageAll(sabotages);
    const together = [...done.keys()];
    const [first] = together;
    // None applies, which is found out elsewhere.
    if (first === undefined) return [];
    const error = await this.#lookOnce();
    for (const damaged of [...done.values()].toReversed()) damaged.undo();
    const others = await this.#errorsAmong(sabotages.filter((one) => !done.has(one)));
    if (error === undefined) return others;
    if (together.length === 1) return [[first, error], ...others];
    const half = Math.ceil(together.length / 2);
    const some = await this.#errorsAmong(together.slice(0, half));
    return [...some, ...(await this.#errorsAmong(together.slice(half))), ...others];
  }

  /** Applies those that can stand beside each other. */
  #damageAll(sabotages: readonly Sabotage[]): ReadonlyMap<Sabotage, Damage> {
    const done = new Map<Sabotage, Damage>();
    for (const sabotage of sabotages) {
      const damaged = damage(this.#directory, sabotage);
      if ('undo' in damaged) done.set(sabotage, damaged);
    }
    return done;
  }

  /** Each look starts from the app as it is: what was found out about harm to it is of no use. */
  #lookOnce(): Promise<string | undefined> {
    if (this.#cold) return this.#compile();
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
