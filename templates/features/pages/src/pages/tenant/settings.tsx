import { fill } from '../addresses.ts';
import { forUsers } from '../page.ts';
import { download } from '../parts/download.ts';
import { Form } from '../parts/form.tsx';
import { Card, GoQuietly } from '../parts/pieces.tsx';

const at = '/tenants/:tenantId';

const settings = forUsers.screen(`${at}/settings`, 'Workspace settings', async (visit) => {
  const { name, role } = await visit.tenant();
  const base = fill(at, visit.c);
  return (
    <>
      <Card title="Name">
        <Form
          visit={visit}
          action={`${base}/settings`}
          button="Save"
          fields={['workspace']}
          values={{ workspace: name }}
          shape="line"
        />
      </Card>
      {role === 'owner' && (
        <>
          <Card
            title="Export"
            text="Everything in this workspace, addresses included, in one file."
          >
            <GoQuietly to={`${base}/export`}>Download</GoQuietly>
          </Card>
          <Card title="Delete" text="The workspace with all that is in it, for everybody." danger>
            <GoQuietly to={`${base}/delete`}>Delete the workspace…</GoQuietly>
          </Card>
        </>
      )}
    </>
  );
});

export const tenantSettingsPages = [
  settings,
  settings.form({ call: `PATCH /api${at}`, fields: ['name'], done: 'workspace_saved' }),
  forUsers.get(`${at}/export`, (visit) => download(visit, `/api${at}/export`, 'workspace.json')),

  ...forUsers.formPage({
    at: `${at}/delete`,
    call: `DELETE /api${at}`,
    form: async (visit) => ({
      title: 'Delete workspace',
      question: `Delete “${(await visit.tenant()).name}”?`,
      text: 'It is frozen for everybody at once. Within seven days an owner can bring it back; then all that is in it is deleted for good.',
      button: 'Delete the workspace',
      back: fill(`${at}/settings`, visit.c),
    }),
    refused: '/dashboard',
    next: '/dashboard',
    done: 'workspace_deleting',
  }),
];
