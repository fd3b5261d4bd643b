import { safeReturnTo } from '../http/return-to.ts';
import { pathOf } from './addresses.ts';
import { Refusal, type Api } from './api.ts';
import { Attempt, secretFields, type Typed } from './form.ts';
import { Field, Form } from './parts/fields.tsx';
import { show } from './parts/layout.tsx';
import { Notice } from './parts/notice.tsx';
import type { Visit } from './page.tsx';

/** The fields of the step-up form, and what each proves. */
const proofs = [
  ['step_up_password', 'password'],
  ['step_up_code', 'code'],
  ['step_up_email_code', 'emailCode'],
] as const;
const mailButton = 'step_up_mail';
const ours: ReadonlySet<string> = new Set([mailButton, ...proofs.map(([field]) => field)]);

/**
 * Where the API wants to know once more who somebody is, the page asks in place, with all they had
 * typed in hidden fields (but secrets). Sent again, the form first steps up and then does what it was
 * for. Answers what was typed besides, or the page that asks again.
 */
export async function stepUpIfAsked(
  visit: Visit,
): Promise<{ typed: Typed; isProven: boolean; answer: Response | null }> {
  const { api, typed: sent } = visit;
  if (!Object.keys(sent).some((name) => ours.has(name))) {
    return { typed: sent, isProven: false, answer: null };
  }
  const typed = Object.fromEntries(Object.entries(sent).filter(([name]) => !ours.has(name)));
  const rest = { ...visit, typed };
  if (mailButton in sent) {
    const mailed = await api.send('POST', '/api/auth/step-up/email');
    const answer = await showStepUp(rest, mailed instanceof Refusal ? mailed : 'mailed');
    return { typed, isProven: false, answer };
  }
  const refusal = await stepUp(api, sent);
  if (refusal === null) return { typed, isProven: true, answer: null };
  const isMailed = 'step_up_email_code' in sent;
  return { typed, isProven: false, answer: await showStepUp(rest, refusal, isMailed) };
}

async function stepUp(api: Api, sent: Typed): Promise<Refusal | null> {
  const body = Object.fromEntries(
    proofs.flatMap(([field, proof]) => (field in sent ? [[proof, sent[field]]] : [])),
  );
  const answer = await api.send('POST', '/api/auth/step-up', body);
  return answer instanceof Refusal ? answer : null;
}

/** Asks for a proof, to go on with what the form was for. */
export function showStepUp(
  { c, actor, typed }: Visit,
  outcome?: Refusal | 'mailed',
  isMailed = outcome === 'mailed',
): Response | Promise<Response> {
  const refusal = outcome instanceof Refusal ? outcome : null;
  const isGet = c.req.method === 'GET';
  const kept = isGet
    ? { returnTo: safeReturnTo(c.req.query('returnTo') ?? pathOf(c.req.header('Referer'))) }
    : Object.fromEntries(Object.entries(typed).filter(([name]) => !secretFields.has(name)));
  const action = isGet ? '/step-up' : c.req.path;
  const hidden = Object.entries(kept).map(([name, value]) => (
    <input type="hidden" name={name} value={value} />
  ));
  const hasMfa = actor?.user.mfaEnabled ?? false;
  return show(
    c,
    { title: 'Is it you?', actor, narrow: true, status: refusal?.status ?? 403 },
    <div class="card">
      <h1>Is it you?</h1>
      <p class="muted">
        This needs a fresh proof. Afterwards you will not be asked for five minutes.
      </p>
      {outcome === 'mailed' && <Notice>A code is on its way to {actor?.user.email}.</Notice>}
      <Form
        action={action}
        button="Go on"
        full
        attempt={new Attempt({}, refusal)}
        sayings={{ unauthenticated: 'That is not right. Try again.' }}
      >
        {hidden}
        {field(hasMfa, isMailed)}
      </Form>
      {!hasMfa && !isMailed && (
        <form method="post" action={action}>
          {hidden}
          <button class="button quiet full" name={mailButton} value="yes">
            I have no password: mail me a code
          </button>
        </form>
      )}
    </div>,
  );
}

function field(hasMfa: boolean, isMailed: boolean) {
  const attempt = new Attempt();
  if (hasMfa) {
    return (
      <Field
        attempt={attempt}
        name="step_up_code"
        label="Code from your authenticator app"
        hint="Or one of your recovery codes."
        autocomplete="one-time-code"
        class="code"
        maxlength={64}
        focus
      />
    );
  }
  if (isMailed) {
    return (
      <Field
        attempt={attempt}
        name="step_up_email_code"
        label="Code from the mail"
        autocomplete="one-time-code"
        class="code"
        maxlength={64}
        focus
      />
    );
  }
  return (
    <Field
      attempt={attempt}
      name="step_up_password"
      label="Your password"
      type="password"
      autocomplete="current-password"
      maxlength={128}
      focus
    />
  );
}
