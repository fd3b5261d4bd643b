import { fill } from '../addresses.ts';
import { readList } from '../list.tsx';
import { forUsers } from '../page.ts';
import { Moment, Row } from '../parts/pieces.tsx';
import { inWords } from '../sayings.ts';
import { auditShape, membersShape } from '../shapes.ts';

export const auditPages = [
  forUsers.screen('/tenants/:tenantId/audit', 'Audit log', async (visit) => {
    const [{ items, pager }, members] = await Promise.all([
      readList(visit, '/api/tenants/:tenantId/audit', auditShape),
      visit.api.read(fill('/api/tenants/:tenantId/members?limit=100', visit.c), membersShape),
    ]);
    const names = new Map(members.items.map(({ id, name }) => [id, name]));
    return (
      <>
        <p class="muted">What was changed in this workspace, and by whom. Nobody can change it.</p>
        <ol class="rows">
          {items.map(({ actorId, action, target, result, createdAt }) => (
            <Row
              title={<strong>{inWords(action)}</strong>}
              note={[`by ${names.get(actorId) ?? actorId}`, names.get(target)]
                .filter(Boolean)
                .join(', ')}
            >
              {result !== 'done' && <span class="badge">{result}</span>}
              <Moment at={createdAt} />
            </Row>
          ))}
        </ol>
        {pager}
      </>
    );
  }),
];
