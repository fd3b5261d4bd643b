import type { AppContext } from '../../http/context.ts';

/** In development mail does not leave the machine: here it is. */
export function Mailbox({ c }: { c: AppContext }) {
  if (c.get('context').configuration.environment !== 'development') return <></>;
  return (
    <p class="muted small">
      This is development: mail waits in the <a href="/dev/mailbox">mailbox</a>.
    </p>
  );
}
