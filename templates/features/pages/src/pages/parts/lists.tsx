import type { PropsWithChildren } from 'hono/jsx';
import { withQuery } from '../addresses.ts';
import { Icon, type IconName } from './icons.tsx';
import { GoQuietly } from './pieces.tsx';

/** What stands where nothing is yet: why, and what to do. */
export function Empty(props: PropsWithChildren<{ icon: IconName; title: string }>) {
  return (
    <div class="empty">
      <Icon name={props.icon} />
      <h2>{props.title}</h2>
      {props.children}
    </div>
  );
}

/** A moment, in UTC; a script says it in the reader's own time. */
export function Moment({ at, before = '' }: { at: string; before?: string }) {
  const format = new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  return (
    <span class="muted small">
      {before}
      <time datetime={at}>{format.format(new Date(at))} UTC</time>
    </span>
  );
}

/** Leads to the next page of a list, and back to its beginning. Cursors lead only onwards. */
export function Pager(props: {
  readonly at: string;
  readonly query: Readonly<Record<string, string>>;
  readonly nextCursor: string | null;
}) {
  const { at, query, nextCursor } = props;
  const { cursor: _, ...others } = query;
  const isFirst = (query['cursor'] ?? '') === '';
  if (isFirst && nextCursor === null) return <></>;
  return (
    <nav class="side" aria-label="Pages of the list">
      {!isFirst && <GoQuietly to={withQuery(at, others)}>Back to the beginning</GoQuietly>}
      {nextCursor !== null && (
        <GoQuietly to={withQuery(at, { ...others, cursor: nextCursor })}>Next page</GoQuietly>
      )}
    </nav>
  );
}
