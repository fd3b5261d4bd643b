import type { AppContext } from '../../http/context.ts';
import { saying } from '../flash.ts';
import { forEverybody, forUsers, goOn, type Visit } from '../page.ts';
import { showForm, type FormPage } from '../parts/form.tsx';
import { showPage } from '../parts/layout.tsx';
import { Go } from '../parts/pieces.tsx';
import { statusShape, tenantShape } from '../shapes.ts';

const changed = saying('Your address is changed. Log in with the new one.');
const halfChanged = saying('Confirmed. Now confirm in the mail that went to the other address.');

const accept = {
  at: '/accept-invitation',
  button: 'Join',
  fields: ['token'],
  sayings: { not_found: 'It is used up, over, or not for your address, or that is unconfirmed.' },
} as const;

/** A link alone proves no owner: a browser that nobody is logged in to is asked for the password. */
const proof = {
  button: 'Confirm',
  fields: ['token', 'password'],
  sayings: { unauthenticated: 'Type your password, or log in and open the link again.' },
  more: ({ typed, refusal }: Visit): Partial<FormPage> =>
    refusal?.code === 'unauthenticated' || 'password' in typed ? {} : { fields: ['token'] },
} as const;

/** What begins or ends with a mail. */
export const mailedPages = [
  /** The same for an address that has an account already: only its mail tells. */
  ...forEverybody.card('/signup/check-mail', 'Look into your mail', {}, ({ c }) => (
    <>
      <p>We sent you a link. Open it in this browser within 24 hours.</p>
      <p class="muted">Nothing there? Look into the folder for spam, or sign up again.</p>
      <div class="side">
        <Go to="/login" text="Log in" />
        <Go quiet to="/verify-email" text="Type the code" />
      </div>
      <Mailbox c={c} />
    </>
  )),

  ...forEverybody.formPage('/verify-email', 'POST /api/auth/verify-email', {
    ...proof,
    title: 'Confirm your address',
    next: ({ actor }) => (actor === null ? '/login' : '/dashboard'),
    done: 'Your address is confirmed.',
  }),

  ...forEverybody.formPage('/confirm-email', 'POST /api/me/email/confirm', {
    ...proof,
    title: 'Confirm the change of your address',
    text: 'Both addresses must agree: confirm the mail at the old and at the new one.',
    async next(visit, answer) {
      const { status } = statusShape.parse(await answer.json());
      if (status === 'changed') return goOn(visit, '/login', changed);
      return goOn(visit, visit.actor === null ? '/login' : '/settings', halfChanged);
    },
  }),

  ...forEverybody.formPage('/forgot-password', 'POST /api/auth/password/forgot', {
    title: 'Forgot your password?',
    text: 'We mail you a link with which you choose a new one.',
    button: 'Mail me a link',
    fields: ['email'],
    others: { 'Back to logging in': '/login' },
    next: '/forgot-password/check-mail',
  }),

  /** Says the same whether or not there is an account. */
  ...forEverybody.card('/forgot-password/check-mail', 'Look into your mail', {}, ({ c }) => (
    <>
      <p>If the address has an account, a link is on its way. It works once, for 30 minutes.</p>
      <Go quiet to="/reset-password" text="Type the code" />
      <Mailbox c={c} />
    </>
  )),

  ...forEverybody.formPage('/reset-password', 'POST /api/auth/password/reset', {
    title: 'Choose a new password',
    button: 'Set the password',
    fields: ['token', 'newPassword'],
    next: '/login',
    done: 'Your new password is set. Log in with it.',
  }),

  forEverybody.get('/accept-invitation', showInvitation),
  forUsers.form('/accept-invitation', showInvitation, {
    ...accept,
    call: 'POST /api/invitations/accept',
    next: async (_, answer) => `/tenants/${tenantShape.parse(await answer.json()).id}/projects`,
    done: 'Welcome. You are a member now.',
  }),
];

function showInvitation(visit: Visit) {
  const title = 'You are invited';
  if (visit.actor !== null) {
    const text = `You are logged in as ${visit.actor.user.email}.`;
    return showForm(visit, { ...accept, title, text });
  }
  return showPage(
    visit,
    { title, layout: 'card' },
    <>
      <p>
        Log in with the address the invitation was sent to. If you have no account yet, sign up,
        confirm your address, and open the link in the invitation again.
      </p>
      <div class="side">
        <a class="button" href="/login?returnTo=/accept-invitation" data-carry>
          Log in
        </a>
        <Go quiet to="/signup" text="Sign up" />
      </div>
    </>,
  );
}

/** In development mail does not leave the machine: here it is. */
function Mailbox({ c }: { c: AppContext }) {
  if (c.get('context').configuration.environment !== 'development') return <></>;
  return (
    <p class="muted small">
      This is development: mail waits in the <a href="/dev/mailbox">mailbox</a>.
    </p>
  );
}
