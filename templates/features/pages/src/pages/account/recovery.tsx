import { forEverybody } from '../page.ts';
import { Mailbox } from '../parts/mailbox.tsx';
import { GoQuietly } from '../parts/pieces.tsx';

export const recoveryPages = [
  ...forEverybody.formPage({
    at: '/forgot-password',
    call: 'POST /api/auth/password/forgot',
    fields: ['email'],
    form: () => ({
      title: 'Forgot your password?',
      text: 'We mail you a link with which you choose a new one.',
      button: 'Mail me a link',
      below: <a href="/login">Back to logging in</a>,
    }),
    next: '/forgot-password/check-mail',
  }),

  /** Says the same whether or not there is an account. */
  forEverybody.card('/forgot-password/check-mail', 'Look into your mail', ({ c }) => (
    <>
      <p>If the address has an account, a link is on its way. It works once, for 30 minutes.</p>
      <GoQuietly to="/reset-password">Type the code</GoQuietly>
      <Mailbox c={c} />
    </>
  )),

  ...forEverybody.formPage({
    at: '/reset-password',
    call: 'POST /api/auth/password/reset',
    fields: ['token', 'newPassword'],
    form: () => ({ title: 'Choose a new password', button: 'Set the password' }),
    next: '/login',
    done: 'password_reset',
  }),
];
