import { showForm } from '../form-page.tsx';
import { forEverybody, forUsers, goOn } from '../page.ts';
import { GoQuietly } from '../parts/pieces.tsx';
import { statusShape, tenantShape } from '../shapes.ts';

const invitation = forEverybody.card('/accept-invitation', 'You are invited', (visit) => {
  if (visit.actor !== null) {
    const { email } = visit.actor.user;
    return showForm(visit, {
      title: 'You are invited',
      text: `You are logged in as ${email}.`,
      action: '/accept-invitation',
      button: 'Join',
      fields: ['token'],
      sayings: {
        not_found: `This code does not work. It may be used up, or over, or meant for another address than ${email}, or your address is not confirmed yet.`,
      },
    });
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
        <GoQuietly to="/signup">Sign up</GoQuietly>
      </div>
    </>
  );
});

/** Where the links in mails lead. */
export const confirmationPages = [
  ...forEverybody.formPage({
    at: '/verify-email',
    call: 'POST /api/auth/verify-email',
    fields: ['token', 'password'],
    form({ typed, refusal }) {
      const needsPassword = refusal?.code === 'unauthenticated' || 'password' in typed;
      return {
        title: 'Confirm your address',
        button: 'Confirm',
        fields: needsPassword ? ['token', 'password'] : ['token'],
        sayings: {
          unauthenticated:
            'You signed up in another browser, or the password is wrong. Type the password you chose.',
        },
      };
    },
    next: (visit) =>
      goOn(visit, visit.actor === null ? '/login' : '/dashboard', 'address_verified'),
  }),

  ...forEverybody.formPage({
    at: '/confirm-email',
    call: 'POST /api/me/email/confirm',
    fields: ['token'],
    form: () => ({
      title: 'Confirm the change of your address',
      text: 'Both addresses must agree: confirm the mail at the old and at the new one.',
      button: 'Confirm',
    }),
    async next(visit, answer) {
      const { status } = statusShape.parse(await answer.json());
      if (status === 'changed') return goOn(visit, '/login', 'address_changed');
      return goOn(visit, visit.actor === null ? '/login' : '/settings', 'address_half_changed');
    },
  }),

  invitation,

  forUsers.form({
    at: '/accept-invitation',
    call: 'POST /api/invitations/accept',
    fields: ['token'],
    refused: invitation.show,
    async next(visit, answer) {
      const { id } = tenantShape.parse(await answer.json());
      return goOn(visit, `/tenants/${id}/projects`, 'joined');
    },
  }),
];
