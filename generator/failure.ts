/** Exit codes of the command line; `--help` documents them. */
export const exitCodes = { done: 0, failed: 1, usage: 2, cancelled: 130 } as const;

/** Stable words for what went wrong, as `--json` reports them in `error.code`. */
export type FailureCode =
  | 'unknown_option'
  | 'unexpected_argument'
  | 'invalid_option'
  | 'invalid_config'
  | 'missing_directory'
  | 'invalid_directory'
  | 'directory_not_empty'
  | 'write_failed'
  | 'install_failed'
  | 'git_failed'
  | 'cancelled'
  | 'internal';

/** Something the user can act on: one line saying what is wrong and what to do. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly exitCode: number;

  constructor(code: FailureCode, message: string, exitCode: number, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'Failure';
    this.code = code;
    this.exitCode = exitCode;
  }
}

/** Whether an error is a {@link Failure}, perhaps of another file of this package, which has its own class. */
export function isFailure(error: unknown): error is Failure {
  return error instanceof Error && error.name === 'Failure' && 'exitCode' in error;
}

/** The command was typed wrongly; nothing was attempted. */
export function wrongUsage(code: FailureCode, message: string): Failure {
  return new Failure(code, message, exitCodes.usage);
}

/** The `code` of a Node system error such as `ENOSPC`, or undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    return error.code;
  return undefined;
}

/** What an error or a program says, on one line: some quote the lines that they are about. */
export function onOneLine(said: unknown): string {
  return (said instanceof Error ? said.message : String(said)).trim().replace(/\s+/g, ' ');
}
