import type { UserActor } from '../../auth/access.ts';
import { path, queryOf, withQuery } from '../addresses.ts';
import { Refusal } from '../api.ts';
import { Attempt } from '../form.ts';
import { goOn, page, param, submit, type Visit } from '../page.tsx';
import { Field, Form } from '../parts/fields.tsx';
import { show } from '../parts/layout.tsx';
import { Empty, Moment, Pager } from '../parts/lists.tsx';
import { Notice } from '../parts/notice.tsx';
import { tenantShape, tenantsShape, type Tenant } from '../shapes.ts';

export const dashboardPages = [
  page.user('GET', '/dashboard', async (visit) => showDashboard(visit)),

  page.user('POST', '/tenants', async (visit) => {
    const answer = await submit(visit, 'POST', '/api/tenants', 'name');
    if (answer instanceof Refusal) return showDashboard(visit, answer);
    const tenant = tenantShape.parse(await answer.json());
    return goOn(visit, `/tenants/${tenant.id}/projects`, 'workspace_created');
  }),

  page.user('GET', '/tenants/:tenantId', async (visit) =>
    goOn(visit, path`/tenants/${param(visit.c, 'tenantId')}/projects`),
  ),

  page.user('POST', '/tenants/:tenantId/restore', async (visit) => {
    const tenant = path`/api/tenants/${param(visit.c, 'tenantId')}`;
    const answer = await submit(visit, 'POST', `${tenant}/deletion/cancel`);
    return goOn(visit, '/dashboard', answer instanceof Refusal ? answer : 'workspace_restored');
  }),

  page.user('POST', '/send-verification', async (visit) => {
    const answer = await submit(visit, 'POST', '/api/auth/verify-email/send');
    return goOn(visit, '/dashboard', answer instanceof Refusal ? answer : 'code_mailed');
  }),
];

async function showDashboard(visit: Visit<UserActor>, refusal: Refusal | null = null) {
  const { c, api, actor, typed } = visit;
  const query = queryOf(c, 'cursor');
  const { items, nextCursor } = await api.read(withQuery('/api/tenants', query), tenantsShape);
  const attempt = new Attempt(typed, refusal);
  const create = (
    <Form action="/tenants" button="Create workspace" attempt={attempt} line>
      <Field attempt={attempt} name="name" label="Name of the workspace" maxlength={100} />
    </Form>
  );
  return show(
    c,
    { title: 'Workspaces', actor, status: refusal?.status ?? 200 },
    <>
      <h1>Workspaces</h1>
      {!actor.user.emailVerified && (
        <Notice>
          <p>
            Your address is not confirmed yet. Open the link that we mailed to {actor.user.email},
            to invite others and to be invited.
          </p>
          <form method="post" action="/send-verification">
            <button class="button quiet">Mail it again</button>
          </form>
        </Notice>
      )}
      {items.length === 0 ? (
        <Empty icon="layers" title="You are in no workspace yet">
          <p class="muted">Create one for your team, or open the link of an invitation.</p>
          {create}
        </Empty>
      ) : (
        <>
          <ul class="rows">
            {items.map((tenant) => (
              <Row tenant={tenant} />
            ))}
          </ul>
          <Pager at="/dashboard" query={query} nextCursor={nextCursor} />
          <section class="card">
            <h2>New workspace</h2>
            {create}
          </section>
        </>
      )}
    </>,
  );
}

function Row({ tenant }: { tenant: Tenant }) {
  const at = `/tenants/${tenant.id}`;
  if (tenant.deletesAt === null) {
    return (
      <li>
        <a href={`${at}/projects`}>{tenant.name}</a>
        <span class="badge">{tenant.role}</span>
      </li>
    );
  }
  return (
    <li>
      <div>
        <strong>{tenant.name}</strong>
        <p class="muted small">
          Frozen. It will be deleted on <Moment at={tenant.deletesAt} />.
        </p>
      </div>
      {tenant.role === 'owner' && (
        <div class="side">
          <a href={`${at}/export`}>Export</a>
          <Form action={`${at}/restore`} button="Restore" about={tenant.name} look="quiet" />
        </div>
      )}
    </li>
  );
}
