import { queryOf, withQuery } from '../addresses.ts';
import { forUsers } from '../page.ts';
import { show } from '../parts/layout.tsx';
import { Moment, Pager } from '../parts/lists.tsx';
import { Row } from '../parts/pieces.tsx';
import { inWords } from '../sayings.ts';
import { eventsShape } from '../shapes.ts';

export const activityPages = [
  forUsers.get('/settings/activity', async ({ c, api, actor }) => {
    const query = queryOf(c, 'cursor');
    const events = await api.read(withQuery('/api/me/security-events', query), eventsShape);
    return show(
      c,
      { title: 'Activity', actor },
      <>
        <h1>Activity</h1>
        <p class="muted">
          What happened to your account. Was it not you? Change your password, and log out
          everywhere.
        </p>
        <ol class="rows">
          {events.items.map(({ kind, createdAt }) => (
            <Row title={<strong>{inWords(kind)}</strong>}>
              <Moment at={createdAt} />
            </Row>
          ))}
        </ol>
        <Pager at="/settings/activity" query={query} nextCursor={events.nextCursor} />
      </>,
    );
  }),
];
