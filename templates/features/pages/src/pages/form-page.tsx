import type { Child } from 'hono/jsx';
import type { FieldName } from './form-fields.ts';
import type { Typed } from './form.ts';
import type { Visit } from './page.ts';
import { Form } from './parts/form.tsx';
import { showPage } from './parts/layout.tsx';
import type { Sayings } from './sayings.ts';
import type { Tenant } from './shapes.ts';

/** A page that is one form. */
export interface FormPage {
  readonly title: string;
  /** What it asks, where that is more than its title. */
  readonly question?: string;
  readonly text?: string;
  readonly button: string;
  readonly fields?: readonly FieldName[] | undefined;
  readonly hidden?: Typed;
  /** Where one can still go instead, before something that cannot be undone. */
  readonly back?: string;
  /** What the answer says of itself while nothing is refused yet: 200 unless this says otherwise. */
  readonly status?: 403;
  readonly sayings?: Sayings;
  /** Above the form, below it, and below its card. */
  readonly above?: Child;
  readonly below?: Child;
  readonly after?: Child;
}

/** Shows a form alone on its page; after a refusal, with what was typed and what was wrong with it. */
export function showForm(
  visit: Visit,
  page: FormPage & { readonly action: string },
  tenant?: Tenant,
) {
  const { title, question = title, text, back, above, below, after, status, ...form } = page;
  const isFinal = back !== undefined;
  return showPage(
    visit,
    { title, tenant, narrow: true, status },
    <>
      <div class={isFinal ? 'card danger' : 'card'}>
        <h1>{question}</h1>
        {text && <p class={isFinal ? undefined : 'muted'}>{text}</p>}
        {above}
        {isFinal ? (
          <Form visit={visit} {...form} look="danger" also={<a href={back}>Cancel</a>} />
        ) : (
          <Form visit={visit} {...form} shape="full" />
        )}
        {below}
      </div>
      {after}
    </>,
  );
}
