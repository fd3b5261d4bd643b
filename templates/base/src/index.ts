import { app } from './app.ts';
import { Database } from './db/database.ts';
import { readConfiguration, type Env } from './env.ts';
import { mintRequestId } from './http/context.ts';
import { deliverMail } from './mail/outbox.ts';
import { mailTransport } from './mail/transport.ts';
import { createLogger, describeFault } from './ops/logger.ts';
import { removeOldRows } from './ops/retention.ts';
import { purgeTenants } from './tenancy/purge.ts';

export { RateLimiter } from './limits/rate-limiter.ts';

/** As in wrangler.toml, which names it beside the one of every minute. */
const nightly = '17 3 * * *';

export default {
  fetch: app.fetch,

  /** Every minute: sends the mail that failed before, purges deleted tenants. Every night: removes old rows. */
  async scheduled({ cron, scheduledTime }, env) {
    const logger = createLogger(mintRequestId());
    try {
      const configuration = readConfiguration(env, new URL(env.APP_ORIGIN || 'http://localhost'));
      const database = Database.open(env);
      if (cron === nightly) await removeOldRows(database, scheduledTime);
      else {
        await deliverMail({ configuration, database, sendMail: mailTransport(env) });
        await purgeTenants(database, scheduledTime);
      }
    } catch (thrown) {
      logger.log('error', 'scheduled work failed', { task: cron, fault: describeFault(thrown) });
    }
  },
} satisfies ExportedHandler<Env>;
