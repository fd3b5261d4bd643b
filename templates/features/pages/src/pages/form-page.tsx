import type { Child } from 'hono/jsx';
import type { Refusal } from './api.ts';
import type { FieldName } from './form-fields.ts';
import { Attempt, type Typed } from './form.ts';
import type { Visit } from './page.ts';
import { Form } from './parts/form.tsx';
import { show } from './parts/layout.tsx';
import type { Sayings } from './sayings.ts';

/** A page that is one form. */
export interface FormPage {
  readonly title: string;
  readonly text?: string;
  readonly action: string;
  readonly button: string;
  readonly fields: readonly FieldName[];
  readonly hidden?: Typed;
  /** What the answer says of itself while nothing is refused yet: 200 unless this says otherwise. */
  readonly status?: 403;
  readonly sayings?: Sayings;
  /** Above the form, below it, and below its card. */
  readonly above?: Child;
  readonly below?: Child;
  readonly after?: Child;
}

/** Shows a form alone on its page; after a refusal, with what was typed and what was wrong with it. */
export function showForm({ c, actor, typed }: Visit, page: FormPage, refusal?: Refusal) {
  const { title, text, above, below, after, status, ...form } = page;
  return show(
    c,
    { title, actor, narrow: true, status: refusal?.status ?? status ?? 200 },
    <>
      <div class="card">
        <h1>{title}</h1>
        {text && <p class="muted">{text}</p>}
        {above}
        <Form {...form} shape="full" attempt={new Attempt(typed, refusal)} />
        {below}
      </div>
      {after}
    </>,
  );
}
