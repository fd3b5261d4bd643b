import type { AppContext } from './context.ts';
import { Problem } from './problem.ts';

/** What a page of a listed origin may send, once it has asked; the checks of a route are the same for all. */
const preflightHeaders = {
  'Access-Control-Allow-Headers': 'Content-Type',
  'Access-Control-Allow-Methods': 'GET, POST, PATCH, DELETE',
  'Access-Control-Max-Age': '600',
};

/**
 * Whether a page of an origin on the list asks. Only an equal text counts: neither `null`, nor a
 * subdomain, nor what begins or ends like an origin of the list.
 */
export function isFromListedOrigin(c: AppContext): boolean {
  const { corsOrigins } = c.get('context').configuration;
  return corsOrigins.has(c.req.header('Origin') ?? '');
}

/**
 * Lets pages of the listed origins read an answer, errors included, and nobody else. The list is
 * empty unless CORS_ORIGINS says otherwise. Caches are told that answers differ by origin.
 */
export function setCorsHeaders(c: AppContext): void {
  const { headers } = c.res;
  headers.append('Vary', 'Origin');
  if (!isFromListedOrigin(c)) return;
  headers.set('Access-Control-Allow-Origin', c.req.header('Origin') ?? '');
  headers.set('Access-Control-Allow-Credentials', 'true');
  headers.set('Access-Control-Expose-Headers', 'Content-Disposition, Retry-After, X-Request-Id');
}

/** Answers what a browser asks before it lets a page call. @throws {Problem} 404 for any other origin */
export function answerPreflight(c: AppContext): Response {
  const asks = c.req.header('Access-Control-Request-Method') !== undefined;
  if (!asks || !isFromListedOrigin(c)) throw new Problem('not_found');
  return c.body(null, 204, preflightHeaders);
}
