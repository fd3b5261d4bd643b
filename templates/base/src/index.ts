import { app } from './app.ts';
import { resealSeeds } from './auth/reseal.ts';
import { Database } from './db/database.ts';
import { readConfiguration, type Env } from './env.ts';
import { mintRequestId } from './http/context.ts';
import { deliverMail } from './mail/outbox.ts';
import { mailTransport } from './mail/transport.ts';
import { raiseAlerts } from './ops/alerts.ts';
import { createLogger, describeFault } from './ops/logger.ts';
import { removeOldRows } from './ops/retention.ts';
import { keepUncaught } from './ops/uncaught.ts';
import { purgeTenants } from './tenancy/purge.ts';

export { RateLimiter } from './limits/rate-limiter.ts';

keepUncaught(self);

/** As in wrangler.toml, which names it beside the one of every minute. */
const nightly = '17 3 * * *';

export default {
  fetch: app.fetch,

  /** Every minute: sends the mail that failed before, purges deleted tenants. Every night: removes old rows. */
  async scheduled({ cron, scheduledTime }, env) {
    const requestId = mintRequestId();
    const logger = createLogger(requestId);
    /** One task that fails stops no other. */
    const run = async (task: string, work: () => Promise<unknown>) => {
      try {
        await work();
      } catch (thrown) {
        logger.log('error', 'scheduled work failed', { task, fault: describeFault(thrown) });
      }
    };
    await run('all', async () => {
      const configuration = readConfiguration(env, new URL(env.APP_ORIGIN || 'http://localhost'));
      const database = Database.open(env);
      if (cron === nightly) {
        await run('remove old rows', () => removeOldRows(database, scheduledTime));
        await run('reseal seeds', () => resealSeeds({ configuration, database, logger }));
        return;
      }
      const sendMail = mailTransport(env);
      const delivery = { configuration, database, sendMail, logger, requestId };
      await run('deliver mail', () => deliverMail(delivery));
      await run('raise alerts', () => raiseAlerts(delivery, scheduledTime));
      await run('purge tenants', () => purgeTenants(database, scheduledTime));
    });
  },
} satisfies ExportedHandler<Env>;
