import { join, relative } from 'node:path';
import type { Sabotage } from '../../test/sabotages/sabotage.ts';
import { LikelyOrder } from './likely-order.ts';
import type { NoticingTest } from './noticing-tests.ts';
import { damage } from './scratch-copy.ts';
import { testFilesOf } from './test-files.ts';
import { hasNoticed, type TestRequest, type TestRun } from './test-run.ts';
import type { TypeCheck } from './type-check.ts';
import { judge, notRed, unfitness, type Verdict } from './verdict.ts';
import type { VitestProcess } from './vitest.ts';
import type { Workshop } from './workshop.ts';

type Tests = Pick<TestRequest, 'files' | 'title'>;

/** One scratch copy of the app, and the Vitest that stays warm on it. */
export class Workbench {
  readonly #workshop: Workshop;
  readonly #cold: boolean;
  readonly #directory: string;
  readonly #typeCheck: TypeCheck;
  readonly #likelyOrder = new LikelyOrder();
  /** Test files in which the tests of a control are green without a sabotage, as far as that is known. */
  readonly #green = new Map<string, ReadonlySet<string>>();
  /** Why the tests of a control cannot judge, where that has been found out. */
  readonly #unfit = new Map<string, string>();
  /** Whether a test passes when no other runs before it, by control and title. */
  readonly #isGreenAlone = new Map<string, boolean>();
  /** Files that are not what they were when the warm Vitest last ran. */
  readonly #changed = new Set<string>();
  #warm: VitestProcess | undefined;

  /** @param cold whether each run gets a fresh process */
  constructor(workshop: Workshop, cold: boolean) {
    this.#workshop = workshop;
    this.#cold = cold;
    this.#directory = workshop.copy();
    this.#typeCheck = workshop.typeCheck(cold);
  }

