import type { Child, PropsWithChildren } from 'hono/jsx';
import { fieldKinds, type FieldKind, type FieldName } from '../form-fields.ts';
import { inPlainWords, secretFields, type Typed } from '../form.ts';
import type { Visit } from '../page.ts';
import { saidOf, type Sayings } from '../sayings.ts';
import { Notice } from './pieces.tsx';

interface FormProps {
  readonly action: string;
  readonly button: string;
  readonly fields?: readonly FieldName[] | undefined;
  /** Given where the form can come back refused. */
  readonly visit?: Visit | undefined;
  /** For a form with a file. */
  readonly enctype?: 'multipart/form-data';
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
  const { action, button, fields = [], enctype, shape, also, about, id } = props;
  // Another form of the page that was sent is none of its business.
  const sent = props.visit?.c.req.path === action ? props.visit : undefined;
  const wrong = [...(sent?.refusal?.errors.keys() ?? [])];
  const look = [props.look, shape === 'full' && 'full'].filter(Boolean).join(' ');
  return (
    <form
      method="post"
      action={action}
      enctype={enctype}
      class={shape === 'line' ? 'line' : undefined}
    >
      {sent?.refusal && (
        <Notice look="bad" focus={wrong.length === 0}>
          {saidOf(sent.refusal, props.sayings)}
        </Notice>
      )}
      <Hidden values={props.hidden ?? {}} />
      {fields.map((field) => {
        const kind = fieldKinds[field];
        const typed = secretFields.has(kind.name) ? undefined : sent?.typed[kind.name];
        return (
          <Field
            kind={kind}
            id={id}
            value={typed ?? props.values?.[field]}
            error={sent?.refusal?.errors.get(kind.name)}
            isFirstWrong={wrong[0] === kind.name}
          />
        );
      })}
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
  readonly kind: FieldKind;
  /** Where a name stands twice on a page. */
  readonly id?: string | undefined;
  readonly value?: string | undefined;
  /** What the API finds wrong with it. */
  readonly error?: string | undefined;
  readonly isFirstWrong?: boolean;
}) {
  const { kind, value = '', error } = props;
  const { name, label, hint, type = 'text', rows, optional } = kind;
  const id = props.id ?? name;
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  const common = {
    id,
    name,
    class: kind.isCode ? 'input code' : 'input',
    required: !optional,
    maxlength: kind.maxlength,
    minlength: kind.minlength,
    autocomplete: kind.autocomplete,
    autofocus: props.isFirstWrong || kind.focus,
    'aria-describedby': described === '' ? undefined : described,
    'aria-invalid': error === undefined ? undefined : ('true' as const),
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="error" id={`${id}-error`}>
          {inPlainWords(error)}
        </p>
      )}
      {rows !== undefined && (
        <textarea rows={rows} {...common}>
          {value}
        </textarea>
      )}
      {type === 'password' && <Password id={id} attributes={common} />}
      {type === 'file' && <input type="file" accept={kind.accept} {...common} />}
      {rows === undefined && !['password', 'file'].includes(type) && (
        <input type={type} value={value} {...common} />
      )}
    </div>
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
