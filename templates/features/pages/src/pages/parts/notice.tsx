import type { PropsWithChildren } from 'hono/jsx';
import { Icon, type IconName } from './icons.tsx';

type NoticeProps = PropsWithChildren<{
  readonly look?: 'good' | 'bad' | 'plain';
  /** Whether the page opens with the focus here. */
  readonly focus?: boolean;
}>;

const icons: Readonly<Record<string, IconName>> = { good: 'check', bad: 'alert', plain: 'mail' };

/** Something to notice first. */
export function Notice({ look = 'plain', focus = false, children }: NoticeProps) {
  return (
    <div
      class={`notice ${look}`}
      role={look === 'bad' ? 'alert' : 'status'}
      {...(focus && { tabindex: -1, autofocus: true })}
    >
      <Icon name={icons[look] ?? 'mail'} />
      <div>{children}</div>
    </div>
  );
}
