import type { Child, PropsWithChildren } from 'hono/jsx';
import { fieldKinds, type FieldKind, type FieldName } from '../form-fields.ts';
import { Attempt, type Typed } from '../form.ts';
import { saidOf, type Sayings } from '../sayings.ts';
import { Notice } from './notice.tsx';

interface FormProps {
  readonly action: string;
  readonly button: string;
  readonly fields?: readonly FieldName[];
  readonly attempt?: Attempt;
  /** What stands in fields before anything was typed, and in those that nobody sees. */
  readonly values?: Typed;
  readonly hidden?: Typed;
  readonly sayings?: Sayings;
  readonly look?: 'danger' | 'quiet';
  /** On one line, or with a button of full width. */
  readonly shape?: 'line' | 'full';
  /** Stands beside the button. */
  readonly also?: Child;
  /** Tells one of several like forms from the others: for who hears the page, and in ids. */
  readonly about?: string;
  readonly id?: string;
}

/** A form that changes something. What was refused stands above it, or beside the field it is about. */
export function Form(props: PropsWithChildren<FormProps>) {
  const { action, button, fields = [], attempt = new Attempt(), shape, also, about, id } = props;
  const said = attempt.refusal && saidOf(attempt.refusal, props.sayings);
  const look = [props.look, shape === 'full' && 'full'].filter(Boolean).join(' ');
  return (
    <form method="post" action={action} class={shape === 'line' ? 'line' : undefined}>
      {said && (
        <Notice look="bad" focus={attempt.wrongFields.length === 0}>
          {said}
        </Notice>
      )}
      <Hidden values={props.hidden ?? {}} />
      {fields.map((name) => (
        <Field attempt={attempt} kind={fieldKinds[name]} id={id} value={props.values?.[name]} />
      ))}
      {props.children}
      <div class={shape === 'full' ? 'full' : 'side'}>
        <button class={`button ${look}`.trim()}>
          {button}
          {about && <span class="unseen"> {about}</span>}
        </button>
        {also}
      </div>
    </form>
  );
}

export function Hidden({ values }: { values: Typed }) {
  return (
    <>
      {Object.entries(values).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
    </>
  );
}

/** A field with its label, its hint and what is wrong with it, tied together for who hears the page. */
export function Field(props: {
  readonly attempt: Attempt;
  readonly kind: FieldKind;
  /** Where a name stands twice on a page. */
  readonly id?: string | undefined;
  readonly value?: string | undefined;
}) {
  const { attempt, kind } = props;
  const { name, label, hint, type = 'text', rows, optional } = kind;
  const id = props.id ?? name;
  const error = attempt.errorOf(name);
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  const common = {
    id,
    name,
    class: kind.isCode ? 'input code' : 'input',
    required: !optional,
    maxlength: kind.maxlength,
    minlength: kind.minlength,
    autocomplete: kind.autocomplete,
    autofocus: attempt.wrongFields[0] === name || (kind.focus ?? false),
    'aria-describedby': described === '' ? undefined : described,
    'aria-invalid': error === undefined ? undefined : ('true' as const),
  };
  const shown = attempt.valueOf(name) ?? props.value ?? '';
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && <ErrorText id={`${id}-error`}>{error}</ErrorText>}
      {rows !== undefined && (
        <textarea rows={rows} {...common}>
          {shown}
        </textarea>
      )}
      {rows === undefined && type !== 'password' && <input type={type} value={shown} {...common} />}
      {type === 'password' && <Password id={id} attributes={common} />}
    </div>
  );
}

function ErrorText({ id, children }: PropsWithChildren<{ id: string }>) {
  return (
    <p class="error" id={id}>
      {children}
    </p>
  );
}

/** Nothing is ever filled in. The button appears where scripts run. */
function Password({ id, attributes }: { id: string; attributes: object }) {
  return (
    <span class="with-button">
      <input type="password" {...attributes} />
      <button type="button" class="button quiet" data-reveal={id} aria-pressed="false" hidden>
        Show
      </button>
    </span>
  );
}
