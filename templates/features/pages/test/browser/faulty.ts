import worker from '../../dev/index.ts';
import { failing } from '../worker/failing.ts';

export { RateLimiter } from '../../src/limits/rate-limiter.ts';

/** What D1 says where it is out of reach, and where a statement names what is not there. */
const faults: Readonly<Record<string, string>> = {
  unreachable: 'D1_ERROR: Network connection lost.',
  defect: 'D1_ERROR: no such column: nothing',
};

/** The app in development, on a database that fails as the address asks for: `/dashboard?fault=defect`. */
// oxlint-disable-next-line import/no-default-export -- what Wrangler serves
export default {
  fetch(request, env, executionContext) {
    const fault = faults[new URL(request.url).searchParams.get('fault') ?? ''];
    if (fault === undefined) return worker.fetch(request, env, executionContext);
    const DB = failing(env.DB, () => Promise.reject(new Error(fault)));
    return worker.fetch(request, { ...env, DB }, executionContext);
  },
} satisfies Pick<typeof worker, 'fetch'>;
