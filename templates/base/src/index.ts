import { app } from './app.ts';
import { Database } from './db/database.ts';
import { readConfiguration, type Env } from './env.ts';
import { mintRequestId } from './http/context.ts';
import { deliverMail } from './mail/outbox.ts';
import { mailTransport } from './mail/transport.ts';
import { createLogger } from './ops/logger.ts';

export { RateLimiter } from './limits/rate-limiter.ts';

export default {
  fetch: app.fetch,

  /** Every minute: sends the mail that failed before. */
  async scheduled(controller, env) {
    const delivery = {
      configuration: readConfiguration(env, new URL(env.APP_ORIGIN ?? 'http://localhost')),
      database: Database.open(env),
      logger: createLogger(mintRequestId()),
      sendMail: mailTransport(env),
    };
    await deliverMail(delivery, controller.scheduledTime);
  },
} satisfies ExportedHandler<Env>;
