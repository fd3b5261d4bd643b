import type { UserActor } from '../../auth/access.ts';
import { path } from '../addresses.ts';
import { Refusal } from '../api.ts';
import { Attempt } from '../form.ts';
import { goOn, page, param, readTenant, submit, type Visit } from '../page.tsx';
import { Confirmation } from '../parts/confirmation.tsx';
import { download } from '../parts/download.ts';
import { Field, Form } from '../parts/fields.tsx';
import { show } from '../parts/layout.tsx';

const at = '/tenants/:tenantId';
const inTenant = ({ c }: Visit) => path`/tenants/${param(c, 'tenantId')}`;

export const tenantSettingsPages = [
  page.user('GET', `${at}/settings`, async (visit) => showSettings(visit)),

  page.user('POST', `${at}/settings`, async (visit) => {
    const answer = await submit(visit, 'PATCH', `/api${inTenant(visit)}`, 'name');
    if (answer instanceof Refusal) return showSettings(visit, answer);
    return goOn(visit, `${inTenant(visit)}/settings`, 'workspace_saved');
  }),

  page.user('GET', `${at}/export`, async (visit) =>
    download(visit, `/api${inTenant(visit)}/export`, 'workspace.json'),
  ),

  page.user('GET', `${at}/delete`, async (visit) => {
    const tenant = await readTenant(visit);
    return show(
      visit.c,
      { title: 'Delete workspace', actor: visit.actor, tenant, narrow: true },
      <Confirmation
        question={`Delete “${tenant.name}”?`}
        action={`${inTenant(visit)}/delete`}
        button="Delete the workspace"
        back={`${inTenant(visit)}/settings`}
      >
        It is frozen for everybody at once. Within seven days an owner can bring it back; then all
        that is in it is deleted for good.
      </Confirmation>,
    );
  }),

  page.user('POST', `${at}/delete`, async (visit) => {
    const answer = await submit(visit, 'DELETE', `/api${inTenant(visit)}`);
    return goOn(visit, '/dashboard', answer instanceof Refusal ? answer : 'workspace_deleting');
  }),
];

async function showSettings(visit: Visit<UserActor>, refusal: Refusal | null = null) {
  const tenant = await readTenant(visit);
  const attempt = new Attempt(visit.typed, refusal);
  return show(
    visit.c,
    { title: 'Workspace settings', actor: visit.actor, tenant, status: refusal?.status ?? 200 },
    <>
      <h1>Workspace settings</h1>
      <section class="card">
        <h2>Name</h2>
        <Form action={`${inTenant(visit)}/settings`} button="Save" attempt={attempt} line>
          <Field
            attempt={attempt}
            name="name"
            label="Name of the workspace"
            value={tenant.name}
            maxlength={100}
          />
        </Form>
      </section>
      {tenant.role === 'owner' && (
        <>
          <section class="card">
            <h2>Export</h2>
            <p class="muted">
              Everything in this workspace, everybody’s address included, as one file.
            </p>
            <div>
              <a class="button quiet" href={`${inTenant(visit)}/export`}>
                Download
              </a>
            </div>
          </section>
          <section class="card danger">
            <h2>Delete</h2>
            <p class="muted">The workspace with all that is in it, for everybody.</p>
            <div>
              <a class="button danger" href={`${inTenant(visit)}/delete`}>
                Delete the workspace…
              </a>
            </div>
          </section>
        </>
      )}
    </>,
  );
}
