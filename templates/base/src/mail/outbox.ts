import * as z from 'zod';
import { seal, unseal } from '../auth/seal.ts';
import { acrossTenants } from '../db/across-tenants.ts';
import type { BoundStatement, Database } from '../db/database.ts';
import {
  claimDueMail,
  giveUpMail,
  insertMail,
  postponeMail,
  removeMail,
  type OutboxRow,
} from '../db/statements/outbox.ts';
import type { Configuration } from '../env.ts';
import type { RequestContext } from '../http/context.ts';
import { describeFault, type Logger } from '../ops/logger.ts';
import type { MailTransport } from './mail.ts';
import { renderMail, type messages } from './messages.ts';

/** Mail that is late is worth little: after these waits, about four hours in all, it is given up. */
const waitsMs = [30_000, 120_000, 600_000, 3_600_000, 10_800_000];

/** How long one attempt may take before the next may begin. */
const attemptMs = 60_000;

const sealedFor = 'outbox';
const payload = z.strictObject({
  to: z.string().max(254),
  subject: z.string().max(200),
  text: z.string().max(10_000),
  html: z.string().max(20_000),
});

/** What delivering needs, within a request and without one. */
export interface Delivery {
  readonly configuration: Configuration;
  readonly database: Database;
  readonly logger: Logger;
  readonly sendMail: MailTransport;
}

/**
 * Mail to put into the same batch as the change it tells of: either both happen or neither. Call
 * `deliverMail` afterwards, in the background.
 */
export async function mailStatement(
  context: RequestContext,
  message: ReturnType<(typeof messages)[keyof typeof messages]>,
): Promise<BoundStatement<never>> {
  const { configuration, requestId, now } = context;
  const mail = JSON.stringify(renderMail(message, configuration.linkBaseUrl));
  return acrossTenants(context.database, 'mail').bind(
    insertMail,
    crypto.randomUUID(),
    await seal(configuration, sealedFor, mail),
    requestId,
    now,
  );
}

/** Sends what is due. What fails is tried again later, from the scheduled handler, and given up in the end. */
export async function deliverMail(delivery: Delivery, now: number): Promise<void> {
  const mail = acrossTenants(delivery.database, 'mail');
  for (const row of await mail.all(claimDueMail, now, now + attemptMs)) {
    try {
      await send(delivery, row);
      await mail.change(removeMail, row.id);
    } catch (thrown) {
      const wait = waitsMs[row.attempts - 1];
      const fault = describeFault(thrown);
      delivery.logger.log('error', wait === undefined ? 'mail given up' : 'mail failed', { fault });
      if (wait === undefined) await mail.change(giveUpMail, row.id, now);
      else await mail.change(postponeMail, row.id, now + wait);
    }
  }
}

async function send({ configuration, sendMail }: Delivery, row: OutboxRow): Promise<void> {
  const mail = payload.parse(JSON.parse(await unseal(configuration, sealedFor, row.payload)));
  await sendMail({ ...mail, from: configuration.mailFrom, requestId: row.requestId });
}
