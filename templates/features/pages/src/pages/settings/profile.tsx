import type { UserActor } from '../../auth/access.ts';
import { Refusal } from '../api.ts';
import { Attempt } from '../form.ts';
import { goOn, page, submit, type Visit } from '../page.tsx';
import { Confirmation } from '../parts/confirmation.tsx';
import { download } from '../parts/download.ts';
import { Field, Form } from '../parts/fields.tsx';
import { show } from '../parts/layout.tsx';

export const profilePages = [
  page.user('GET', '/settings', async (visit) => goOn(visit, '/settings/profile')),

  page.user('GET', '/settings/profile', async (visit) => showProfile(visit)),

  page.user('POST', '/settings/profile', async (visit) => {
    const answer = await submit(visit, 'PATCH', '/api/me', 'name');
    if (answer instanceof Refusal) return showProfile(visit, { name: answer });
    return goOn(visit, '/settings/profile', 'profile_saved');
  }),

  page.user('POST', '/settings/email', async (visit) => {
    const answer = await submit(visit, 'POST', '/api/me/email', 'email');
    if (answer instanceof Refusal) return showProfile(visit, { email: answer });
    return goOn(visit, '/settings/profile', 'email_change_asked');
  }),

  page.user('GET', '/settings/export', async (visit) =>
    download(visit, '/api/me/export', 'my-data.json'),
  ),

  page.user('GET', '/settings/delete', async (visit) => showDelete(visit)),

  page.user('POST', '/settings/delete', async (visit) => {
    const answer = await submit(visit, 'DELETE', '/api/me');
    if (answer instanceof Refusal) return showDelete(visit, answer);
    visit.c.header('Clear-Site-Data', '"cache"');
    return goOn(visit, '/login', 'account_deleted');
  }),
];

function showProfile(
  { c, actor, typed }: Visit<UserActor>,
  refused: { name?: Refusal; email?: Refusal } = {},
) {
  const name = new Attempt(refused.name ? typed : {}, refused.name);
  const email = new Attempt(refused.email ? typed : {}, refused.email);
  const status = (refused.name ?? refused.email)?.status ?? 200;
  return show(
    c,
    { title: 'Profile', actor, status },
    <>
      <h1>Profile</h1>
      <section class="card">
        <h2>Name</h2>
        <Form action="/settings/profile" button="Save" attempt={name} line>
          <Field
            attempt={name}
            name="name"
            label="Your name"
            value={actor.user.name}
            autocomplete="name"
            maxlength={100}
          />
        </Form>
      </section>
      <section class="card">
        <h2>Address</h2>
        <p>
          {actor.user.email}{' '}
          {actor.user.emailVerified ? (
            <span class="badge good">confirmed</span>
          ) : (
            <span class="badge bad">not confirmed</span>
          )}
        </p>
        <Form action="/settings/email" button="Change" attempt={email} line>
          <Field
            attempt={email}
            name="email"
            label="New address"
            type="email"
            autocomplete="email"
            maxlength={254}
          />
        </Form>
      </section>
      <section class="card">
        <h2>Your data</h2>
        <p class="muted">What we hold about you, as one file.</p>
        <div>
          <a class="button quiet" href="/settings/export">
            Download
          </a>
        </div>
      </section>
      <section class="card danger">
        <h2>Delete your account</h2>
        <p class="muted">
          Workspaces that you alone own must be deleted, or get another owner, first.
        </p>
        <div>
          <a class="button danger" href="/settings/delete">
            Delete the account…
          </a>
        </div>
      </section>
    </>,
  );
}

function showDelete({ c, actor }: Visit<UserActor>, refusal: Refusal | null = null) {
  return show(
    c,
    { title: 'Delete your account', actor, narrow: true, status: refusal?.status ?? 200 },
    <Confirmation
      question="Delete your account?"
      action="/settings/delete"
      button="Delete for good"
      back="/settings/profile"
      attempt={new Attempt({}, refusal)}
      sayings={{
        conflict:
          'A workspace would be left without an owner. Delete it, or make somebody else its owner.',
      }}
    >
      You are logged out everywhere, and leave all workspaces. It cannot be undone.
    </Confirmation>,
  );
}
