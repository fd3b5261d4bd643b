import { readList } from '../list.tsx';
import { forUsers } from '../page.ts';
import { Moment, Row } from '../parts/pieces.tsx';
import { inWords } from '../sayings.ts';
import { eventsShape } from '../shapes.ts';

export const activityPages = [
  forUsers.screen('/settings/activity', 'Activity', async (visit) => {
    const { items, pager } = await readList(visit, '/api/me/security-events', eventsShape);
    return (
      <>
        <p class="muted">
          What happened to your account. Was it not you? Change your password, and log out
          everywhere.
        </p>
        <ol class="rows">
          {items.map(({ kind, createdAt }) => (
            <Row title={<strong>{inWords(kind)}</strong>}>
              <Moment at={createdAt} />
            </Row>
          ))}
        </ol>
        {pager}
      </>
    );
  }),
];
