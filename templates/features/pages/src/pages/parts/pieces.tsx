import type { Child, PropsWithChildren } from 'hono/jsx';
import { Attempt } from '../form.ts';
import type { Sayings } from '../sayings.ts';
import { Form } from './form.tsx';

/** A link that looks like a button. */
export function Go({ to, children }: PropsWithChildren<{ to: string }>) {
  return (
    <a class="button" href={to}>
      {children}
    </a>
  );
}

/** The same, for what is less important. */
export function GoQuietly({ to, children }: PropsWithChildren<{ to: string }>) {
  return (
    <a class="button quiet" href={to}>
      {children}
    </a>
  );
}

/** A part of a page, with what it is for. */
export function Card(
  props: PropsWithChildren<{ title: string; text?: string; badge?: Child; danger?: boolean }>,
) {
  return (
    <section class={props.danger ? 'card danger' : 'card'}>
      <h2>
        {props.title} {props.badge}
      </h2>
      {props.text && <p class="muted">{props.text}</p>}
      {props.children}
    </section>
  );
}

/** A line of a list: what it is, something about it, and what can be done. */
export function Row(props: PropsWithChildren<{ title: Child; note?: Child }>) {
  return (
    <li>
      <div>
        {props.title}
        {props.note && <p class="muted small">{props.note}</p>}
      </div>
      {props.children}
    </li>
  );
}

/** Asks before something that cannot be undone. */
export function Confirmation(props: {
  readonly question: string;
  readonly text: string;
  readonly action: string;
  readonly button: string;
  readonly back: string;
  readonly attempt?: Attempt;
  readonly sayings?: Sayings;
}) {
  const { question, text, back, ...form } = props;
  return (
    <div class="card danger">
      <h1>{question}</h1>
      <p>{text}</p>
      <Form {...form} look="danger" also={<a href={back}>Cancel</a>} />
    </div>
  );
}
