import type { UserActor } from '../../auth/access.ts';
import { fill } from '../addresses.ts';
import type { Refusal } from '../api.ts';
import { Attempt } from '../form.ts';
import { forUsers, type Visit } from '../page.ts';
import { download } from '../parts/download.ts';
import { Form } from '../parts/form.tsx';
import { show } from '../parts/layout.tsx';
import { Card, Confirmation, GoQuietly } from '../parts/pieces.tsx';
import { readTenant } from './tenant.ts';

const at = '/tenants/:tenantId';

export const tenantSettingsPages = [
  forUsers.get(`${at}/settings`, (visit) => showSettings(visit)),

  forUsers.form({
    at: `${at}/settings`,
    call: `PATCH /api${at}`,
    fields: ['name'],
    refused: showSettings,
    next: `${at}/settings`,
    done: 'workspace_saved',
  }),

  forUsers.get(`${at}/export`, (visit) => download(visit, `/api${at}/export`, 'workspace.json')),

  forUsers.get(`${at}/delete`, async (visit) => {
    const tenant = await readTenant(visit);
    const text =
      'It is frozen for everybody at once. Within seven days an owner can bring it back; then all that is in it is deleted for good.';
    return show(
      visit.c,
      { title: 'Delete workspace', actor: visit.actor, tenant, narrow: true },
      <Confirmation
        question={`Delete “${tenant.name}”?`}
        text={text}
        action={fill(`${at}/delete`, visit.c)}
        button="Delete the workspace"
        back={fill(`${at}/settings`, visit.c)}
      />,
    );
  }),

  forUsers.form({
    at: `${at}/delete`,
    call: `DELETE /api${at}`,
    refused: '/dashboard',
    next: '/dashboard',
    done: 'workspace_deleting',
  }),
];

async function showSettings(visit: Visit<UserActor>, refusal?: Refusal) {
  const { c, actor, typed } = visit;
  const tenant = await readTenant(visit);
  const base = fill(at, c);
  return show(
    c,
    { title: 'Workspace settings', actor, tenant, status: refusal?.status ?? 200 },
    <>
      <h1>Workspace settings</h1>
      <Card title="Name">
        <Form
          action={`${base}/settings`}
          button="Save"
          fields={['workspace']}
          values={{ workspace: tenant.name }}
          attempt={new Attempt(typed, refusal)}
          shape="line"
        />
      </Card>
      {tenant.role === 'owner' && (
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
    </>,
  );
}
