import { acrossTenants } from '../db/across-tenants.ts';
import { addCounts } from '../db/statements/operations.ts';
import type { AppContext, RequestContext } from '../http/context.ts';
import { count, hasFailures, kinds, putBack, takeCounts, type Counts } from './counts.ts';
import { describeFault } from './logger.ts';

/**
 * How long the first failure waits for those that follow, so that a flood of them is one write. A
 * request that goes well writes nothing; what it counted is written beside a failure.
 */
export const writing = { afterMs: 5_000 };

let waitsSince = 0;

/** Counts an answer, under the kind of its route: the first two words of its path, never what was asked. */
export function countRequest(c: AppContext): void {
  const now = Date.now();
  const routes = c.req.routePath.split('/').slice(1, 3).join('/');
  count('requests', routes, now);
  const failure = failureOf(c.req.routePath, c.res.status);
  if (failure !== null) count(failure, routes, now);
  // Without a context the app refuses to start, and has no database to write to.
  const context: RequestContext | undefined = c.get('context');
  if (context === undefined || !hasFailures()) return;
  if (Math.abs(now - waitsSince) < writing.afterMs) return;
  waitsSince = now;
  context.background('write request counts', async () => {
    await scheduler.wait(writing.afterMs);
    await writeCounts(context);
  });
}

/** What went wrong with a request, as the alerts count it. A webhook that is refused is its sender's fault, or a stranger's. */
function failureOf(
  path: string,
  status: number,
): Exclude<keyof Counts, 'minute' | 'routes'> | null {
  if (path.startsWith('/webhooks/') && status >= 400) {
    return status >= 500 ? 'webhookFailures' : 'webhookRefusals';
  }
  if (status >= 500) return 'serverErrors';
  if (status === 429) return 'rateLimited';
  return status === 401 && loginPaths.has(path) ? 'refusedLogins' : null;
}

const loginPaths: ReadonlySet<string> = new Set(['/api/auth/login', '/api/auth/mfa/verify']);

/** Writes down what this isolate has counted. What D1 cannot take is kept here for a quarter of an hour. */
export async function writeCounts({
  database,
  logger,
}: Pick<RequestContext, 'database' | 'logger'>): Promise<void> {
  const taken = takeCounts();
  const across = acrossTenants(database, 'operations');
  const [first, ...rest] = taken.map((counts) =>
    across.bind(addCounts, counts.minute, counts.routes, ...kinds.map((kind) => counts[kind])),
  );
  if (first === undefined) return;
  try {
    await database.batch([first, ...rest]);
  } catch (thrown) {
    for (const lost of taken) putBack(lost);
    logger.log('warn', 'request counts are written later', { fault: describeFault(thrown) });
  }
}
