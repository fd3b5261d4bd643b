import type { Refusal } from '../api.ts';
import { showForm } from '../form-page.tsx';
import { forEverybody, type Visit } from '../page.ts';
import { show } from '../parts/layout.tsx';
import { Mailbox } from '../parts/mailbox.tsx';
import { GoQuietly } from '../parts/pieces.tsx';

export const recoveryPages = [
  forEverybody.get('/forgot-password', (visit) => showForgotten(visit)),

  forEverybody.form({
    at: '/forgot-password',
    call: 'POST /api/auth/password/forgot',
    fields: ['email'],
    refused: showForgotten,
    next: '/forgot-password/check-mail',
  }),

  /** Says the same whether or not there is an account. */
  forEverybody.get('/forgot-password/check-mail', ({ c }) =>
    show(
      c,
      { title: 'Look into your mail', actor: null, narrow: true },
      <div class="card">
        <h1>Look into your mail</h1>
        <p>If the address has an account, a link is on its way. It works once, for 30 minutes.</p>
        <GoQuietly to="/reset-password">Type the code</GoQuietly>
        <Mailbox c={c} />
      </div>,
    ),
  ),

  forEverybody.get('/reset-password', (visit) => showReset(visit)),

  forEverybody.form({
    at: '/reset-password',
    call: 'POST /api/auth/password/reset',
    fields: ['token', 'password'],
    refused: showReset,
    next: '/login',
    done: 'password_reset',
  }),
];

function showForgotten(visit: Visit, refusal?: Refusal) {
  const form = {
    title: 'Forgot your password?',
    text: 'We mail you a link with which you choose a new one.',
    action: '/forgot-password',
    button: 'Mail me a link',
    fields: ['email'],
    below: <a href="/login">Back to logging in</a>,
  } as const;
  return showForm(visit, form, refusal);
}

function showReset(visit: Visit, refusal?: Refusal) {
  const form = {
    title: 'Choose a new password',
    action: '/reset-password',
    button: 'Set the password',
    fields: ['token', 'newPassword'],
  } as const;
  return showForm(visit, form, refusal);
}
