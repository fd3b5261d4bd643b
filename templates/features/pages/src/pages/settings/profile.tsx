import { leave } from '../account/entry.tsx';
import { forUsers, goOn, type Forms } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { Card, Go } from '../parts/pieces.tsx';

const forms = {
  rename: {
    call: 'PATCH /api/me',
    button: 'Save',
    fields: ['person'],
    done: 'Your profile is saved.',
  },
  changeAddress: {
    at: '/settings/email',
    call: 'POST /api/me/email',
    button: 'Change',
    fields: ['newEmail'],
    done: 'Confirm the change in both mails: at the old address and at the new one.',
  },
} satisfies Forms;

export const profilePages = [
  forUsers.get('/settings', (visit) => goOn(visit, '/settings/profile')),
  forUsers.download('/settings/export', '/api/me/export', 'my-data.json'),
  ...forUsers.screen('/settings/profile', 'Profile', forms, (visit) => {
    const { name, email, emailVerified } = visit.me();
    return (
      <>
        <Card title="Name">
          <Form of={forms.rename} visit={visit} values={{ name }} />
        </Card>
        <Card title="Address">
          <p>
            {email} <span class="badge">{emailVerified ? 'confirmed' : 'not confirmed'}</span>
          </p>
          <Form of={forms.changeAddress} visit={visit} />
        </Card>
        <Card title="Your data" text="Your profile, workspaces and activity, in one file.">
          <Go quiet to="/settings/export" text="Download" />
        </Card>
        <Card title="Delete your account" text="Your workspaces must have another owner." danger>
          <Go quiet to="/settings/delete" text="Delete the account…" />
        </Card>
      </>
    );
  }),

  ...forUsers.formPage('/settings/delete', 'DELETE /api/me', {
    title: 'Delete your account?',
    text: 'You are logged out everywhere, and leave all workspaces. It cannot be undone.',
    button: 'Delete for good',
    back: '/settings/profile',
    sayings: {
      conflict:
        'A workspace would have no owner. Give it another one, or delete it: it is gone after seven days, and your account can go then.',
    },
    next: leave,
    done: 'Your account is deleted.',
  }),
];
