import { leave } from '../account/login.tsx';
import { forUsers, goOn } from '../page.ts';
import { download } from '../parts/download.ts';
import { Form } from '../parts/form.tsx';
import { Card, GoQuietly } from '../parts/pieces.tsx';

const profile = forUsers.screen('/settings/profile', 'Profile', (visit) => {
  const { name, email, emailVerified } = visit.actor.user;
  return (
    <>
      <Card title="Name">
        <Form
          visit={visit}
          action="/settings/profile"
          button="Save"
          fields={['person']}
          values={{ person: name }}
          shape="line"
        />
      </Card>
      <Card title="Address">
        <p>
          {email} <span class="badge">{emailVerified ? 'confirmed' : 'not confirmed'}</span>
        </p>
        <Form
          visit={visit}
          action="/settings/email"
          button="Change"
          fields={['newEmail']}
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
    </>
  );
});

export const profilePages = [
  forUsers.get('/settings', (visit) => goOn(visit, '/settings/profile')),
  profile,
  forUsers.get('/settings/export', (visit) => download(visit, '/api/me/export', 'my-data.json')),

  profile.form({ call: 'PATCH /api/me', fields: ['name'], done: 'profile_saved' }),
  profile.form({
    at: '/settings/email',
    call: 'POST /api/me/email',
    fields: ['email'],
    done: 'email_change_asked',
  }),

  ...forUsers.formPage({
    at: '/settings/delete',
    call: 'DELETE /api/me',
    form: () => ({
      title: 'Delete your account',
      question: 'Delete your account?',
      text: 'You are logged out everywhere, and leave all workspaces. It cannot be undone.',
      button: 'Delete for good',
      back: '/settings/profile',
      sayings: {
        conflict:
          'A workspace would be left without an owner. Delete it, or make somebody else its owner.',
      },
    }),
    next: (visit) => leave(visit, 'account_deleted'),
  }),
];
