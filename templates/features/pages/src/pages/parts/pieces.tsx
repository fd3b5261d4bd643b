import type { Child, PropsWithChildren } from 'hono/jsx';

const drawings = {
  alert: 'M12 8v5m0 3.5v.01M12 3 2.5 20h19z',
  card: 'M3 6h18v12H3zm0 4h18M7 15h3',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  clock: 'M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18',
  file: 'M6 3h8l4 4v14H6zm8 0v4h4',
  folder: 'M3 7a2 2 0 0 1 2-2h4l2 2.5h8a2 2 0 0 1 2 2V17a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z',
  lock: 'M6 11h12v9H6zm2.5 0V8a3.5 3.5 0 0 1 7 0v3',
  layers: 'M4 8.5 12 4l8 4.5-8 4.5zM4 13l8 4.5 8-4.5M4 17l8 4.5 8-4.5',
  list: 'M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01',
  mail: 'M4 5h16a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1m-.5 1.5L12 13l8.5-6.5',
  people:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7m-6 9a6 6 0 0 1 12 0m1-15.5a3.5 3.5 0 0 1 0 6M17 14.5a6 6 0 0 1 4 5.5',
  settings:
    'M12 15.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M12 3v2.5m0 13V21M3 12h2.5m13 0H21M5.6 5.6l1.8 1.8m9.2 9.2 1.8 1.8m0-12.8-1.8 1.8m-9.2 9.2-1.8 1.8',
} as const;

type IconName = keyof typeof drawings;

/** A picture beside words that say the same, so it is hidden from who hears the page. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={drawings[name]} />
    </svg>
  );
}

/** A link that looks like a button; quiet where it is less important. */
export function Go({ to, text, quiet }: { to: string; text: string; quiet?: boolean }) {
  return (
    <a class={quiet ? 'button quiet' : 'button'} href={to}>
      {text}
    </a>
  );
}

export function Card(
  props: PropsWithChildren<{ title: string; text?: string; badge?: Child; danger?: boolean }>,
) {
  return (
    <section class={props.danger ? 'card danger' : 'card'}>
      <h2>
        {props.title} {props.badge}
      </h2>
      {props.text && <p class="muted">{props.text}</p>}
      {props.children}
    </section>
  );
}

const noticeIcons = { good: 'check', bad: 'alert', plain: 'mail' } as const;
type NoticeProps = PropsWithChildren<{ look?: keyof typeof noticeIcons; focus?: boolean }>;

/** Something to notice first, with the focus where it is an answer. */
export function Notice({ look = 'plain', focus, children }: NoticeProps) {
  const focused = focus ? { tabindex: -1, autofocus: true } : {};
  return (
    <div class={`notice ${look}`} role={look === 'bad' ? 'alert' : 'status'} {...focused}>
      <Icon name={noticeIcons[look]} />
      <div>{children}</div>
    </div>
  );
}

interface RowProps {
  readonly title: string;
  /** Where it leads: to a page, or to a file of the API. */
  readonly to?: string;
  readonly badge?: Child;
  readonly note?: Child;
  readonly tag?: Child;
}

/** A line of a list: what it is, something about it, and what can be done. */
export function Row({ title, to, badge, note, tag, children }: PropsWithChildren<RowProps>) {
  const link = to && (
    <a href={to} download={to.startsWith('/api/')}>
      {title}
    </a>
  );
  return (
    <li>
      <div>
        {link ?? <strong>{title}</strong>} {badge && <span class="badge good">{badge}</span>}
        {note && <p class="muted small">{note}</p>}
      </div>
      {tag && <span class="badge">{tag}</span>}
      {children}
    </li>
  );
}

/** A list, unless there is nothing in it. */
export function rowsOf<Item>(items: readonly Item[], draw: (item: Item) => Child) {
  return items.length > 0 && <ul class="rows">{items.map(draw)}</ul>;
}

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

const moment = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' } as const;

/** A moment, in UTC; a script says it in the reader's own time. */
export function Moment({ at, before = '' }: { at: string; before?: string }) {
  const format = new Intl.DateTimeFormat('en-GB', moment);
  return (
    <span class="muted small">
      {before}
      <time datetime={at}>{format.format(new Date(at))} UTC</time>
    </span>
  );
}
