import type { Child, PropsWithChildren } from 'hono/jsx';
import { fill, type Ids } from '../addresses.ts';
import type { Refusal } from '../api.ts';
import { fieldOf, type FieldKind, type FieldName } from '../form-fields.ts';
import { secretFields, type Typed } from '../form.ts';
import type { Visit } from '../page.ts';
import { saidOf, type Sayings } from '../sayings.ts';
import { Notice } from './pieces.tsx';

/** How a form looks, and what it says. */
export interface DrawnForm {
  /** Where it is sent to: the address of its page, unless this says otherwise. */
  readonly at?: string;
  readonly button: string;
  readonly fields?: readonly FieldName[];
  /** What the API's codes mean here. */
  readonly sayings?: Sayings;
  readonly look?: 'danger' | 'quiet';
  /** On one line, or with a button of full width. */
  readonly shape?: 'line' | 'full';
}

interface FormProps {
  readonly of: DrawnForm;
  readonly visit: Visit;
  readonly ids?: Ids;
  /** What stands in fields before anything was typed, and in those that nobody sees. */
  readonly values?: Typed;
  readonly hidden?: Typed | undefined;
  /** Stands beside the button. */
  readonly also?: Child;
  /** Tells one of several like forms from the others: for who hears the page, and in ids. */
  readonly about?: string;
  readonly id?: string;
}

/** A form that changes something. What was refused stands above it, or beside the field it is about. */
export function Form(props: PropsWithChildren<FormProps>) {
  const { of, visit, values = {}, hidden = {}, also, about, id } = props;
  const { button, look = '', shape, fields = [] } = of;
  const kinds = fields.map(fieldOf);
  const action = of.at === undefined ? visit.at : fill(of.at, visit.c, props.ids);
  // Another form of the page that was sent is none of its business.
  const { refusal = null, typed = {} } = visit.c.req.path === action ? visit : {};
  const errors = errorsOf(refusal, kinds, of.sayings);
  const wrong = kinds.find(({ name }) => errors.has(name))?.name;
  return (
    <form
      method="post"
      action={action}
      enctype={kinds.some(({ type }) => type === 'file') ? 'multipart/form-data' : undefined}
      class={shape === 'line' ? 'line' : undefined}
    >
      {refusal && kinds.length > 0 && (
        <Notice look="bad" focus={wrong === undefined}>
          {wrong ? 'Look over what is marked below.' : saidOf(refusal, of.sayings)}
        </Notice>
      )}
      <Hidden values={hidden} />
      {kinds.map((kind) => (
        <Field
          kind={kind}
          id={id}
          value={(secretFields.has(kind.name) ? undefined : typed[kind.name]) ?? values[kind.name]}
          error={errors.get(kind.name)}
          isFirstWrong={wrong === kind.name}
        />
      ))}
      {props.children}
      <div class={shape === 'full' ? 'full' : 'side'}>
        <button class={`button ${look} ${shape === 'full' ? 'full' : ''}`}>
          {button}
          {about && <span class="unseen"> {about}</span>}
        </button>
        {also}
      </div>
    </form>
  );
}

/** What is wrong with which field. In a form with one, what the page knows to go wrong is about that. */
function errorsOf(refusal: Refusal | null, kinds: readonly FieldKind[], sayings: Sayings = {}) {
  if (refusal === null) return new Map<string, string>();
  const { errors } = refusal.problem;
  const said = sayings[refusal.code];
  if (errors.size > 0 || said === undefined || kinds.length !== 1) return errors;
  return new Map(kinds.map(({ name }) => [name, said]));
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
          {error}
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
