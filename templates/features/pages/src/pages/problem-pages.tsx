import type { AppContext } from '../http/context.ts';
import type { Problem } from '../http/problem.ts';
import { showPage } from './parts/layout.tsx';
import { Go } from './parts/pieces.tsx';

/** Title and text of an error, by its status. */
const wordsFor: Readonly<Record<number, readonly [title: string, text: string]>> = {
  401: ['Log in first', 'This page is for people who are logged in.'],
  403: ['This is not open to you', 'Your role does not allow this.'],
  404: ['There is nothing here', 'The address is wrong, or it is gone, or not yours to see.'],
  409: ['That is not possible', 'It conflicts with what is there.'],
  413: ['Too much at once', 'Send less.'],
  429: ['Too many requests', 'Wait a little, and try again.'],
  500: [
    'Something went wrong on our side',
    'It is noted. If it stays so, tell us the number below.',
  ],
  503: ['Temporarily unavailable', 'Try again in a moment.'],
};
const otherwise = ['That did not work', 'Go back, and try again.'] as const;
const fromElsewhere = ['The request came from another site', 'Nothing was done.'] as const;

/** Shows an error as a page. It says no more than the API does, and has no need of a database. */
export function showProblem(c: AppContext, refusal: Problem): Promise<Response> {
  const { status, code } = refusal;
  const [title, text] =
    code === 'origin_rejected' ? fromElsewhere : (wordsFor[status] ?? otherwise);
  return showPage(
    { c, refusal },
    { title, layout: 'card' },
    <>
      <p class="badge">{status}</p>
      <p>{text}</p>
      {status === 401 ? (
        <Go to="/login" text="Log in" />
      ) : (
        <Go quiet to="/" text="To the start page" />
      )}
      <p class="muted small">
        Number of this request: <code>{c.get('requestId')}</code>
      </p>
    </>,
  );
}
