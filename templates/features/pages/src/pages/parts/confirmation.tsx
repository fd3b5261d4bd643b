import type { PropsWithChildren } from 'hono/jsx';
import { Attempt } from '../form.ts';
import { Form } from './fields.tsx';
import type { Sayings } from './sayings.ts';

/** Asks before something that cannot be undone. */
export function Confirmation(
  props: PropsWithChildren<{
    readonly question: string;
    readonly action: string;
    readonly button: string;
    readonly back: string;
    readonly attempt?: Attempt;
    readonly sayings?: Sayings;
  }>,
) {
  const { question, action, button, back, children } = props;
  return (
    <div class="card danger">
      <h1>{question}</h1>
      <p>{children}</p>
      <Form
        action={action}
        button={button}
        look="danger"
        attempt={props.attempt ?? new Attempt()}
        sayings={props.sayings ?? {}}
        also={<a href={back}>Cancel</a>}
      />
    </div>
  );
}
