import { waitUntil } from 'cloudflare:workers';
import { count } from './counts.ts';
import { within } from './deadline.ts';
import type { LogLine } from './logger.ts';

/** How long a sink may take; then the fault is written to the log as well. */
const patienceMs = 10_000;

/** Takes one fault to where it is kept. It may throw, reject or hang: no request notices. */
export type FaultSink = (fault: LogLine) => void | Promise<void>;

/** Workers Logs keeps what is written to the console, for three or seven days, and groups it as Issues. */
const workersLogs: FaultSink = (fault) => {
  // oxlint-disable-next-line no-console -- where faults are kept unless another service is plugged in
  console.error(JSON.stringify(fault));
};

/**
 * Where every fault goes, each as exactly one event. This is the one place to plug in another
 * service, such as Sentry or an OTLP collector (docs/observability.md).
 */
export const faults: { sink: FaultSink } = { sink: workersLogs };

/** Counted already, as an answer or as a mail that waits; or the app does without (docs/degradation.md). */
const countedElsewhere: ReadonlySet<string> = new Set([
  'unexpected fault',
  'database error',
  'the configuration is wrong, and every request is refused',
  'a flag cannot be read',
  'dependency failed',
  'mail failed',
]);

/** Keeps a fault, and counts it for the alerts. A sink that fails is no reason to lose it: it is then in Workers Logs. */
export function keepFault(fault: LogLine): void {
  if (!countedElsewhere.has(fault.event)) count('faults', fault.event);
  try {
    const kept = faults.sink(fault);
    if (kept instanceof Promise)
      waitUntil(within(patienceMs, kept).catch(() => workersLogs(fault)));
  } catch {
    void workersLogs(fault);
  }
}
