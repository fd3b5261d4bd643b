import { readList } from '../list.tsx';
import { forUsers, goOn } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { Card, Empty, Moment, Notice, Row } from '../parts/pieces.tsx';
import { tenantShape, tenantsShape, type Tenant } from '../shapes.ts';

const dashboard = forUsers.screen('/dashboard', 'Workspaces', async (visit) => {
  const { email, emailVerified } = visit.actor.user;
  const { items, pager } = await readList(visit, '/api/tenants', tenantsShape);
  const create = (
    <Form
      visit={visit}
      action="/tenants"
      button="Create workspace"
      fields={['workspace']}
      shape="line"
    />
  );
  return (
    <>
      {!emailVerified && <Unconfirmed email={email} />}
      {items.length === 0 ? (
        <Empty icon="layers" title="You are in no workspace yet">
          <p class="muted">Create one for your team, or open the link of an invitation.</p>
          {create}
        </Empty>
      ) : (
        <>
          <ul class="rows">{items.map(TenantRow)}</ul>
          {pager}
          <Card title="New workspace">{create}</Card>
        </>
      )}
    </>
  );
});

export const dashboardPages = [
  dashboard,

  forUsers.get('/tenants/:tenantId', (visit) => goOn(visit, '/tenants/:tenantId/projects')),

  dashboard.form({
    at: '/tenants',
    call: 'POST /api/tenants',
    fields: ['name'],
    async next(visit, answer) {
      const { id } = tenantShape.parse(await answer.json());
      return goOn(visit, `/tenants/${id}/projects`, 'workspace_created');
    },
  }),

  dashboard.action({
    at: '/tenants/:tenantId/restore',
    call: 'POST /api/tenants/:tenantId/deletion/cancel',
    done: 'workspace_restored',
  }),

  dashboard.action({
    at: '/send-verification',
    call: 'POST /api/auth/verify-email/send',
    done: 'mailed',
  }),
];

function Unconfirmed({ email }: { email: string }) {
  return (
    <Notice>
      <p>
        Your address is not confirmed yet. Open the link that we mailed to {email}, to invite others
        and to be invited.
      </p>
      <Form action="/send-verification" button="Mail it again" look="quiet" />
    </Notice>
  );
}

function TenantRow({ id, name, role, deletesAt }: Tenant) {
  const at = `/tenants/${id}`;
  if (deletesAt === null) {
    return (
      <Row title={<a href={`${at}/projects`}>{name}</a>}>
        <span class="badge">{role}</span>
      </Row>
    );
  }
  const when = (
    <>
      Frozen. It will be deleted on <Moment at={deletesAt} />.
    </>
  );
  return (
    <Row title={<strong>{name}</strong>} note={when}>
      {role === 'owner' && <a href={`${at}/export`}>Export</a>}
      {role === 'owner' && (
        <Form action={`${at}/restore`} button="Restore" about={name} look="quiet" />
      )}
    </Row>
  );
}
