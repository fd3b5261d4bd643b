import type { TestRun } from './test-run.ts';

/** What the tests made of a sabotage. Only `red` proves anything. */
export type Result = 'red' | 'survived' | 'invalid' | 'does not apply';

export interface Verdict {
  readonly result: Result;
  /** Why it is not red, in one line; empty when it is. */
  readonly reason: string;
  /** The tests in which an assertion failed. */
  readonly failedTests: readonly string[];
}

export function notRed(result: Exclude<Result, 'red'>, reason: string): Verdict {
  return { result, reason, failedTests: [] };
}

/**
 * Why the tests of a control cannot judge its sabotages, or undefined if they can.
 *
 * @param run of the app as it is, without a sabotage
 */
export function unfitness(control: string, run: TestRun): string | undefined {
  const accident = accidentOf(run);
  if (accident !== undefined) return `red without the sabotage: ${accident}`;
  const failed = run.tests.find((test) => test.state === 'failed');
  if (failed) return `red without the sabotage: ${failed.title}`;
  if (!run.tests.some((test) => test.state === 'passed')) return `no test of ${control} ran`;
  return undefined;
}

/**
 * Judges a run of the sabotaged app.
 *
 * An accident anywhere makes it invalid, even beside a failed assertion: where the app no longer
 * loads or no longer answers, tests fail whatever they check.
 */
export function judge(run: TestRun): Verdict {
  const accident = accidentOf(run);
  if (accident !== undefined) return notRed('invalid', accident);

  const failed = run.tests.filter((test) => test.state === 'failed');
  const byAssertion = failed.filter(({ failures }) =>
    failures.some(({ kind }) => kind === 'assertion'),
  );
  if (byAssertion.length > 0) {
    return { result: 'red', reason: '', failedTests: byAssertion.map(({ title }) => title) };
  }
  if (failed[0]) {
    const why = failed[0].failures[0]?.message ?? 'for no stated reason';
    return notRed('invalid', `failed without an assertion: ${failed[0].title}: ${why}`);
  }
  return notRed('survived', 'no test failed');
}

/** What went wrong beside the assertions: imports, suites, hooks, time-outs, unhandled errors. */
function accidentOf(run: TestRun): string | undefined {
  if (run.problems[0] !== undefined) return run.problems[0];
  for (const { title, failures } of run.tests) {
    const accident = failures.find(({ kind }) => kind === 'hook' || kind === 'time-out');
    if (accident) return `${accident.kind} in ${title}: ${accident.message}`;
  }
  return undefined;
}
