import type { TestRun } from './test-run.ts';

type Failure = TestRun['tests'][number]['failures'][number];

/** The parts of an error that survive its way out of the test runtime. */
export interface ReportedError {
  readonly name?: string;
  readonly message: string;
  readonly cause?: ReportedError;
}

/**
 * Tells an assertion that failed from everything else that ends a test.
 *
 * Vitest's `expect` and `node:assert` both throw an `AssertionError`; a property test (fast-check)
 * throws an error with that one as its cause. All else is no assertion: a `TypeError` because the
 * sabotage made something undefined shows that the test stumbled, not that it noticed.
 */
export function failureOf(error: ReportedError, inHook: boolean): Failure {
  const [message = ''] = error.message.split('\n');
  if (/^(?:Test|Hook) timed out in \d+ms/.test(message)) return { kind: 'time-out', message };
  if (inHook) return { kind: 'hook', message };
  return { kind: isAssertion(error) ? 'assertion' : 'error', message };
}

function isAssertion(error: ReportedError): boolean {
  if (error.name === 'AssertionError') return true;
  return error.cause !== undefined && isAssertion(error.cause);
}
