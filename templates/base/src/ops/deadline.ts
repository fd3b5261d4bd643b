/** A dependency took longer than it may. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/**
 * What `work` answers, if it does so in time: D1, KV and Durable Objects set no deadline themselves.
 * The work itself is not ended, only waited for no longer.
 * @throws {DeadlineError} after `ms`
 */
export async function within<Answer>(ms: number, work: Promise<Answer>): Promise<Answer> {
  const waiting = new AbortController();
  const late = scheduler.wait(ms, { signal: waiting.signal }).then(() => {
    throw new DeadlineError(`no answer within ${ms} ms`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    waiting.abort();
    late.catch(() => {});
  }
}
