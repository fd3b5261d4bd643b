import type { AppContext } from '../../http/context.ts';
import { showForm } from '../form-page.tsx';
import { forEverybody, forUsers, goOn } from '../page.ts';
import { Go } from '../parts/pieces.tsx';
import { statusShape, tenantShape } from '../shapes.ts';

const accept = forUsers.form({
  at: '/accept-invitation',
  call: 'POST /api/invitations/accept',
  button: 'Join',
  fields: ['token'],
  sayings: {
    not_found:
      'This code does not work. It may be used up, or over, or meant for another address than yours, or your address is not confirmed yet.',
  },
  async next(visit, answer) {
    const { id } = tenantShape.parse(await answer.json());
    return goOn(visit, `/tenants/${id}/projects`, 'joined');
  },
});

/** What begins or ends with a mail. */
export const mailedPages = [
  /** The same for an address that has an account already: only its mail tells. */
  ...forEverybody.card('/signup/check-mail', 'Look into your mail', [], ({ c }) => (
    <>
      <p>
        We sent you a link. Open it in this browser within 24 hours, and your address is confirmed.
      </p>
      <p class="muted">Nothing there? Look into the folder for spam, or sign up again.</p>
      <div class="side">
        <Go to="/login">Log in</Go>
        <Go quiet to="/verify-email">
          Type the code
        </Go>
      </div>
      <Mailbox c={c} />
    </>
  )),

  ...forEverybody.formPage({
    at: '/verify-email',
    call: 'POST /api/auth/verify-email',
    title: 'Confirm your address',
    button: 'Confirm',
    fields: ['token', 'password'],
    sayings: {
      unauthenticated:
        'You signed up in another browser, or the password is wrong. Type the password you chose.',
    },
    more({ typed, refusal }) {
      const needsPassword = refusal?.code === 'unauthenticated' || 'password' in typed;
      return { fields: needsPassword ? ['token', 'password'] : ['token'] };
    },
    next: (visit) =>
      goOn(visit, visit.actor === null ? '/login' : '/dashboard', 'address_verified'),
  }),

  ...forEverybody.formPage({
    at: '/confirm-email',
    call: 'POST /api/me/email/confirm',
    title: 'Confirm the change of your address',
    text: 'Both addresses must agree: confirm the mail at the old and at the new one.',
    button: 'Confirm',
    fields: ['token'],
    async next(visit, answer) {
      const { status } = statusShape.parse(await answer.json());
      if (status === 'changed') return goOn(visit, '/login', 'address_changed');
      return goOn(visit, visit.actor === null ? '/login' : '/settings', 'address_half_changed');
    },
  }),

  ...forEverybody.formPage({
    at: '/forgot-password',
    call: 'POST /api/auth/password/forgot',
    title: 'Forgot your password?',
    text: 'We mail you a link with which you choose a new one.',
    button: 'Mail me a link',
    fields: ['email'],
    below: <a href="/login">Back to logging in</a>,
    next: '/forgot-password/check-mail',
  }),

  /** Says the same whether or not there is an account. */
  ...forEverybody.card('/forgot-password/check-mail', 'Look into your mail', [], ({ c }) => (
    <>
      <p>If the address has an account, a link is on its way. It works once, for 30 minutes.</p>
      <Go quiet to="/reset-password">
        Type the code
      </Go>
      <Mailbox c={c} />
    </>
  )),

  ...forEverybody.formPage({
    at: '/reset-password',
    call: 'POST /api/auth/password/reset',
    title: 'Choose a new password',
    button: 'Set the password',
    fields: ['token', 'newPassword'],
    next: '/login',
    done: 'password_reset',
  }),

  ...forEverybody.card('/accept-invitation', 'You are invited', [accept], (visit) => {
    if (visit.actor !== null) {
      const text = `You are logged in as ${visit.actor.user.email}.`;
      return showForm(visit, { title: 'You are invited', text, ...accept });
    }
    return (
      <>
        <p>
          Log in with the address the invitation was sent to. If you have no account yet, sign up,
          confirm your address, and open the link in the invitation again.
        </p>
        <div class="side">
          <a class="button" href="/login?returnTo=/accept-invitation" data-carry>
            Log in
          </a>
          <Go quiet to="/signup">
            Sign up
          </Go>
        </div>
      </>
    );
  }),
];

/** In development mail does not leave the machine: here it is. */
function Mailbox({ c }: { c: AppContext }) {
  if (c.get('context').configuration.environment !== 'development') return <></>;
  return (
    <p class="muted small">
      This is development: mail waits in the <a href="/dev/mailbox">mailbox</a>.
    </p>
  );
}
