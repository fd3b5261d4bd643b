import { mintRequestId } from '../http/context.ts';
import { createLogger, describeFault } from './logger.ts';

/**
 * Keeps what nobody catches. The request that is to blame is not known any more, so such a fault has
 * a trace id of its own. What `waitUntil` is given never comes here: `background()` catches that.
 */
export function keepUncaught(everywhere: EventTarget): void {
  everywhere.addEventListener('unhandledrejection', (event) => {
    keep('unhandled rejection', 'reason' in event ? event.reason : event);
  });
  everywhere.addEventListener('error', (event) => {
    keep('uncaught exception', 'error' in event ? event.error : event);
  });
}

function keep(event: string, thrown: unknown): void {
  createLogger(mintRequestId()).log('error', event, { fault: describeFault(thrown) });
}
