import { html } from 'hono/html';
import { pageHeaders } from '../src/pages/finish.ts';
import { Document } from '../src/pages/parts/layout.tsx';
import type { StoredMail } from './mailbox.ts';

/** The mailbox for people, in the look of the app. */
export async function mailboxPage(mails: readonly StoredMail[]): Promise<Response> {
  const nonce = crypto.randomUUID();
  const list = mails.map(
    ({ to, subject, text, createdAt }) =>
      html`<article class="card">
        <h2>${subject}</h2>
        <p class="muted small">to ${to}, <time datetime="${createdAt}">${createdAt}</time></p>
        <p class="mail">${withLinks(text)}</p>
      </article>`,
  );
  const content = html`<main id="main" class="wide">
    <h1>Mailbox</h1>
    <p class="muted">
      What the app would have mailed. It does not leave this machine.
      <a href="/">Back to the app</a>
    </p>
    ${list.length === 0 ? html`<p class="empty">No mail yet.</p>` : list}
  </main>`;
  const page = await html`<!doctype html>
    ${Document({ nonce, title: 'Mailbox', children: content })}`;
  return new Response(page.toString(), {
    headers: { 'Content-Type': 'text/html; charset=utf-8', ...pageHeaders(nonce) },
  });
}

/** The links of a mail, as a mail program would show them. */
function withLinks(text: string) {
  const parts = text.split(/(https?:\/\/\S+)/);
  return parts.map((part, index) => (index % 2 === 1 ? html`<a href="${part}">${part}</a>` : part));
}
