import type { Child } from 'hono/jsx';
import type { Problem } from '../../http/problem.ts';
import { fill, type Ids } from '../addresses.ts';
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
  readonly choices?: readonly string[];
  /** Stands beside the button. */
  readonly also?: Child;
  /** Tells one of several like forms from the others: for who hears the page, and in ids. */
  readonly about?: string;
  readonly id?: string;
}

/** A form that changes something. What was refused stands above it, or beside the field it is about. */
export function Form({ of, visit, values = {}, hidden = {}, also, about, ...props }: FormProps) {
  const { button, look = 'main', shape = 'block', fields = [] } = of;
  const kinds = fields.map(fieldOf);
  const action = of.at === undefined ? visit.at : fill(of.at, visit.c, props.ids);
  // Another form of the page that was sent is none of its business.
  const { refusal = null, typed = {} } = visit.c.req.path === action ? visit : {};
  const errors = errorsOf(refusal, kinds, of.sayings);
  const wrong = kinds.find(({ name }) => errors.has(name))?.name;
  const more = about && <span class="unseen"> {about}</span>;
  const isUpload = kinds.some(({ type }) => type === 'file');
  return (
    <form
      method="post"
      action={action}
      enctype={isUpload ? 'multipart/form-data' : undefined}
      class={shape}
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
          id={props.id}
          about={more}
          choices={props.choices}
          value={(secretFields.has(kind.name) ? undefined : typed[kind.name]) ?? values[kind.name]}
          error={errors.get(kind.name)}
          isFirstWrong={wrong === kind.name}
        />
      ))}
      <div class="side">
        <button class={`button ${look}`}>
          {button}
          {more}
        </button>
        {also}
      </div>
    </form>
  );
}

/** What is wrong with which field. In a form with one, what the page knows to go wrong is about that. */
function errorsOf(refusal: Problem | null, kinds: readonly FieldKind[], sayings: Sayings = {}) {
  const { code = '', errors = [] } = refusal ?? {};
  const said = sayings[code];
  return errors.length === 0 && said !== undefined && kinds.length === 1
    ? new Map(kinds.map(({ name }) => [name, said]))
    : new Map(errors.map(({ field, message }) => [field, message]));
}

export function Hidden({ values }: { values: Typed }) {
  const fields = Object.entries(values);
  return <>{fields.map(([name, value]) => <input type="hidden" name={name} value={value} />)}</>;
}

interface FieldProps {
  readonly kind: FieldKind;
  /** Where a name stands twice on a page. */
  readonly id?: string | undefined;
  readonly about?: Child;
  readonly choices?: readonly string[] | undefined;
  readonly value?: string | undefined;
  /** What the API finds wrong with it. */
  readonly error?: string | undefined;
  readonly isFirstWrong?: boolean;
}

/** A field with its label, its hint and what is wrong with it, tied together for who hears the page. */
export function Field({ kind, about, choices = [], value = '', error, ...props }: FieldProps) {
  const { name, type = 'text', hint } = kind;
  const id = props.id ?? name;
  const notes = Object.entries({ hint, error }).filter(([, text]) => text !== undefined);
  const attributes = {
    id,
    name,
    class: kind.isCode ? 'input code' : 'input',
    required: !kind.optional,
    maxlength: kind.maxlength,
    minlength: kind.minlength,
    autocomplete: kind.autocomplete,
    accept: kind.accept,
    autofocus: props.isFirstWrong || kind.focus,
    'aria-describedby': notes.map(([what]) => `${id}-${what}`).join(' ') || undefined,
    'aria-invalid': error === undefined ? undefined : ('true' as const),
  };
  return (
    <div class="field">
      <label for={id}>
        {kind.label}
        {about}
      </label>
      {notes.map(([what, text]) => (
        <p class={what} id={`${id}-${what}`}>
          {text}
        </p>
      ))}
      {type === 'lines' && (
        <textarea rows={6} {...attributes}>
          {value}
        </textarea>
      )}
      {type === 'choice' && (
        <select {...attributes}>
          {choices.map((choice) => (
            <option selected={choice === value}>{choice}</option>
          ))}
        </select>
      )}
      {/* Nothing is ever filled in. The button appears where scripts run. */}
      {type === 'password' && (
        <span class="with-button">
          <input type={type} {...attributes} />
          <button type="button" class="button quiet" data-reveal={id} aria-pressed="false" hidden>
            Show
          </button>
        </span>
      )}
      {type === 'file' && <input type={type} {...attributes} />}
      {typesWithText.has(type) && <input type={type} value={value} {...attributes} />}
    </div>
  );
}

const typesWithText: ReadonlySet<string> = new Set(['text', 'email', 'search']);