  /** Judges the sabotages of one control. */
  async *judgeAll(
    control: string,
    sabotages: readonly Sabotage[],
  ): AsyncGenerator<readonly [Sabotage, Verdict]> {
    const files = testFilesOf(control, this.#directory);
    if (files.length === 0) this.#unfit.set(control, `no test is titled ${control}`);
    const errors = await this.#typeCheck.errors(sabotages);
    for (const sabotage of sabotages) {
      const error = errors.get(sabotage);
      const unusable = this.#unfit.get(control) ?? (error && `does not compile: ${error}`);
      yield [sabotage, unusable ? notRed('invalid', unusable) : await this.#judge(sabotage, files)];
    }
  }

  async #judge(sabotage: Sabotage, files: readonly string[]): Promise<Verdict> {
    const alone = await this.#aloneWorthAsking(sabotage, files);
    const done = damage(this.#directory, sabotage);
    if ('result' in done) return done;
    let run: TestRun;
    try {
      for (const file of done.files) this.#changed.add(file);
      const fresh = this.#cold || !done.files.every((file) => this.#isReadAnew(file));
      if (alone) {
        const request = { control: sabotage.control, ...alone, untilNoticed: true };
        const verdict = judge(await this.#run(request, fresh));
        if (verdict.result === 'red') return verdict;
        if (verdict.result === 'invalid') this.#coolDown();
      }
      run = await this.#runAll(sabotage, files, fresh);
    } finally {
      done.undo();
      for (const file of done.files) this.#changed.add(file);
    }
    return this.#compared(sabotage, run, files);
  }

  /** Asks all tests of a control about a sabotage, the likeliest first, until one notices. */
  async #runAll(sabotage: Sabotage, files: readonly string[], fresh: boolean): Promise<TestRun> {
    const { control } = sabotage;
    const likeliestFirst = this.#likelyOrder.of(sabotage, files);
    const request = { control, files: likeliestFirst, untilNoticed: true };
    const run = await this.#run(request, fresh);
    if (judge(run).result !== 'invalid') return run;
    // Runs before it may have left something behind, and so may this one.
    this.#coolDown();
    return fresh ? run : this.#run(request, true);
  }

  /**
   * What a run with a sabotage shows beside one without it. Of a control with many tests, most never
   * run: only the files up to the one that noticed have to be green without the sabotage.
   */
  async #compared(sabotage: Sabotage, run: TestRun, files: readonly string[]): Promise<Verdict> {
    const { control } = sabotage;
    const verdict = judge(run);
    const ran = [...new Set(run.tests.map(({ file }) => file))];
    const needed = verdict.result === 'red' ? ran : files;
    const green = this.#green.get(control) ?? new Set();
    if (!needed.every((file) => green.has(file))) {
      const unfit = await this.#unfitness(control, { files: [...needed] });
      if (unfit !== undefined) {
        this.#unfit.set(control, unfit);
        return notRed('invalid', unfit);
      }
      this.#green.set(control, green.union(new Set(needed)));
    }
    const noticing = run.tests.find((test) => hasNoticed([test]));
    if (noticing) this.#learn(sabotage, noticing);
    return verdict;
  }

  async #unfitness(control: string, tests: Tests): Promise<string | undefined> {
    const request = { control, ...tests, untilNoticed: false };
    const unfit = unfitness(control, await this.#run(request, this.#cold));
    // It may be stuck.
    if (unfit !== undefined) this.#coolDown();
    return unfit;
  }

  /** The test that noticed this sabotage when it was last proven, if it is green alone without it. */
  async #aloneWorthAsking(
    sabotage: Sabotage,
    files: readonly string[],
  ): Promise<Tests | undefined> {
    const noticed = this.#workshop.noticingTests?.of(sabotage);
    if (!noticed) return undefined;
    const file = join(this.#directory, noticed.file).replaceAll('\\', '/');
    if (!files.includes(file)) return undefined;
    const test = { files: [file], title: noticed.title };
    const key = `${sabotage.control} ${noticed.title}`;
    const isGreen =
      this.#isGreenAlone.get(key) ?? (await this.#unfitness(sabotage.control, test)) === undefined;
    this.#isGreenAlone.set(key, isGreen);
    return isGreen ? test : undefined;
  }

  #learn(sabotage: Sabotage, { file, title }: NoticingTest): void {
    this.#likelyOrder.learn(sabotage, file);
    const path = relative(this.#directory, file).replaceAll('\\', '/');
    this.#workshop.noticingTests?.learn(sabotage, { file: path, title });
  }

  /** @param fresh whether in a process of its own, which ends with the run */
  async #run(request: Omit<TestRequest, 'changed'>, fresh: boolean): Promise<TestRun> {
    const vitest = this.#vitest(fresh);
    const run = await vitest.run(this.#request(vitest, request));
    if (fresh) this.#workshop.end(vitest);
    return run;
  }

  #vitest(fresh: boolean): VitestProcess {
    if (fresh) return this.#workshop.start(this.#directory);
    this.#warm ??= this.#workshop.start(this.#directory);
    return this.#warm;
  }

  /** Tells the warm Vitest, and no other, what has changed since it last ran. */
  #request(vitest: VitestProcess, request: Omit<TestRequest, 'changed'>): TestRequest {
    if (vitest !== this.#warm) return { ...request, changed: [] };
    const changed = [...this.#changed];
    this.#changed.clear();
    return { ...request, changed };
  }

  /**
   * Whether a warm Vitest sees that this file changed. It transforms modules itself, and each run
   * starts a test runtime, which reads the Worker's configuration and the migrations; whereas
   * manifests and the tools' own configuration are read once, when Vitest starts.
   */
  #isReadAnew(file: string): boolean {
    const path = relative(this.#directory, file).replaceAll('\\', '/');
    return /^(?:(?:src|dev|test|scripts)\/.*\.tsx?|migrations\/.*\.sql|wrangler\.toml)$/.test(path);
  }

  #coolDown(): void {
    if (this.#warm) this.#workshop.end(this.#warm);
    this.#warm = undefined;
  }
}
