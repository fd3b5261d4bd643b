import { pick } from '../form.ts';
import { Refusal } from '../api.ts';
import { Attempt } from '../form.ts';
import { goOn, page, submit, type Visit } from '../page.tsx';
import { CodeField, Field, Form } from '../parts/fields.tsx';
import { show } from '../parts/layout.tsx';
import { statusShape, tenantShape } from '../shapes.ts';

/** Where the links in mails lead. */
export const confirmationPages = [
  page.public('GET', '/verify-email', async (visit) => showVerify(visit)),

  page.public('POST', '/verify-email', async (visit) => {
    const { api, typed, actor } = visit;
    const body = typed['password'] === '' ? pick(typed, 'token') : pick(typed, 'token', 'password');
    const answer = await api.send('POST', '/api/auth/verify-email', body);
    if (answer instanceof Refusal) return showVerify(visit, answer);
    return goOn(visit, actor === null ? '/login' : '/dashboard', 'address_verified');
  }),

  page.public('GET', '/confirm-email', async (visit) => showConfirm(visit)),

  page.public('POST', '/confirm-email', async (visit) => {
    const answer = await submit(visit, 'POST', '/api/me/email/confirm', 'token');
    if (answer instanceof Refusal) return showConfirm(visit, answer);
    const { status } = statusShape.parse(await answer.json());
    if (status === 'changed') return goOn(visit, '/login', 'address_changed');
    return goOn(visit, visit.actor === null ? '/login' : '/settings', 'address_half_changed');
  }),

  page.public('GET', '/accept-invitation', async (visit) => showInvitation(visit)),

  page.user('POST', '/accept-invitation', async (visit) => {
    const answer = await submit(visit, 'POST', '/api/invitations/accept', 'token');
    if (answer instanceof Refusal) return showInvitation(visit, answer);
    const tenant = tenantShape.parse(await answer.json());
    return goOn(visit, `/tenants/${tenant.id}/projects`, 'joined');
  }),
];

function showVerify({ c, typed, actor }: Visit, refusal: Refusal | null = null) {
  const attempt = new Attempt(typed, refusal);
  const needsPassword = refusal?.code === 'unauthenticated' || 'password' in typed;
  return show(
    c,
    { title: 'Confirm your address', actor, narrow: true, status: refusal?.status ?? 200 },
    <div class="card">
      <h1>Confirm your address</h1>
      <Form
        action="/verify-email"
        button="Confirm"
        full
        attempt={attempt}
        sayings={{
          unauthenticated:
            'You signed up in another browser, or the password is wrong. Type the password you chose.',
        }}
      >
        <CodeField attempt={attempt} />
        {needsPassword && (
          <Field
            attempt={attempt}
            name="password"
            label="Password"
            type="password"
            autocomplete="current-password"
            maxlength={128}
          />
        )}
      </Form>
    </div>,
  );
}

function showConfirm({ c, typed, actor }: Visit, refusal: Refusal | null = null) {
  const attempt = new Attempt(typed, refusal);
  return show(
    c,
    { title: 'Confirm the change', actor, narrow: true, status: refusal?.status ?? 200 },
    <div class="card">
      <h1>Confirm the change of your address</h1>
      <p class="muted">
        Both addresses must agree: confirm the mail at the old and at the new one.
      </p>
      <Form action="/confirm-email" button="Confirm" full attempt={attempt}>
        <CodeField attempt={attempt} />
      </Form>
    </div>,
  );
}

function showInvitation({ c, typed, actor }: Visit, refusal: Refusal | null = null) {
  const attempt = new Attempt(typed, refusal);
  return show(
    c,
    { title: 'Invitation', actor, narrow: true, status: refusal?.status ?? 200 },
    <div class="card">
      <h1>You are invited</h1>
      {actor === null ? (
        <>
          <p>
            Log in with the address the invitation was sent to. If you have no account yet, sign up,
            confirm your address, and open the link in the invitation again.
          </p>
          <div class="side">
            <a class="button" href="/login?returnTo=/accept-invitation" data-carry>
              Log in
            </a>
            <a class="button quiet" href="/signup">
              Sign up
            </a>
          </div>
        </>
      ) : (
        <Form
          action="/accept-invitation"
          button="Join"
          full
          attempt={attempt}
          sayings={{
            not_found: `This code does not work. It may be used up, or over, or meant for another address than ${actor.user.email}, or your address is not confirmed yet.`,
          }}
        >
          <p class="muted">You are logged in as {actor.user.email}.</p>
          <CodeField attempt={attempt} />
        </Form>
      )}
    </div>,
  );
}
