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

/**
 * Refuses what sends a browser on, where the browser asks for something else than a page to show in a tab
 * of its own: a picture or a frame on any web page could use up what its visitors may ask for.
 * A browser that is too old for `Sec-Fetch-Dest` is let in.
 * @throws {Problem} 403 `origin_rejected`
 */
export function requireNavigation(c: AppContext): void {
  const shownAs = c.req.header('Sec-Fetch-Dest') ?? 'document';
  if (shownAs !== 'document') throw new Problem('origin_rejected');
}
