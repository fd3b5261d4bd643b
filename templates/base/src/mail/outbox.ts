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
import { Problem } from '../http/problem.ts';
import { within } from '../ops/deadline.ts';
import { createLogger, describeFault } from '../ops/logger.ts';
import type { MailTransport } from './mail.ts';
import { renderMail, type messages } from './messages.ts';

/** Mail that is late is worth little: after these waits, about four hours in all, it is given up. */
const waitsMs = [30_000, 120_000, 600_000, 3_600_000, 10_800_000];

/** How long one attempt may take before the next may begin. */
const attemptMs = 60_000;

const mailsPerRun = 20;

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
  readonly sendMail: MailTransport;
}

type Message = ReturnType<(typeof messages)[keyof typeof messages]>;

/**
 * Runs writes that belong together with the mails that tell of them: all of it happens, or nothing.
 * The mails go out in the background.
 * @throws `refusal` when D1 refuses the condition that stands among the writes
 */
export async function writeAndMail(
  context: RequestContext,
  writes: readonly BoundStatement<unknown>[],
  mails: readonly Message[],
  refusal: Error = new Problem('conflict'),
): Promise<void> {
  const sent = await Promise.all(mails.map((mail) => mailStatement(context, mail)));
  const [first, ...others] = [...sent, ...writes];
  if (first !== undefined) await context.database.batchOr(refusal, [first, ...others]);
  context.background('deliver mail', () => deliverMail(context));
}

/**
 * Mail to put into the same batch as the change it tells of: either both happen or neither. Call
 * `deliverMail` afterwards, in the background.
 */
export async function mailStatement(
  context: Pick<RequestContext, 'configuration' | 'database' | 'requestId' | 'now'>,
  message: Message,
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

/**
 * Sends what is due, one mail at a time: each is claimed for a minute and tried for a third of one, so
 * no two runs try the same at once. What fails is tried again later, from the scheduled handler, and
 * given up in the end. A mail may still arrive twice if the app dies between sending and noting it, or the
 * service takes it after its time is over.
 */
export async function deliverMail(delivery: Delivery): Promise<void> {
  const mail = acrossTenants(delivery.database, 'mail');
  for (let sent = 0; sent < mailsPerRun; sent += 1) {
    const now = Date.now();
    const row = await mail.first(claimDueMail, now, now + attemptMs);
    if (row === null) return;
    if (await isSent(delivery, row)) await mail.change(removeMail, row.id);
    else {
      const wait = waitsMs[row.attempts - 1];
      if (wait === undefined) await mail.change(giveUpMail, row.id, now);
      else await mail.change(postponeMail, row.id, now + wait);
    }
  }
}

async function isSent({ configuration, sendMail }: Delivery, row: OutboxRow): Promise<boolean> {
  try {
    const mail = payload.parse(JSON.parse(await unseal(configuration, sealedFor, row.payload)));
    const { id, requestId } = row;
    const sending = sendMail({ ...mail, id, from: configuration.mailFrom, requestId });
    await within(attemptMs / 3, sending);
    return true;
  } catch (thrown) {
    const attempt = `attempt ${row.attempts}`;
    createLogger(row.requestId).log('error', 'mail failed', {
      task: attempt,
      fault: describeFault(thrown),
    });
    return false;
  }
}
