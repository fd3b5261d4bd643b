import { readList } from '../list.tsx';
import { forUsers, goOn, type Forms, type Visit } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { Card, Empty, Moment, Notice, Row } from '../parts/pieces.tsx';
import { tenantShape, tenantsShape, type Tenant } from '../shapes.ts';

const forms = {
  create: {
    at: '/tenants',
    call: 'POST /api/tenants',
    button: 'Create workspace',
    fields: ['workspace'],
    next: async (_, answer) => `/tenants/${tenantShape.parse(await answer.json()).id}/projects`,
    done: 'The workspace is created.',
  },
  restore: {
    at: '/tenants/:tenantId/restore',
    call: 'POST /api/tenants/:tenantId/deletion/cancel',
    button: 'Restore',
    done: 'The workspace is back.',
  },
  mailAgain: {
    at: '/send-verification',
    call: 'POST /api/auth/verify-email/send',
    button: 'Mail it again',
    done: 'A new mail is on its way.',
  },
} satisfies Forms;

export const dashboardPages = [
  forUsers.get('/tenants/:tenantId', (visit) => goOn(visit, '/tenants/:tenantId/projects')),
  ...forUsers.screen('/dashboard', 'Workspaces', forms, async (visit) => {
    const { email, emailVerified } = visit.me();
    const { items, rows } = await readList(visit, '/api/tenants', tenantsShape);
    return (
      <>
        {!emailVerified && (
          <Notice>
            <p>Open the link that we mailed to {email}, to invite others and to be invited.</p>
            <Form of={forms.mailAgain} visit={visit} />
          </Notice>
        )}
        {items.length === 0 && (
          <Empty icon="layers" title="You are in no workspace yet">
            <p class="muted">Create one for your team, or open the link of an invitation.</p>
            <Form of={forms.create} visit={visit} />
          </Empty>
        )}
        {rows((tenant) => (
          <TenantRow visit={visit} {...tenant} />
        ))}
        {items.length > 0 && (
          <Card title="New workspace">
            <Form of={forms.create} visit={visit} />
          </Card>
        )}
      </>
    );
  }),
];

function TenantRow({ visit, id, name, role, deletesAt }: Tenant & { visit: Visit }) {
  if (deletesAt === null) {
    return <Row title={name} to={`/tenants/${id}/projects`} tag={role} />;
  }
  return (
    <Row title={name} note={<Moment at={deletesAt} before="Frozen. It will be deleted on " />}>
      {role === 'owner' && <a href={`/tenants/${id}/export`}>Export</a>}
      {role === 'owner' && (
        <Form of={forms.restore} visit={visit} ids={{ tenantId: id }} about={name} />
      )}
    </Row>
  );
}
