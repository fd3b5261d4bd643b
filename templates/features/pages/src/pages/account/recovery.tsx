import { Refusal } from '../api.ts';
import { Attempt } from '../form.ts';
import { goOn, page, submit, type Visit } from '../page.tsx';
import { CodeField, Field, Form } from '../parts/fields.tsx';
import { show } from '../parts/layout.tsx';
import { Mailbox } from '../parts/mailbox.tsx';

export const recoveryPages = [
  page.public('GET', '/forgot-password', async (visit) => showForgotten(visit)),

  page.public('POST', '/forgot-password', async (visit) => {
    const answer = await submit(visit, 'POST', '/api/auth/password/forgot', 'email');
    if (answer instanceof Refusal) return showForgotten(visit, answer);
    return goOn(visit, '/forgot-password/check-mail');
  }),

  /** Says the same whether or not there is an account. */
  page.public('GET', '/forgot-password/check-mail', async ({ c }) =>
    show(
      c,
      { title: 'Look into your mail', actor: null, narrow: true },
      <div class="card">
        <h1>Look into your mail</h1>
        <p>If the address has an account, a link is on its way. It works once, for 30 minutes.</p>
        <a class="button quiet" href="/reset-password">
          Type the code
        </a>
        <Mailbox c={c} />
      </div>,
    ),
  ),

  page.public('GET', '/reset-password', async (visit) => showReset(visit)),

  page.public('POST', '/reset-password', async (visit) => {
    const answer = await submit(visit, 'POST', '/api/auth/password/reset', 'token', 'password');
    if (answer instanceof Refusal) return showReset(visit, answer);
    return goOn(visit, '/login', 'password_reset');
  }),
];

function showForgotten({ c, typed }: Visit, refusal: Refusal | null = null) {
  const attempt = new Attempt(typed, refusal);
  return show(
    c,
    { title: 'Forgotten password', actor: null, narrow: true, status: refusal?.status ?? 200 },
    <div class="card">
      <h1>Forgot your password?</h1>
      <p class="muted">We mail you a link with which you choose a new one.</p>
      <Form action="/forgot-password" button="Mail me a link" full attempt={attempt}>
        <Field
          attempt={attempt}
          name="email"
          label="Email"
          type="email"
          autocomplete="username"
          maxlength={254}
        />
      </Form>
      <a href="/login">Back to logging in</a>
    </div>,
  );
}

function showReset({ c, typed }: Visit, refusal: Refusal | null = null) {
  const attempt = new Attempt(typed, refusal);
  return show(
    c,
    { title: 'New password', actor: null, narrow: true, status: refusal?.status ?? 200 },
    <div class="card">
      <h1>Choose a new password</h1>
      <Form action="/reset-password" button="Set the password" full attempt={attempt}>
        <CodeField attempt={attempt} />
        <Field
          attempt={attempt}
          name="password"
          label="New password"
          hint="At least 8 characters. A sentence is fine."
          type="password"
          autocomplete="new-password"
          minlength={8}
          maxlength={128}
        />
      </Form>
    </div>,
  );
}
