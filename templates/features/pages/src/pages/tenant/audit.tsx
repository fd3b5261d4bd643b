import { path, queryOf, withQuery } from '../addresses.ts';
import { page, param, readTenant } from '../page.tsx';
import { show } from '../parts/layout.tsx';
import { Moment, Pager } from '../parts/lists.tsx';
import { inWords } from '../parts/sayings.ts';
import { auditShape, membersShape } from '../shapes.ts';

export const auditPages = [
  page.user('GET', '/tenants/:tenantId/audit', async (visit) => {
    const { c, api, actor } = visit;
    const at = path`/tenants/${param(c, 'tenantId')}`;
    const query = queryOf(c, 'cursor');
    const tenant = await readTenant(visit);
    const [{ items, nextCursor }, members] = await Promise.all([
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
            <li>
              <div>
                <strong>{inWords(action)}</strong>{' '}
                {result !== 'done' && <span class="badge">{result}</span>}
                <p class="muted small">
                  by {names.get(actorId) ?? <code>{actorId}</code>}
                  {names.has(target) ? `, ${names.get(target)}` : ''}
                </p>
              </div>
              <span class="muted small">
                <Moment at={createdAt} />
              </span>
            </li>
          ))}
        </ol>
        <Pager at={`${at}/audit`} query={query} nextCursor={nextCursor} />
      </>,
    );
  }),
];
