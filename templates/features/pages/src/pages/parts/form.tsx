import type { Child } from 'hono/jsx';
import type { Problem } from '../../http/problem.ts';
import { fill, type Ids } from '../addresses.ts';
import { fieldOf, type FieldKind, type FieldName } from '../form-fields.ts';
import { secretFields, type Typed } from '../form.ts';
import type { Visit } from '../page.ts';
import { saidOf, type Sayings } from '../sayings.ts';
import { showPage } from './layout.tsx';
import { Notice } from './pieces.tsx';

/** How a form looks, and what it says. */
export interface DrawnForm {
  /** Where it is sent to: the address of its page, unless this says otherwise. */
  readonly at?: string;
  readonly button: string;
  readonly fields?: readonly FieldName[];
  /** What the API's codes mean here. */
  readonly sayings?: Sayings;
  /** Left out: `quiet` without fields; one field and its button on a line. */
  readonly look?: 'danger' | 'quiet' | 'main';
  readonly shape?: 'line' | 'full' | 'block';
}

interface FormProps {
  readonly of: DrawnForm;
  readonly visit: Visit;
  readonly ids?: Ids;
  readonly values?: Typed;
  readonly hidden?: Typed | undefined;
  readonly choices?: readonly string[];
  readonly also?: Child;
  /** Tells one of several like forms from the others: for who hears the page, and in ids. */
  readonly about?: string;
  readonly id?: string;
}

/** A form that changes something. What was refused stands above it, or beside the field it is about. */
export function Form({ of, visit, values = {}, hidden = {}, also, about, ...props }: FormProps) {
  const { button, fields = [] } = of;
  const { look = fields.length > 0 ? 'main' : 'quiet' } = of;
  const { shape = fields.length === 1 ? 'line' : 'block' } = of;
  const kinds = fields.map(fieldOf);
  const action = of.at === undefined ? visit.at : fill(of.at, visit.c, props.ids);
  // Another form of the page that was sent is none of its business.
  const { refusal = null, typed = {} } = visit.c.req.path === action ? visit : {};
  const errors = errorsOf(refusal, kinds, of.sayings);
  const wrong = kinds.find(({ name }) => errors.has(name))?.name;
  const more = about && <span class="unseen"> {about}</span>;
  const enctype = kinds.some(({ type }) => type === 'file') ? 'multipart/form-data' : undefined;
  return (
    <form method="post" action={action} enctype={enctype} class={shape}>
      {refusal && kinds.length > 0 && (
        <Notice look="bad" focus={wrong === undefined}>
          {wrong ? 'Look over what is marked below.' : saidOf(refusal, of.sayings)}
        </Notice>
      )}
      {Object.entries(hidden).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {kinds.map((kind) => (
        <Field
          {...props}
          kind={kind}
          about={more}
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

interface FieldProps extends Pick<FormProps, 'id' | 'choices'> {
  readonly kind: FieldKind;
  readonly about?: Child;
  readonly value?: string | undefined;
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
      {['text', 'email', 'search'].includes(type) && (
        <input type={type} value={value} {...attributes} />
      )}
    </div>
  );
}

export interface FormPage extends DrawnForm {
  readonly title: string;
  readonly text?: string;
  readonly hidden?: Typed;
  /** Where one can still go instead, before something that cannot be undone. */
  readonly back?: string;
  /** What the answer says of itself while nothing is refused yet: 200 unless this says otherwise. */
  readonly status?: 403;
  readonly others?: Readonly<Record<string, string>>;
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
