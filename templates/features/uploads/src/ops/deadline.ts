/** A dependency took longer than it was given. What it was asked may still happen. */
export class TooSlow extends Error {
  override readonly name = 'TooSlow';
}

/** Settles as `work` does, or rejects after `ms`. @throws {TooSlow} */
export async function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  const isSettled = new AbortController();
  const late = scheduler.wait(ms, { signal: isSettled.signal }).then(() => {
    throw new TooSlow();
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => {});
    isSettled.abort();
  }
}
