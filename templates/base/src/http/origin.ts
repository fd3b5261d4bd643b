import type { AppContext } from './context.ts';
import { isFromListedOrigin } from './cors.ts';
import { Problem } from './problem.ts';

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses a change that another site asks a browser for (cross-site request forgery; ASVS 5.0,
 * 3.5.1). A browser says where a request comes from in `Sec-Fetch-Site`; anything
 * but ourselves must be an origin on the list of CORS_ORIGINS. Where that header is absent,
 * `Origin` must be our own. A script sends `Origin` too: neither header is a refusal.
 * @throws {Problem} 403 `origin_rejected`
 */
export function requireOwnOrigin(c: AppContext): void {
  if (safeMethods.has(c.req.method)) return;
  const site = c.req.header('Sec-Fetch-Site');
  const isOwn =
    site === undefined
      ? c.req.header('Origin') === c.get('context').configuration.origin
      : site === 'same-origin' || isFromListedOrigin(c);
  if (!isOwn) throw new Problem('origin_rejected');
}
