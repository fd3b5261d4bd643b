import worker from '../src/index.ts';
import type { Env } from '../src/env.ts';
import { Mailbox } from './mailbox.ts';

export { RateLimiter } from '../src/limits/rate-limiter.ts';

/** Only the top level of wrangler.toml, which is never deployed, binds the mailbox. */
interface DevelopmentEnv extends Env {
  readonly DEV_MAILBOX?: KVNamespace;
}

/**
 * What `npm run dev` serves: the app as it is deployed, with a mailbox in place of the mail service.
 * Whoever deploys this entry by mistake gets neither: it takes development, the binding and a
 * loopback address, or the request goes to the app as it came.
 */
export default {
  async fetch(request, env, executionContext) {
    const url = new URL(request.url);
    const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
    if (env.APP_ENV !== 'development' || env.DEV_MAILBOX === undefined || !isLocal) {
      return worker.fetch(request, env, executionContext);
    }
    const mailbox = new Mailbox(env.DEV_MAILBOX);
    if (url.pathname === '/dev/mailbox') return mailbox.page();
    if (url.pathname === '/dev/mailbox.json') return mailbox.list(url.searchParams.get('to'));
    return worker.fetch(request, { ...env, EMAIL: mailbox }, executionContext);
  },
} satisfies ExportedHandler<DevelopmentEnv>;
