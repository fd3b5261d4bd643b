import * as z from 'zod';

/**
 * What one run of the selected tests came to, as the process that holds Vitest reports it. It is
 * parsed where it arrives, since it crosses from one process to another.
 */
export const TestRun = z.object({
  /** The tests titled with the control, which are the only ones that run. */
  tests: z.array(
    z.object({
      /** Absolute path of the test file. */
      file: z.string(),
      title: z.string(),
      state: z.enum(['passed', 'failed', 'skipped']),
      failures: z.array(
        z.object({ kind: z.enum(['assertion', 'error', 'hook', 'time-out']), message: z.string() }),
      ),
    }),
  ),
  /** What went wrong outside the tests: an import, a suite, a file's hook, an unhandled error. */
  problems: z.array(z.string()),
});
export type TestRun = z.infer<typeof TestRun>;

/** Whether an assertion failed in one of some tests. */
export function hasNoticed(tests: TestRun['tests']): boolean {
  return tests.some(({ failures }) => failures.some(({ kind }) => kind === 'assertion'));
}

/** One run to make: these files, and in them the tests whose titles carry the control. */
export const TestRequest = z.object({
  control: z.string(),
  /** Absolute paths of test files, in the order in which they run. */
  files: z.array(z.string()),
  /** The full title of the only test to run, if it is one. */
  title: z.string().optional(),
  /** Whether no further file is run once an assertion failed in one, which is all that red means. */
  untilNoticed: z.boolean(),
  /** Absolute paths of modules that are not what they were at the last run. */
  changed: z.array(z.string()),
});
export type TestRequest = z.infer<typeof TestRequest>;

/** What the process that holds Vitest says on the way to its outcome, so that slow is not taken for stuck. */
export const aTestEnded = 'a test ended';
