import { exitCodes, Failure, isFailure } from './failure.ts';
import type { Host } from './host.ts';
import { styled } from './terminal.ts';

/** Says what went wrong. Returns the exit code. */
export function fail(error: unknown, json: boolean, { environment, emit }: Host): number {
  const failure = isFailure(error)
    ? error
    : new Failure(
        'internal',
        `Something unexpected went wrong: ${error instanceof Error ? error.message : String(error)}. Set DEBUG=1 for details, and please report it.`,
        exitCodes.failed,
        error,
      );
  const { code, message, exitCode } = failure;
  if (json) emit(1, `${JSON.stringify({ error: { code, message } })}\n`);
  emit(2, `${code === 'cancelled' ? '' : `${styled(2, 'red', 'Error:')} `}${message}\n`);
  if ((environment.DEBUG ?? '') !== '') {
    emit(2, `${failure.stack ?? ''}\n`);
    if (failure.cause instanceof Error) emit(2, `${failure.cause.stack ?? ''}\n`);
  }
  return exitCode;
}
