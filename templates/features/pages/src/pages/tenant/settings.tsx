import { fill } from '../addresses.ts';
import { forUsers, type Forms } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { Card, Go } from '../parts/pieces.tsx';

const at = '/tenants/:tenantId';

const forms = {
  rename: {
    call: `PATCH /api${at}`,
    button: 'Save',
    fields: ['workspace'],
    done: 'The workspace is saved.',
  },
} satisfies Forms;

export const tenantSettingsPages = [
  forUsers.download(`${at}/export`, `/api${at}/export`, 'workspace.json'),
  ...forUsers.screen(`${at}/settings`, 'Workspace settings', forms, async (visit) => {
    const { name, role } = await visit.tenant();
    const base = fill(at, visit.c);
    return (
      <>
        <Card title="Name">
          <Form of={forms.rename} visit={visit} values={{ name }} />
        </Card>
        {role === 'owner' && (
          <>
            <Card title="Export" text="All that is in this workspace, addresses too, in one file.">
              <Go quiet to={`${base}/export`} text="Download" />
            </Card>
            <Card title="Delete" text="The workspace with all that is in it, for everybody." danger>
              <Go quiet to={`${base}/delete`} text="Delete the workspace…" />
            </Card>
          </>
        )}
      </>
    );
  }),

  ...forUsers.formPage(`${at}/delete`, `DELETE /api${at}`, {
    title: 'Delete workspace',
    text: 'It is frozen for everybody at once. Within seven days an owner can bring it back; then all that is in it is deleted for good.',
    button: 'Delete the workspace',
    back: `${at}/settings`,
    more: async (visit) => ({ title: `Delete “${(await visit.tenant()).name}”?` }),
    next: '/dashboard',
    done: 'The workspace is frozen, and will be deleted in seven days.',
  }),
];
