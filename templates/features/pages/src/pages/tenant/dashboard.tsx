import { logOut } from '../account/entry.tsx';
import { readList } from '../list.tsx';
import { forUsers, goOn, type Visit } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { Card, Empty, Moment, Notice, Row } from '../parts/pieces.tsx';
import { tenantShape, tenantsShape, type Tenant } from '../shapes.ts';

const create = forUsers.form({
  at: '/tenants',
  call: 'POST /api/tenants',
  button: 'Create workspace',
  fields: ['workspace'],
  shape: 'line',
  async next(visit, answer) {
    const { id } = tenantShape.parse(await answer.json());
    return goOn(visit, `/tenants/${id}/projects`, 'workspace_created');
  },
});

const restore = forUsers.form({
  at: '/tenants/:tenantId/restore',
  call: 'POST /api/tenants/:tenantId/deletion/cancel',
  button: 'Restore',
  look: 'quiet',
  done: 'workspace_restored',
});

const mailAgain = forUsers.form({
  at: '/send-verification',
  call: 'POST /api/auth/verify-email/send',
  button: 'Mail it again',
  look: 'quiet',
  done: 'mailed',
});

const forms = [create, restore, mailAgain, logOut];

export const dashboardPages = [
  forUsers.get('/tenants/:tenantId', (visit) => goOn(visit, '/tenants/:tenantId/projects')),

  ...forUsers.screen('/dashboard', 'Workspaces', forms, async (visit) => {
    const { email, emailVerified } = visit.actor.user;
    const { items, rows } = await readList(visit, '/api/tenants', tenantsShape);
    return (
      <>
        {!emailVerified && (
          <Notice>
            <p>
              Your address is not confirmed yet. Open the link that we mailed to {email}, to invite
              others and to be invited.
            </p>
            <Form of={mailAgain} visit={visit} />
          </Notice>
        )}
        {items.length === 0 ? (
          <Empty icon="layers" title="You are in no workspace yet">
            <p class="muted">Create one for your team, or open the link of an invitation.</p>
            <Form of={create} visit={visit} />
          </Empty>
        ) : (
          <>
            {rows((tenant) => (
              <TenantRow visit={visit} {...tenant} />
            ))}
            <Card title="New workspace">
              <Form of={create} visit={visit} />
            </Card>
          </>
        )}
      </>
    );
  }),
];

function TenantRow({ visit, id, name, role, deletesAt }: Tenant & { visit: Visit }) {
  if (deletesAt === null) {
    return (
      <Row title={<a href={`/tenants/${id}/projects`}>{name}</a>}>
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
    <Row title={name} note={when}>
      {role === 'owner' && <a href={`/tenants/${id}/export`}>Export</a>}
      {role === 'owner' && (
        <Form of={restore} visit={visit} ids={{ tenantId: id }} about={name} />
      )}
    </Row>
  );
}
