import type { Visit } from '../page.ts';
import { leaveShape } from '../shapes.ts';
import { showPage } from './layout.tsx';
import { Go } from './pieces.tsx';

/**
 * Sends a browser to another service, whose address the API answered. A page in between, since browsers
 * do not let a form lead to another site where `form-action` says that forms come to us.
 */
export async function showLeaving(visit: Visit, answer: Response): Promise<Response> {
  const { url } = leaveShape.parse(await answer.json());
  return showPage(
    visit,
    { title: 'On your way', layout: 'card', goTo: url },
    <>
      <p>You are taken to {new URL(url).host}.</p>
      <Go to={url} text="Go on" />
    </>,
  );
}
