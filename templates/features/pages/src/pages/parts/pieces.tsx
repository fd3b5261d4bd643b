import type { Child, PropsWithChildren } from 'hono/jsx';
import { Icon, type IconName } from './icons.tsx';

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

/** A line of a list: what it is, something about it, and what can be done. */
export function Row(props: PropsWithChildren<{ title: Child; badge?: Child; note?: Child }>) {
  const { title, badge } = props;
  return (
    <li>
      <div>
        {typeof title === 'string' ? <strong>{title}</strong> : title}{' '}
        {badge && <span class="badge good">{badge}</span>}
        {props.note && <p class="muted small">{props.note}</p>}
      </div>
      {props.children}
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
