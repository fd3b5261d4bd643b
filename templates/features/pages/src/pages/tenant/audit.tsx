import { fill, queryOf, withQuery } from '../addresses.ts';
import { forUsers } from '../page.ts';
import { show } from '../parts/layout.tsx';
import { Moment, Pager } from '../parts/lists.tsx';
import { Row } from '../parts/pieces.tsx';
import { inWords } from '../sayings.ts';
import { auditShape, membersShape } from '../shapes.ts';
import { readTenant } from './tenant.ts';

export const auditPages = [
  forUsers.get('/tenants/:tenantId/audit', async (visit) => {
    const { c, api, actor } = visit;
    const at = fill('/tenants/:tenantId', c);
    const query = queryOf(c, 'cursor');
    const [tenant, { items, nextCursor }, members] = await Promise.all([
      readTenant(visit),
      api.read(withQuery(`/api${at}/audit`, query), auditShape),
      api.read(`/api${at}/members?limit=100`, membersShape),
    ]);
    const names = new Map(members.items.map(({ id, name }) => [id, name]));
    return show(
      c,
      { title: 'Audit log', actor, tenant },
      <>
        <h1>Audit log</h1>
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
        <Pager at={`${at}/audit`} query={query} nextCursor={nextCursor} />
      </>,
    );
  }),
];
