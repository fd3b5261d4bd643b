import { relative } from 'node:path';
import type { Sabotage } from '../../test/sabotages/sabotage.ts';
import { damage } from './scratch-copy.ts';
import { testFilesOf } from './test-files.ts';
import type { TestRun } from './test-run.ts';
import { typeError } from './type-check.ts';
import { judge, notRed, unfitness, type Verdict } from './verdict.ts';
import type { VitestProcess } from './vitest.ts';
import type { Workshop } from './workshop.ts';

/** One scratch copy of the app, and the Vitest that stays warm on it. */
export class Workbench {
  readonly #workshop: Workshop;
  readonly #cold: boolean;
  readonly #directory: string;
  /** Files that are not what they were when the warm Vitest last ran. */
  readonly #changed = new Set<string>();
  #warm: VitestProcess | undefined;

  /** @param cold whether each run gets a fresh process */
  constructor(workshop: Workshop, cold: boolean) {
    this.#workshop = workshop;
    this.#cold = cold;
    this.#directory = workshop.copy();
  }

  /** Judges the sabotages of one control, once its tests have shown to be green without them. */
  async *judgeAll(
    control: string,
    sabotages: readonly Sabotage[],
  ): AsyncGenerator<readonly [Sabotage, Verdict]> {
    const files = testFilesOf(control, this.#directory);
    const unfit =
      files.length === 0
        ? `no test is titled ${control}`
        : unfitness(control, await this.#test(control, files, this.#cold));
    for (const sabotage of sabotages) {
      yield [sabotage, unfit ? notRed('invalid', unfit) : await this.#judge(sabotage, files)];
    }
  }

  async #judge(sabotage: Sabotage, files: readonly string[]): Promise<Verdict> {
    const done = damage(this.#directory, sabotage);
    if ('result' in done) return done;
    try {
      for (const file of done.files) this.#changed.add(file);
      const error = await typeError(this.#directory);
      if (error !== undefined) return notRed('invalid', `does not compile: ${error}`);
      const fresh = this.#cold || !done.files.every((file) => this.#isModule(file));
      const verdict = judge(await this.#test(sabotage.control, files, fresh));
      // A run that went wrong may have left something behind.
      if (verdict.result === 'invalid') this.#coolDown();
      return verdict;
    } finally {
      done.undo();
      for (const file of done.files) this.#changed.add(file);
    }
  }

  async #test(control: string, files: readonly string[], fresh: boolean): Promise<TestRun> {
    if (fresh) {
      const vitest = this.#workshop.start(this.#directory);
      const run = await vitest.run({ control, files: [...files], changed: [] });
      this.#workshop.end(vitest);
      return run;
    }
    this.#warm ??= this.#workshop.start(this.#directory);
    const changed = [...this.#changed];
    this.#changed.clear();
    return this.#warm.run({ control, files: [...files], changed });
  }

  /**
   * Whether a warm Vitest sees that this file changed: it does where it transforms the file itself,
   * whereas configuration, migrations and manifests may have been read once, when it started.
   */
  #isModule(file: string): boolean {
    return /^(?:src|dev|test|scripts)[\\/].*\.tsx?$/.test(relative(this.#directory, file));
  }

  #coolDown(): void {
    if (this.#warm) this.#workshop.end(this.#warm);
    this.#warm = undefined;
  }
}
