import { fill } from '../addresses.ts';
import { readList } from '../list.tsx';
import { forUsers } from '../page.ts';
import { Moment, Row } from '../parts/pieces.tsx';
import { inWords } from '../sayings.ts';
import { auditShape, membersShape } from '../shapes.ts';

const at = '/tenants/:tenantId/audit';

export const auditPages = forUsers.screen(at, 'Audit log', {}, async (visit) => {
  const [{ rows }, members] = await Promise.all([
    readList(visit, `/api${at}`, auditShape),
    visit.api.read(fill('/api/tenants/:tenantId/members?limit=100', visit.c), membersShape),
  ]);
  const names = new Map(members.items.map(({ id, name }) => [id, name]));
  return (
    <>
      <p class="muted">
        What was changed in this workspace, and by whom, the newest first. Nobody can change it.
      </p>
      {rows(({ actorId, action, target, result, createdAt }) => {
        const about = [`by ${names.get(actorId) ?? actorId}`, names.get(target)];
        return (
          <Row
            title={inWords(action)}
            note={about.filter(Boolean).join(', ')}
            tag={result !== 'done' && result}
          >
            <Moment at={createdAt} />
          </Row>
        );
      })}
    </>
  );
});
