import type { AppContext } from '../http/context.ts';
import { refusalOf } from './api.ts';
import { assetAt } from './assets.ts';
import { showProblem } from './problem-pages.tsx';

/** Makes an answer fit for a browser, last of all. Those of the API stay as they are. */
export async function finishPage(c: AppContext): Promise<void> {
  if (c.res.headers.get('Content-Type') === 'application/problem+json' && wantsPage(c)) {
    c.res = await showProblem(c, await refusalOf(c.res.clone()));
  }
  const { headers } = c.res;
  if (headers.get('Content-Type')?.startsWith('text/html')) {
    for (const [name, value] of Object.entries(pageHeaders(c.get('requestId')))) {
      headers.set(name, value);
    }
  }
  if (c.res.ok && assetAt(c.req.path)?.isExact) {
    headers.set('Cache-Control', 'public, max-age=31536000, immutable');
  }
}

/**
 * What a page may do: show our stylesheet and run our script, both let in by a word that is new for
 * each answer, and send forms to us. Without a referrer browsers send no `Origin` with them either.
 */
export function pageHeaders(nonce: string): Readonly<Record<string, string>> {
  return {
    'Cache-Control': 'no-store',
    'Content-Security-Policy': [
      "default-src 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "img-src 'self'",
      `script-src 'nonce-${nonce}'`,
      `style-src 'nonce-${nonce}'`,
    ].join('; '),
    'Referrer-Policy': 'same-origin',
  };
}

/** Below /api only a browser on its way to a new page, which says so, is shown one. */
function wantsPage({ req }: AppContext): boolean {
  const accepts = req.header('Accept')?.includes('text/html') ?? false;
  return accepts && (!req.path.startsWith('/api/') || req.header('Sec-Fetch-Dest') === 'document');
}
