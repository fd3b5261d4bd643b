import { app } from './app.ts';
import { Database } from './db/database.ts';
import { readConfiguration, type Env } from './env.ts';
import { mintRequestId } from './http/context.ts';
import { deliverMail } from './mail/outbox.ts';
import { mailTransport } from './mail/transport.ts';
import { createLogger, describeFault } from './ops/logger.ts';
import { purgeTenants } from './tenancy/purge.ts';

export { RateLimiter } from './limits/rate-limiter.ts';

export default {
  fetch: app.fetch,

  /** Every minute: sends the mail that failed before, and purges the tenants whose time has come. */
  async scheduled(_controller, env) {
    const logger = createLogger(mintRequestId());
    try {
      await deliverMail({
        configuration: readConfiguration(env, new URL(env.APP_ORIGIN || 'http://localhost')),
        database: Database.open(env),
        sendMail: mailTransport(env),
      });
      await purgeTenants(Database.open(env), Date.now());
    } catch (thrown) {
      logger.log('error', 'scheduled work failed', { fault: describeFault(thrown) });
    }
  },
} satisfies ExportedHandler<Env>;
