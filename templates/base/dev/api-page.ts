import type { OpenApi } from './openapi.ts';

const style =
  'body{font:16px system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}summary{cursor:pointer}code{font-weight:600}pre{overflow:auto}';

/** The API for people: each operation, and what the document says of it. It asks for nothing else. */
export function apiPage({ paths }: OpenApi): Response {
  const nonce = crypto.randomUUID();
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  const list = operations.map(
    ({ summary, description, ...rest }) =>
      `<details><summary><code>${escape(summary)}</code> ${escape(description)}</summary><pre>${escape(JSON.stringify(rest, null, 2))}</pre></details>`,
  );
  return new Response(
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>The API</title><style nonce="${nonce}">${style}</style><h1>The API</h1><p>As <a href="/openapi.json">OpenAPI 3.1</a>.</p>${list.join('')}</html>`,
    {
      headers: {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': `default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'nonce-${nonce}'`,
        'Cache-Control': 'no-store',
      },
    },
  );
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
