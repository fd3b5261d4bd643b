import type { StoredMail } from './mailbox.ts';

/** The mailbox for people. */
export function mailboxPage(mails: readonly StoredMail[]): Response {
  const list = mails.map(
    ({ to, subject, text, createdAt }) =>
      `<article><h2>${escape(subject)}</h2><p>to ${escape(to)}, ${createdAt}</p><pre>${escape(text)}</pre></article>`,
  );
  const style =
    'body{font:16px system-ui;max-width:60rem;margin:2rem auto}pre{white-space:pre-wrap}';
  return new Response(
    `<!doctype html><meta charset="utf-8"><title>Mailbox</title><style>${style}</style><h1>Mailbox</h1>${list.join('') || '<p>No mail yet.</p>'}`,
    {
      headers: {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
        'Cache-Control': 'no-store',
      },
    },
  );
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
