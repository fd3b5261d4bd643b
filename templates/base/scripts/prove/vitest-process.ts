// A process of its own, started by vitest.ts: it holds one Vitest and runs what it is asked to run.
import { Writable } from 'node:stream';
import {
  createVitest,
  experimental_getRunnerTask as runnerTask,
  type TestCase,
  type TestModule,
  type Vitest,
} from 'vitest/node';
import { wholeWord } from './control-id.ts';
import { failureOf, type ReportedError } from './failure.ts';
import { TestRequest, type TestRun } from './test-run.ts';

/**
 * Copies share the cores, and a sabotage can make a test do more than usual: slowness alone must not
 * hide an assertion. A test that states its own time-out keeps it.
 */
const patience = { testTimeout: 20_000, hookTimeout: 20_000 };

const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });

async function startVitest(): Promise<Vitest> {
  const vitest = await createVitest(
    // A reporter that reports nothing: what the tests print is no part of the proof.
    { watch: false, reporters: [{}], coverage: { enabled: false }, ...patience },
    {},
    { stdout: nowhere(), stderr: nowhere() },
  );
  await vitest.standalone();
  return vitest;
}

/** Vitest keeps the outcome of earlier runs; a module seen before is not an outcome of this one. */
const seen = new WeakSet<TestModule>();

async function run(vitest: Vitest, request: TestRequest): Promise<TestRun> {
  for (const file of request.changed) vitest.invalidateFile(file);
  const all = await vitest.globTestSpecifications();
  const specifications = all
    .filter(({ moduleId }) => request.files.includes(moduleId))
    .map(({ project, moduleId }) =>
      project.createSpecification(moduleId, { testNamePattern: wholeWord(request.control) }),
    );
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  const modules = testModules.filter((module) => !seen.has(module));
  for (const module of modules) seen.add(module);

  const finished = modules.filter((module) => !['queued', 'pending'].includes(module.state()));
  const problems = [...unhandledErrors.map(firstLine), ...finished.flatMap(problemsOf)];
  if (finished.length < specifications.length) problems.push('a test file did not run');
  return { tests: finished.flatMap(outcomesOf), problems };
}

function problemsOf(module: TestModule): string[] {
  const suites = [...module.children.allSuites()];
  return [module, ...suites].flatMap((suite) =>
    suite.errors().map((error) => `${module.relativeModuleId}: ${firstLine(error)}`),
  );
}

function outcomesOf(module: TestModule): TestRun['tests'] {
  return [...module.children.allTests()].map((test) => {
    const { state, errors = [] } = test.result();
    const inHook = endedInHook(test);
    return {
      title: test.fullName,
      state: state === 'pending' ? 'skipped' : state,
      failures: errors.map((error: ReportedError) => failureOf(error, inHook)),
    };
  });
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
