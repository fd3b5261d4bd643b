import type { UserActor } from '../../auth/access.ts';
import { leave } from '../account/login.tsx';
import type { Refusal } from '../api.ts';
import { Attempt } from '../form.ts';
import { forUsers, goOn, type Visit } from '../page.ts';
import { download } from '../parts/download.ts';
import { Form } from '../parts/form.tsx';
import { show } from '../parts/layout.tsx';
import { Card, Confirmation, GoQuietly } from '../parts/pieces.tsx';

export const profilePages = [
  forUsers.get('/settings', (visit) => goOn(visit, '/settings/profile')),
  forUsers.get('/settings/profile', (visit) => showProfile(visit)),
  forUsers.get('/settings/export', (visit) => download(visit, '/api/me/export', 'my-data.json')),
  forUsers.get('/settings/delete', (visit) => showDelete(visit)),

  forUsers.form({
    at: '/settings/profile',
    call: 'PATCH /api/me',
    fields: ['name'],
    refused: (visit, name) => showProfile(visit, { name }),
    next: '/settings/profile',
    done: 'profile_saved',
  }),

  forUsers.form({
    at: '/settings/email',
    call: 'POST /api/me/email',
    fields: ['email'],
    refused: (visit, email) => showProfile(visit, { email }),
    next: '/settings/profile',
    done: 'email_change_asked',
  }),

  forUsers.form({
    at: '/settings/delete',
    call: 'DELETE /api/me',
    refused: showDelete,
    next: (visit) => leave(visit, 'account_deleted'),
  }),
];

function showProfile(
  { c, actor, typed }: Visit<UserActor>,
  refused: { name?: Refusal; email?: Refusal } = {},
) {
  const { name, email, emailVerified } = actor.user;
  return show(
    c,
    { title: 'Profile', actor, status: (refused.name ?? refused.email)?.status ?? 200 },
    <>
      <h1>Profile</h1>
      <Card title="Name">
        <Form
          action="/settings/profile"
          button="Save"
          fields={['person']}
          values={{ person: name }}
          attempt={new Attempt(typed, refused.name)}
          shape="line"
        />
      </Card>
      <Card title="Address">
        <p>
          {email} <span class="badge">{emailVerified ? 'confirmed' : 'not confirmed'}</span>
        </p>
        <Form
          action="/settings/email"
          button="Change"
          fields={['newEmail']}
          attempt={new Attempt(typed, refused.email)}
          shape="line"
        />
      </Card>
      <Card title="Your data" text="What we hold about you, in one file.">
        <GoQuietly to="/settings/export">Download</GoQuietly>
      </Card>
      <Card
        title="Delete your account"
        text="Workspaces that you alone own must be deleted, or get another owner, first."
        danger
      >
        <GoQuietly to="/settings/delete">Delete the account…</GoQuietly>
      </Card>
    </>,
  );
}

function showDelete({ c, actor }: Visit<UserActor>, refusal?: Refusal) {
  const conflict =
    'A workspace would be left without an owner. Delete it, or make somebody else its owner.';
  return show(
    c,
    { title: 'Delete your account', actor, narrow: true, status: refusal?.status ?? 200 },
    <Confirmation
      question="Delete your account?"
      text="You are logged out everywhere, and leave all workspaces. It cannot be undone."
      action="/settings/delete"
      button="Delete for good"
      back="/settings/profile"
      attempt={new Attempt({}, refusal)}
      sayings={{ conflict }}
    />,
  );
}
