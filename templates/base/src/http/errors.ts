import { DatabaseError, type DatabaseErrorKind } from '../db/errors.ts';
import { ConfigurationError } from '../env.ts';
import { describeFault } from '../ops/logger.ts';
import type { AppContext } from './context.ts';
import { Problem, type ProblemCode } from './problem.ts';

const codeOf: Readonly<Record<DatabaseErrorKind, ProblemCode>> = {
  conflict: 'conflict',
  exhausted: 'rate_limited',
  unavailable: 'unavailable',
  defect: 'internal',
};

/**
 * Answers whatever was thrown. A client learns a code and the id to quote; what really happened
 * goes to the log, in every environment alike.
 */
export function answerError(thrown: unknown, c: AppContext): Response {
  const logger = c.get('logger');
  if (thrown instanceof Problem) return thrown.toResponse(c.get('requestId'));
  if (thrown instanceof DatabaseError) {
    const { kind, statement } = thrown;
    const level = kind === 'conflict' || kind === 'exhausted' ? 'warn' : 'error';
    logger.log(level, 'database error', { code: kind, statement });
    const details = kind === 'exhausted' ? { retryAfterSeconds: secondsLeftOfTheDay() } : {};
    return new Problem(codeOf[kind], details).toResponse(c.get('requestId'));
  }
  if (thrown instanceof ConfigurationError) {
    const configuration = thrown.message;
    logger.log('error', 'the configuration is wrong, and every request is refused', {
      configuration,
    });
    return new Problem('unavailable').toResponse(c.get('requestId'));
  }
  logger.log('error', 'unexpected fault', { fault: describeFault(thrown) });
  return new Problem('internal').toResponse(c.get('requestId'));
}

/** Of the day in UTC, which is what D1 counts changes by. */
function secondsLeftOfTheDay(): number {
  const daySeconds = 24 * 60 * 60;
  return daySeconds - Math.floor((Date.now() / 1_000) % daySeconds);
}
