// A process of its own, started by vitest.ts: it holds one Vitest and runs what it is asked to run.
import { Writable } from 'node:stream';
import {
  createVitest,
  experimental_getRunnerTask as runnerTask,
  type TestCase,
  type TestModule,
  type TestSpecification,
  type Vitest,
} from 'vitest/node';
import { wholeWord } from './control-id.ts';
import { failureOf, type ReportedError } from './failure.ts';
import { aTestEnded, hasNoticed, TestRequest, type TestRun } from './test-run.ts';

/**
 * Copies share the cores, and a sabotage can make a test do more than usual: slowness alone must not
 * hide an assertion. A test that states its own time-out keeps it.
 */
const patience = { testTimeout: 40_000, hookTimeout: 40_000 };

const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });

/** Keeps the order that the request gives, where Vitest would go by what it remembers of durations. */
class OrderOfRequest {
  sort = (specifications: TestSpecification[]) => Promise.resolve(specifications);
  shard = this.sort;
}

/** Called when a test is done, and when a file is. */
let onTestEnd: (test: TestCase) => void = () => {};
let onFileEnd: (module: TestModule) => void = () => {};

async function startVitest(): Promise<Vitest> {
  const vitest = await createVitest(
    {
      watch: false,
      // A reporter that reports nothing: what the tests print is no part of the proof.
      reporters: [
        {
          onTestCaseResult: (test) => onTestEnd(test),
          onTestModuleEnd: (module) => onFileEnd(module),
        },
      ],
      coverage: { enabled: false },
      // The copies share the cores already.
      maxWorkers: 1,
      sequence: { sequencer: OrderOfRequest },
      ...patience,
    },
    {},
    { stdout: nowhere(), stderr: nowhere() },
  );
  await vitest.standalone();
  return vitest;
}

async function run(vitest: Vitest, request: TestRequest): Promise<TestRun> {
  for (const file of request.changed) vitest.invalidateFile(file);
  const outcome: TestRun = { tests: [], problems: [] };
  for (const batch of await batchesOf(vitest, request)) {
    const { tests, problems } = await runBatch(vitest, batch, request.untilNoticed);
    outcome.tests.push(...tests);
    outcome.problems.push(...problems);
    if (request.untilNoticed && hasNoticed(outcome.tests)) break;
  }
  return outcome;
}

/**
 * The files of a request, in its order, in runs of neighbours that share a project: within a run
 * they share a test runtime too, whose start takes longer than most files.
 */
async function batchesOf(vitest: Vitest, request: TestRequest): Promise<TestSpecification[][]> {
  const { title } = request;
  const titled = {
    testNamePattern: wholeWord(request.control),
    ...(title && { testNames: [title] }),
  };
  const all = await vitest.globTestSpecifications();
  const batches: TestSpecification[][] = [];
  for (const file of request.files) {
    for (const { project, moduleId } of all.filter((one) => one.moduleId === file)) {
      const specification = project.createSpecification(moduleId, titled);
      const latest = batches.at(-1);
      if (latest?.[0]?.project === project) latest.push(specification);
      else batches.push([specification]);
    }
  }
  return batches;
}

async function runBatch(
  vitest: Vitest,
  batch: TestSpecification[],
  untilNoticed: boolean,
): Promise<TestRun> {
  const ended = new Set<TestModule>();
  let isEnough = false;
  let cancelling: Promise<void> | undefined;
  // What is left of the file is skipped then.
  onTestEnd = (test) => {
    process.send?.(aTestEnded);
    if (isEnough || !untilNoticed || !hasNoticed([outcomeOf(test)])) return;
    isEnough = true;
    ended.add(test.module);
    cancelling = vitest.cancelCurrentRun('test-failure');
  };
  onFileEnd = (module) => {
    // The next file may have begun by then; what became of it does not count.
    if (!isEnough) ended.add(module);
  };
  const { unhandledErrors } = await vitest.runTestSpecifications(batch);
  // A run that began before this one has ended would be cancelled with it.
  await cancelling;
  [onTestEnd, onFileEnd] = [() => {}, () => {}];
  const problems = [...unhandledErrors.map(firstLine), ...[...ended].flatMap(problemsOf)];
  if (!isEnough && ended.size < batch.length) problems.push('a test file did not run');
  return { tests: [...ended].flatMap(outcomesOf), problems };
}

function problemsOf(module: TestModule): string[] {
  const suites = [...module.children.allSuites()];
  return [module, ...suites].flatMap((suite) =>
    suite.errors().map((error) => `${module.relativeModuleId}: ${firstLine(error)}`),
  );
}

function outcomesOf(module: TestModule): TestRun['tests'] {
  return [...module.children.allTests()].map(outcomeOf);
}

function outcomeOf(test: TestCase): TestRun['tests'][number] {
  const { state, errors = [] } = test.result();
  const inHook = endedInHook(test);
  return {
    file: test.module.moduleId,
    title: test.fullName,
    state: state === 'pending' ? 'skipped' : state,
    failures: errors.map((error: ReportedError) => failureOf(error, inHook)),
  };
}

/** A hook that throws never reaches the state `pass`; its error looks like one of the test. */
function endedInHook(test: TestCase): boolean {
  const hooks = runnerTask(test).result?.hooks ?? {};
  return Object.values(hooks).some((state) => state !== 'pass');
}

function firstLine(error: unknown): string {
  const message =
    typeof error === 'object' && error !== null && 'message' in error
      ? String(error.message)
      : String(error);
  return message.split('\n')[0] ?? '';
}

let vitest: Promise<Vitest> | undefined;

process.on('message', (message) => {
  const answer = async (): Promise<TestRun> => {
    vitest ??= startVitest();
    return run(await vitest, TestRequest.parse(message));
  };
  answer()
    .catch((error: unknown) => ({ tests: [], problems: [`Vitest: ${firstLine(error)}`] }))
    .then((testRun) => process.send?.(testRun))
    .catch(() => process.exit(1));
});

// Whoever started this process is gone, so nobody waits for an answer.
process.on('disconnect', () => process.exit());
