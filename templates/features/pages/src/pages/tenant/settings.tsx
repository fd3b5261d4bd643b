import { fill } from '../addresses.ts';
import { forUsers } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { Card, Go } from '../parts/pieces.tsx';

const at = '/tenants/:tenantId';

const rename = forUsers.form({
  call: `PATCH /api${at}`,
  button: 'Save',
  fields: ['workspace'],
  shape: 'line',
  done: 'workspace_saved',
});

export const tenantSettingsPages = [
  forUsers.download(`${at}/export`, `/api${at}/export`, 'workspace.json'),

  ...forUsers.screen(`${at}/settings`, 'Workspace settings', [rename], async (visit) => {
    const { name, role } = await visit.tenant();
    const base = fill(at, visit.c);
    return (
      <>
        <Card title="Name">
          <Form of={rename} visit={visit} values={{ name }} />
        </Card>
        {role === 'owner' && (
          <>
            <Card title="Export" text="All that is in this workspace, addresses too, in one file.">
              <Go quiet to={`${base}/export`}>
                Download
              </Go>
            </Card>
            <Card title="Delete" text="The workspace with all that is in it, for everybody." danger>
              <Go quiet to={`${base}/delete`}>
                Delete the workspace…
              </Go>
            </Card>
          </>
        )}
      </>
    );
  }),

  ...forUsers.formPage({
    at: `${at}/delete`,
    call: `DELETE /api${at}`,
    title: 'Delete workspace',
    text: 'It is frozen for everybody at once. Within seven days an owner can bring it back; then all that is in it is deleted for good.',
    button: 'Delete the workspace',
    back: `${at}/settings`,
    more: async (visit) => ({ title: `Delete “${(await visit.tenant()).name}”?` }),
    next: '/dashboard',
    done: 'workspace_deleting',
  }),
];
