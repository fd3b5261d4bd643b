import type { UserActor } from '../../auth/access.ts';
import { queryOf, withQuery } from '../addresses.ts';
import type { Refusal } from '../api.ts';
import { Attempt } from '../form.ts';
import { forUsers, goOn, type Visit } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { show } from '../parts/layout.tsx';
import { Empty, Moment, Pager } from '../parts/lists.tsx';
import { Notice } from '../parts/notice.tsx';
import { Card, Row } from '../parts/pieces.tsx';
import { tenantShape, tenantsShape, type Tenant } from '../shapes.ts';

export const dashboardPages = [
  forUsers.get('/dashboard', (visit) => showDashboard(visit)),

  forUsers.get('/tenants/:tenantId', (visit) => goOn(visit, '/tenants/:tenantId/projects')),

  forUsers.form({
    at: '/tenants',
    call: 'POST /api/tenants',
    fields: ['name'],
    refused: showDashboard,
    async next(visit, answer) {
      const { id } = tenantShape.parse(await answer.json());
      return goOn(visit, `/tenants/${id}/projects`, 'workspace_created');
    },
  }),

  forUsers.form({
    at: '/tenants/:tenantId/restore',
    call: 'POST /api/tenants/:tenantId/deletion/cancel',
    refused: '/dashboard',
    next: '/dashboard',
    done: 'workspace_restored',
  }),

  forUsers.form({
    at: '/send-verification',
    call: 'POST /api/auth/verify-email/send',
    refused: '/dashboard',
    next: '/dashboard',
    done: 'mailed',
  }),
];

async function showDashboard({ c, api, actor, typed }: Visit<UserActor>, refusal?: Refusal) {
  const query = queryOf(c, 'cursor');
  const { items, nextCursor } = await api.read(withQuery('/api/tenants', query), tenantsShape);
  const create = (
    <Form
      action="/tenants"
      button="Create workspace"
      fields={['workspace']}
      attempt={new Attempt(typed, refusal)}
      shape="line"
    />
  );
  return show(
    c,
    { title: 'Workspaces', actor, status: refusal?.status ?? 200 },
    <>
      <h1>Workspaces</h1>
      {!actor.user.emailVerified && <Unconfirmed email={actor.user.email} />}
      {items.length === 0 ? (
        <Empty icon="layers" title="You are in no workspace yet">
          <p class="muted">Create one for your team, or open the link of an invitation.</p>
          {create}
        </Empty>
      ) : (
        <>
          <ul class="rows">{items.map(TenantRow)}</ul>
          <Pager at="/dashboard" query={query} nextCursor={nextCursor} />
          <Card title="New workspace">{create}</Card>
        </>
      )}
    </>,
  );
}

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
