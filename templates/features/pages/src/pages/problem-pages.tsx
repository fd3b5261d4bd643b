import type { AppContext } from '../http/context.ts';
import type { Refusal } from './api.ts';
import { showPage } from './parts/layout.tsx';
import { Go, GoQuietly } from './parts/pieces.tsx';

type Words = readonly [title: string, text: string];

/** What a page says of an error, by its status. What really happened is in the log. */
const wordsFor: Readonly<Record<number, Words>> = {
  401: ['Log in first', 'This page is for people who are logged in.'],
  403: ['This is not open to you', 'Your role does not allow this.'],
  404: [
    'There is nothing here',
    'The address is wrong, or what was here is gone, or it is not yours to see.',
  ],
  409: ['That is not possible', 'It conflicts with what is there.'],
  413: ['Too much at once', 'Send less.'],
  429: ['Too many requests', 'Wait a little, and try again.'],
  500: [
    'Something went wrong on our side',
    'It has been noted. Try again, and if it stays so, tell us the number below.',
  ],
  503: ['Temporarily unavailable', 'Try again in a moment.'],
};
const otherwise: Words = ['That did not work', 'Go back, and try again.'];

const originRejected: Words = [
  'The request came from another site',
  'For your safety nothing was done. Go back to the app, and try from there.',
];

/** Shows an error as a page. It says no more than the API does, and has no need of a database. */
export function showProblem(c: AppContext, refusal: Refusal): Response | Promise<Response> {
  const { status, code, retryAfterSeconds } = refusal;
  const [title, text] =
    code === 'origin_rejected' ? originRejected : (wordsFor[status] ?? otherwise);
  if (retryAfterSeconds > 0) c.header('Retry-After', String(retryAfterSeconds));
  return showPage(
    { c, refusal },
    { title, narrow: true },
    <>
      <div class="stack">
        <p class="badge">{status}</p>
        <h1>{title}</h1>
        <p>{text}</p>
        {status === 401 ? (
          <Go to="/login">Log in</Go>
        ) : (
          <GoQuietly to="/">To the start page</GoQuietly>
        )}
      </div>
      <p class="muted small">
        Number of this request: <code>{c.get('requestId')}</code>
      </p>
    </>,
  );
}
