import { queryOf, withQuery } from '../addresses.ts';
import { page } from '../page.tsx';
import { show } from '../parts/layout.tsx';
import { Moment, Pager } from '../parts/lists.tsx';
import { inWords } from '../parts/sayings.ts';
import { eventsShape } from '../shapes.ts';

export const activityPages = [
  page.user('GET', '/settings/activity', async ({ c, api, actor }) => {
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
            <li>
              <strong>{inWords(kind)}</strong>
              <span class="muted small">
                <Moment at={createdAt} />
              </span>
            </li>
          ))}
        </ol>
        <Pager at="/settings/activity" query={query} nextCursor={events.nextCursor} />
      </>,
    );
  }),
];
