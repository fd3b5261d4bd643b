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
      files.length === 0 ? `no test is titled ${control}` : await this.#unfitness(control, files);
    for (const sabotage of sabotages) {
      yield [sabotage, unfit ? notRed('invalid', unfit) : await this.#judge(sabotage, files)];
    }
  }

  async #unfitness(control: string, files: readonly string[]): Promise<string | undefined> {
    const vitest = this.#vitest(this.#cold);
    const run = await this.#test(vitest, control, files);
    if (this.#cold) this.#workshop.end(vitest);
    return unfitness(control, run);
  }

  async #judge(sabotage: Sabotage, files: string[]): Promise<Verdict> {
    const done = damage(this.#directory, sabotage);
    if ('result' in done) return done;
    try {
      for (const file of done.files) this.#changed.add(file);
      const error = await typeError(this.#directory);
      if (error !== undefined) return notRed('invalid', `does not compile: ${error}`);
      const fresh = this.#cold || !done.files.every((file) => this.#isModule(file));
      const vitest = this.#vitest(fresh);
      const verdict = await this.#testUntilRed(vitest, sabotage.control, files);
      if (fresh) this.#workshop.end(vitest);
      // A run that went wrong may have left something behind.
      if (verdict.result === 'invalid') this.#coolDown();
      return verdict;
    } finally {
      done.undo();
      for (const file of done.files) this.#changed.add(file);
    }
  }

  #vitest(fresh: boolean): VitestProcess {
    if (fresh) return this.#workshop.start(this.#directory);
    this.#warm ??= this.#workshop.start(this.#directory);
    return this.#warm;
  }

  /**
   * Runs one file after the other until an assertion fails, which is all that red means. That file
   * goes to the front of `files`, since the next sabotage is often one of its kind.
   */
  async #testUntilRed(vitest: VitestProcess, control: string, files: string[]): Promise<Verdict> {
    const run: TestRun = { tests: [], problems: [] };
    for (const file of files) {
      const { tests, problems } = await this.#test(vitest, control, [file]);
      run.tests.push(...tests);
      run.problems.push(...problems);
      const verdict = judge(run);
      if (verdict.result !== 'red') continue;
      files.splice(files.indexOf(file), 1);
      files.unshift(file);
      return verdict;
    }
    return judge(run);
  }

  async #test(vitest: VitestProcess, control: string, files: readonly string[]): Promise<TestRun> {
    if (vitest !== this.#warm) return vitest.run({ control, files: [...files], changed: [] });
    const changed = [...this.#changed];
    this.#changed.clear();
    return vitest.run({ control, files: [...files], changed });
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
