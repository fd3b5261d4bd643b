import type { Context } from 'hono';
import { Database } from '../db/database.ts';
import { readConfiguration, type Configuration, type Env } from '../env.ts';
import type { MailTransport } from '../mail/mail.ts';
import { mailTransport } from '../mail/transport.ts';
import { within } from '../ops/deadline.ts';
import { describeFault, type LogFields, type Logger } from '../ops/logger.ts';

/** What Hono carries for us from the first middleware to the handler. */
export interface AppEnvironment {
  Bindings: Env;
  Variables: {
    requestId: string;
    logger: Logger;
    context: RequestContext;
    /** Who asks, once it is known, for the log. */
    caller: Pick<LogFields, 'userId' | 'tenantId'>;
  };
}

export type AppContext = Context<AppEnvironment>;

/** What one request works with. Handlers take their time, data and background work from here. */
export interface RequestContext {
  /** The trace id: 32 hexadecimal digits, minted here, in every log line and error of the request. */
  readonly requestId: string;
  /** When the request came in, in milliseconds since 1970. */
  readonly now: number;
  readonly configuration: Configuration;
  readonly database: Database;
  /** Session data that grants nothing, such as a device's name. */
  readonly sessionData: KVNamespace;
  readonly floodLimiter: RateLimit;
  readonly rateLimiters: Env['RATE_LIMITER'];
  readonly logger: Logger;
  readonly sendMail: MailTransport;
  /**
   * Does work after the response: it begins in a later turn, so that its time tells nothing. A failure
   * is logged under the task's name and harms nobody.
   */
  background(task: string, work: () => Promise<unknown>): void;
}

/** After 30 seconds Workers ends what outlives a response, without a word; before that it is a fault. */
const backgroundMs = 25_000;

/** Mints a trace id. An id that a client sends is never adopted: it could be another request's. */
export function mintRequestId(): string {
  return crypto.randomUUID().replaceAll('-', '');
}

/** Opens the context of a request. @throws {ConfigurationError} when the app must not answer at all */
export function openContext(c: AppContext): RequestContext {
  const logger = c.get('logger');
  return {
    requestId: c.get('requestId'),
    now: Date.now(),
    configuration: readConfiguration(c.env, new URL(c.req.url)),
    database: Database.open(c.env),
    sessionData: c.env.SESSIONS,
    floodLimiter: c.env.FLOOD_LIMITER,
    rateLimiters: c.env.RATE_LIMITER,
    logger,
    sendMail: mailTransport(c.env),
    background(task, work) {
      c.executionCtx.waitUntil(
        scheduler
          .wait(0)
          .then(() => within(backgroundMs, work()))
          .catch((thrown: unknown) => {
            logger.log('error', 'background task failed', { task, fault: describeFault(thrown) });
          }),
      );
    },
  };
}
