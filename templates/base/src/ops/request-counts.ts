import { acrossTenants } from '../db/across-tenants.ts';
import { addCounts } from '../db/statements/operations.ts';
import type { AppContext, RequestContext } from '../http/context.ts';
import { describeFault } from './logger.ts';

/** What went wrong with a request, as the alerts count it. */
type Failure = 'serverErrors' | 'refusedLogins' | 'rateLimited' | 'webhookFailures';
type Counts = Record<'requests' | Failure, number>;

const minuteMs = 60_000;

/**
 * A request that goes well is counted in memory, and costs nothing. One that fails on our side writes
 * what this isolate has counted lately, at most every five seconds; what a stranger can cause at will
 * writes at each twentieth only, so that a flood of refusals is no flood of writes. So what is stored is
 * of isolates that saw failures, and may lack a few of the last: the thresholds in alerts.ts are far above that.
 */
const writesEach = { failures: 20, ms: 5_000 };
const ofOurs: ReadonlySet<Failure> = new Set(['serverErrors', 'webhookFailures']);
const keptMinutes = 15;

const counted = new Map<string, Counts & { readonly minute: number; readonly routes: string }>();
let unwritten = 0;
let writtenAt = 0;

/** Counts an answer, under the kind of its route: the first two words of its path, never what was asked. */
export function countRequest(c: AppContext): void {
  const now = Date.now();
  const counts = countsOf(now - (now % minuteMs), c.req.routePath.split('/').slice(1, 3).join('/'));
  counts.requests += 1;
  const failure = failureOf(c.req.routePath, c.res.status);
  if (failure === null) return;
  counts[failure] += 1;
  unwritten += 1;
  const isUrgent = ofOurs.has(failure) && Math.abs(now - writtenAt) >= writesEach.ms;
  // Without a context the app refuses to start, and has no database to write to.
  const context: RequestContext | undefined = c.get('context');
  const isDue = isUrgent || unwritten >= writesEach.failures;
  if (!isDue || context === undefined) return;
  unwritten = 0;
  writtenAt = now;
  context.background('write request counts', () => writeCounts(context));
}

function failureOf(path: string, status: number): Failure | null {
  if (path.startsWith('/webhooks/')) return status >= 400 ? 'webhookFailures' : null;
  if (status >= 500) return 'serverErrors';
  if (status === 429) return 'rateLimited';
  return status === 401 && loginPaths.has(path) ? 'refusedLogins' : null;
}

const loginPaths: ReadonlySet<string> = new Set(['/api/auth/login', '/api/auth/mfa/verify']);

function countsOf(minute: number, routes: string) {
  const key = `${minute} ${routes}`;
  const known = counted.get(key);
  if (known !== undefined) return known;
  for (const [old, { minute: its }] of counted) {
    if (Math.abs(minute - its) > keptMinutes * minuteMs) counted.delete(old);
  }
  const none = {
    requests: 0,
    serverErrors: 0,
    refusedLogins: 0,
    rateLimited: 0,
    webhookFailures: 0,
  };
  const counts = { minute, routes, ...none };
  counted.set(key, counts);
  return counts;
}

async function writeCounts({ database, logger }: RequestContext): Promise<void> {
  const written = [...counted.values()];
  counted.clear();
  const across = acrossTenants(database, 'operations');
  const [first, ...rest] = written.map((counts) =>
    across.bind(
      addCounts,
      counts.minute,
      counts.routes,
      counts.requests,
      counts.serverErrors,
      counts.refusedLogins,
      counts.rateLimited,
      counts.webhookFailures,
    ),
  );
  if (first === undefined) return;
  try {
    await database.batch([first, ...rest]);
  } catch (thrown) {
    // The request that failed has said so. Its count is kept here until D1 is back.
    for (const lost of written) putBack(lost);
    logger.log('warn', 'request counts are written later', { fault: describeFault(thrown) });
  }
}

function putBack(lost: Counts & { readonly minute: number; readonly routes: string }): void {
  const counts = countsOf(lost.minute, lost.routes);
  counts.requests += lost.requests;
  counts.serverErrors += lost.serverErrors;
  counts.refusedLogins += lost.refusedLogins;
  counts.rateLimited += lost.rateLimited;
  counts.webhookFailures += lost.webhookFailures;
}
