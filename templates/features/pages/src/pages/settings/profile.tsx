import { leave } from '../account/entry.tsx';
import { forUsers, goOn } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { Card, Go } from '../parts/pieces.tsx';

const rename = forUsers.form({
  call: 'PATCH /api/me',
  button: 'Save',
  fields: ['person'],
  shape: 'line',
  done: 'profile_saved',
});

const changeAddress = forUsers.form({
  at: '/settings/email',
  call: 'POST /api/me/email',
  button: 'Change',
  fields: ['newEmail'],
  shape: 'line',
  done: 'email_change_asked',
});

const forms = [rename, changeAddress];

export const profilePages = [
  forUsers.get('/settings', (visit) => goOn(visit, '/settings/profile')),
  forUsers.download('/settings/export', '/api/me/export', 'my-data.json'),

  ...forUsers.screen('/settings/profile', 'Profile', forms, (visit) => {
    const { name, email, emailVerified } = visit.actor.user;
    return (
      <>
        <Card title="Name">
          <Form of={rename} visit={visit} values={{ name }} />
        </Card>
        <Card title="Address">
          <p>
            {email} <span class="badge">{emailVerified ? 'confirmed' : 'not confirmed'}</span>
          </p>
          <Form of={changeAddress} visit={visit} />
        </Card>
        <Card title="Your data" text="What we hold about you, in one file.">
          <Go quiet to="/settings/export">
            Download
          </Go>
        </Card>
        <Card
          title="Delete your account"
          text="Workspaces that you alone own must be deleted, or get another owner, first."
          danger
        >
          <Go quiet to="/settings/delete">
            Delete the account…
          </Go>
        </Card>
      </>
    );
  }),

  ...forUsers.formPage({
    at: '/settings/delete',
    call: 'DELETE /api/me',
    title: 'Delete your account?',
    text: 'You are logged out everywhere, and leave all workspaces. It cannot be undone.',
    button: 'Delete for good',
    back: '/settings/profile',
    sayings: {
      conflict:
        'A workspace would be left without an owner. Delete it, or make somebody else its owner.',
    },
    next: (visit) => leave(visit, 'account_deleted'),
  }),
];
