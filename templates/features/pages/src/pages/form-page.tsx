import type { Child } from 'hono/jsx';
import { fill } from './addresses.ts';
import type { Typed } from './form.ts';
import type { Visit } from './page.ts';
import { Form, type DrawnForm } from './parts/form.tsx';
import { showPage } from './parts/layout.tsx';

/** A page that is one form. */
export interface FormPage extends DrawnForm {
  readonly title: string;
  readonly text?: string;
  readonly hidden?: Typed;
  /** Where one can still go instead, before something that cannot be undone. */
  readonly back?: string;
  /** What the answer says of itself while nothing is refused yet: 200 unless this says otherwise. */
  readonly status?: 403;
  /** What else one can do, and where. */
  readonly others?: Readonly<Record<string, string>>;
  /** Above the form, and below it. */
  readonly above?: Child;
  readonly below?: Child;
}

/** Shows a form alone on its page; after a refusal, with what was typed and what was wrong with it. */
export function showForm(visit: Visit, page: FormPage): Promise<Response> {
  const { title, text, hidden, back, status, others = {}, above, below } = page;
  const isFinal = back !== undefined;
  const form: DrawnForm = isFinal ? { look: 'danger', ...page } : { shape: 'full', ...page };
  const cancel = isFinal && <a href={fill(back, visit.c)}>Cancel</a>;
  return showPage(
    visit,
    { title, status, layout: isFinal ? 'card danger' : 'card' },
    <>
      {text && <p class={isFinal ? undefined : 'muted'}>{text}</p>}
      {above}
      <Form of={form} visit={visit} hidden={hidden} also={cancel} />
      {Object.entries(others).map(([words, path]) => (
        <a href={path}>{words}</a>
      ))}
      {below}
    </>,
  );
}
