import { leaveShape } from '../shapes.ts';
import type { Visit } from '../page.ts';
import { show } from './layout.tsx';
import { Go } from './pieces.tsx';

/**
 * Sends a browser to another service, whose address the API answered. A page in between, since browsers
 * do not let a form lead to another site where `form-action` says that forms come to us.
 */
export async function showLeaving({ c, actor }: Visit, answer: Response): Promise<Response> {
  const { url } = leaveShape.parse(await answer.json());
  return show(
    c,
    { title: 'On your way', actor, narrow: true, goTo: url },
    <div class="card">
      <h1>On your way</h1>
      <p>You are taken to {new URL(url).host}.</p>
      <Go to={url}>Go on</Go>
    </div>,
  );
}
