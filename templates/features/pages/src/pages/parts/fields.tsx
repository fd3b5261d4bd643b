import type { Child, PropsWithChildren } from 'hono/jsx';
import type { Attempt } from '../form.ts';
import { Notice } from './notice.tsx';
import { saidOf, type Sayings } from './sayings.ts';

interface FieldProps {
  readonly attempt: Attempt;
  readonly name: string;
  /** Where the name stands twice on a page. */
  readonly id?: string;
  readonly label: string;
  /** Stands in the field before anything was typed. */
  readonly value?: string;
  readonly hint?: string;
  readonly type?: 'text' | 'email' | 'password' | 'search';
  readonly autocomplete?: string;
  readonly maxlength?: number;
  readonly minlength?: number;
  readonly inputmode?: 'numeric';
  /** Need not be filled in; `silently` where that goes without saying. */
  readonly optional?: boolean | 'silently';
  readonly rows?: number;
  readonly class?: string;
  /** Whether the page opens with the focus here. */
  readonly focus?: boolean;
}

/** A field with its label, its hint and what is wrong with it, tied together for who hears the page. */
export function Field(props: FieldProps) {
  const {
    attempt,
    name,
    id = name,
    label,
    value,
    hint,
    optional = false,
    rows,
    type = 'text',
  } = props;
  const error = attempt.errorOf(name);
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  const hasFocus = attempt.wrongFields[0] === name || props.focus;
  const common = {
    id,
    name,
    class: `input ${props.class ?? ''}`.trim(),
    required: !optional,
    ...(props.maxlength !== undefined && { maxlength: props.maxlength }),
    ...(props.minlength !== undefined && { minlength: props.minlength }),
    ...(props.autocomplete !== undefined && { autocomplete: props.autocomplete }),
    ...(props.inputmode !== undefined && { inputmode: props.inputmode }),
    ...(described !== '' && { 'aria-describedby': described }),
    ...(error !== undefined && { 'aria-invalid': 'true' as const }),
    ...(hasFocus && { autofocus: true }),
  };
  const shown = attempt.valueOf(name) ?? value ?? '';
  return (
    <div class="field">
      <label for={id}>
        {label} {optional === true && <span class="muted small">(optional)</span>}
      </label>
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
      {rows === undefined ? (
        <span class="with-button">
          <input type={type} {...common} {...(type !== 'password' && { value: shown })} />
          {type === 'password' && (
            <button type="button" class="button quiet" data-reveal={id} aria-pressed="false" hidden>
              Show
            </button>
          )}
        </span>
      ) : (
        <textarea rows={rows} {...common}>
          {shown}
        </textarea>
      )}
    </div>
  );
}

/** A choice among a few. */
export function Choice(props: {
  readonly attempt: Attempt;
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly id?: string;
}) {
  const { attempt, name, label, options, id = name } = props;
  const chosen = attempt.valueOf(name) ?? props.value;
  const error = attempt.errorOf(name);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {error && <p class="error">{error}</p>}
      <select id={id} name={name} class="input">
        {options.map(([value, text]) => (
          <option value={value} selected={value === chosen}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A field for the code of a mail. The link in the mail fills it in, where scripts run. */
export function CodeField({ attempt }: { attempt: Attempt }) {
  return (
    <Field
      attempt={attempt}
      name="token"
      label="Code from the mail"
      class="code"
      autocomplete="off"
      maxlength={64}
    />
  );
}

/** A form that changes something. What was refused stands above it, or beside the field it is about. */
export function Form(
  props: PropsWithChildren<{
    readonly action: string;
    readonly button: string;
    readonly attempt?: Attempt;
    readonly sayings?: Sayings;
    readonly look?: 'danger' | 'quiet';
    readonly line?: boolean;
    readonly full?: boolean;
    /** Stands beside the button. */
    readonly also?: Child;
    /** Tells one of several like buttons from the others, for who hears the page. */
    readonly about?: string;
  }>,
) {
  const { action, button, attempt, sayings, look, line, full, also, about, children } = props;
  const said = attempt?.refusal && saidOf(attempt.refusal, sayings);
  const press = (
    <button class={`button ${look ?? ''} ${full ? 'full' : ''}`.trim()}>
      {button}
      {about && <span class="unseen"> {about}</span>}
    </button>
  );
  return (
    <form method="post" action={action} class={line ? 'line' : undefined}>
      {said && (
        <Notice look="bad" focus={attempt.wrongFields.length === 0}>
          {said}
        </Notice>
      )}
      {children}
      {also ? (
        <div class="side">
          {press}
          {also}
        </div>
      ) : (
        press
      )}
    </form>
  );
}
