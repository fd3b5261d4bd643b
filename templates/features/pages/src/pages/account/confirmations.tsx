import type { Refusal } from '../api.ts';
import { showForm } from '../form-page.tsx';
import { forEverybody, forUsers, goOn, type Visit } from '../page.ts';
import { show } from '../parts/layout.tsx';
import { GoQuietly } from '../parts/pieces.tsx';
import { statusShape, tenantShape } from '../shapes.ts';

/** Where the links in mails lead. */
export const confirmationPages = [
  forEverybody.get('/verify-email', (visit) => showVerify(visit)),

  forEverybody.form({
    at: '/verify-email',
    call: 'POST /api/auth/verify-email',
    fields: ['token', 'password'],
    refused: showVerify,
    next: (visit) =>
      goOn(visit, visit.actor === null ? '/login' : '/dashboard', 'address_verified'),
  }),

  forEverybody.get('/confirm-email', (visit) => showConfirm(visit)),

  forEverybody.form({
    at: '/confirm-email',
    call: 'POST /api/me/email/confirm',
    fields: ['token'],
    refused: showConfirm,
    async next(visit, answer) {
      const { status } = statusShape.parse(await answer.json());
      if (status === 'changed') return goOn(visit, '/login', 'address_changed');
      return goOn(visit, visit.actor === null ? '/login' : '/settings', 'address_half_changed');
    },
  }),

  forEverybody.get('/accept-invitation', (visit) => showInvitation(visit)),

  forUsers.form({
    at: '/accept-invitation',
    call: 'POST /api/invitations/accept',
    fields: ['token'],
    refused: showInvitation,
    async next(visit, answer) {
      const { id } = tenantShape.parse(await answer.json());
      return goOn(visit, `/tenants/${id}/projects`, 'joined');
    },
  }),
];

function showVerify(visit: Visit, refusal?: Refusal) {
  const needsPassword = refusal?.code === 'unauthenticated' || 'password' in visit.typed;
  const fields = needsPassword ? (['token', 'password'] as const) : (['token'] as const);
  const form = {
    title: 'Confirm your address',
    action: '/verify-email',
    button: 'Confirm',
    fields,
    sayings: {
      unauthenticated:
        'You signed up in another browser, or the password is wrong. Type the password you chose.',
    },
  };
  return showForm(visit, form, refusal);
}

function showConfirm(visit: Visit, refusal?: Refusal) {
  const form = {
    title: 'Confirm the change of your address',
    text: 'Both addresses must agree: confirm the mail at the old and at the new one.',
    action: '/confirm-email',
    button: 'Confirm',
    fields: ['token'],
  } as const;
  return showForm(visit, form, refusal);
}

function showInvitation(visit: Visit, refusal?: Refusal) {
  const { c, actor } = visit;
  if (actor !== null) {
    const { email } = actor.user;
    const form = {
      title: 'You are invited',
      text: `You are logged in as ${email}.`,
      action: '/accept-invitation',
      button: 'Join',
      fields: ['token'],
      sayings: {
        not_found: `This code does not work. It may be used up, or over, or meant for another address than ${email}, or your address is not confirmed yet.`,
      },
    } as const;
    return showForm(visit, form, refusal);
  }
  return show(
    c,
    { title: 'You are invited', actor, narrow: true },
    <div class="card">
      <h1>You are invited</h1>
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
    </div>,
  );
}
