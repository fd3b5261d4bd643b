import { acrossTenants } from '../db/across-tenants.ts';
import type { Database } from '../db/database.ts';
import { DatabaseError } from '../db/errors.ts';
import {
  claimAlert,
  countsSince,
  endAlert,
  givenUpMail,
  noteTold,
  oldestMail,
  openAlerts,
  type CountsRow,
} from '../db/statements/operations.ts';
import type { ConfigurationError, Env } from '../env.ts';
import { mailTransport } from '../mail/transport.ts';
import { tell, type AlertDelivery, type Notice } from './alert-channels.ts';

const minuteMs = 60_000;

/**
 * When somebody is told, by kind of route. Lower wakes people for nothing; higher tells them after
 * their users did. An alert is over when its window holds less than this.
 */
const rules: readonly {
  readonly name: string;
  readonly minutes: number;
  readonly isOver: (counts: CountsRow) => boolean;
  readonly says: (counts: CountsRow) => string;
}[] = [
  {
    name: 'server errors',
    minutes: 5,
    isOver: ({ serverErrors, requests }) => serverErrors >= 10 && serverErrors >= requests / 20,
    says: ({ serverErrors, requests }) => `${serverErrors} of ${requests} requests failed`,
  },
  {
    name: 'refused logins',
    minutes: 5,
    isOver: ({ refusedLogins }) => refusedLogins >= 100,
    says: ({ refusedLogins }) => `${refusedLogins} logins were refused`,
  },
  {
    name: 'rate limits',
    minutes: 5,
    isOver: ({ rateLimited }) => rateLimited >= 200,
    says: ({ rateLimited }) => `${rateLimited} requests were over a limit`,
  },
  {
    // Who sends them waits longer after each failure: one event that always fails comes a few times an hour.
    name: 'webhook failures',
    minutes: 60,
    isOver: ({ webhookFailures }) => webhookFailures >= 2,
    says: ({ webhookFailures }) => `${webhookFailures} webhooks were not taken`,
  },
  {
    // So many that a stranger's try or two wake nobody, and so few that a secret which is wrong is noticed.
    name: 'forged webhook',
    minutes: 60,
    isOver: ({ webhookRefusals }) => webhookRefusals >= 10,
    says: ({ webhookRefusals }) => `${webhookRefusals} webhooks were refused`,
  },
  {
    name: 'faults',
    minutes: 15,
    // What goes on in the background has failed for one user only, and often by a passing cause.
    isOver: ({ routes, faults }) => faults >= (routes === 'background task failed' ? 10 : 1),
    says: ({ faults }) => `${faults} that no answer told of`,
  },
];

/** Mail is tried again after half a minute, then after two: by now something is wrong. */
const oldestMailMs = 15 * minuteMs;
const givenUpMailMs = 60 * minuteMs;

/** What D1 cannot remember an isolate does, and tells of it again this often. */
const againMs = 10 * minuteMs;
const lastTold = new Map<string, number>();

type Delivery = AlertDelivery & { readonly database: Database };

interface Alert extends Notice {
  readonly name: string;
}

/** Where it stands what to do. */
const runbook = (name: string) => `See docs/runbooks/${name.replaceAll(' ', '-')}.md.`;

/**
 * Tells of what has gone over a threshold, once, and again when it is over. Runs every minute.
 * @throws {DatabaseError} after telling that D1 is down
 */
export async function raiseAlerts(delivery: Delivery, now: number): Promise<void> {
  try {
    const holding = await alertsThatHold(delivery.database, now);
    await tellNew(delivery, holding, now);
    await tellOver(delivery, holding, now);
  } catch (thrown) {
    if (thrown instanceof DatabaseError) {
      const text = `D1 does not answer. ${runbook('database unavailable')}`;
      await tellAgain(delivery, { title: 'database unavailable', text }, now);
    }
    throw thrown;
  }
}

/** Tells that the app refuses every request. Whom to tell is read as it stands there, since nothing was checked. */
export async function tellRefusal(
  env: Env,
  { message }: ConfigurationError,
  by: Pick<AlertDelivery, 'logger' | 'requestId'>,
  now: number,
): Promise<void> {
  const configuration = {
    environment: env.APP_ENV ?? '',
    mailFrom: env.MAIL_FROM ?? '',
    alertEmail: env.ALERT_EMAIL || null,
    alertWebhookUrl: env.ALERT_WEBHOOK_URL || null,
  };
  const text = `Every request is refused. ${message} ${runbook('configuration refused')}`;
  const delivery = { ...by, configuration, sendMail: mailTransport(env) };
  await tellAgain(delivery, { title: 'configuration refused', text }, now);
}

/** Tells at once, and again while it lasts. */
async function tellAgain(delivery: AlertDelivery, notice: Notice, now: number): Promise<void> {
  if (now - (lastTold.get(notice.title) ?? -againMs) < againMs) return;
  lastTold.set(notice.title, now);
  if (!(await isTold(delivery, notice))) lastTold.delete(notice.title);
}

async function alertsThatHold(database: Database, now: number): Promise<Alert[]> {
  const across = acrossTenants(database, 'operations');
  const alerts: Alert[] = [];
  for (const { name, minutes, isOver, says } of rules) {
    for (const counts of await across.all(countsSince, now - minutes * minuteMs)) {
      if (!isOver(counts)) continue;
      const title = `${name}: ${counts.routes}`;
      const text = `${says(counts)} in ${minutes} minutes. ${runbook(name)}`;
      alerts.push({ name: title, title, text });
    }
  }
  const oldest = await across.first(oldestMail);
  const waitedMs = now - (oldest?.waitingSince ?? now);
  if (waitedMs > oldestMailMs) {
    const text = `The oldest mail has waited for ${Math.floor(waitedMs / minuteMs)} minutes. ${runbook('mail waits')}`;
    alerts.push({ name: 'mail waits', title: 'mail waits', text });
  }
  const givenUp = (await across.first(givenUpMail, now - givenUpMailMs))?.count ?? 0;
  if (givenUp > 0) {
    const text = `Mails that were given up within an hour: ${givenUp}. ${runbook('mail given up')}`;
    alerts.push({ name: 'mail given up', title: 'mail given up', text });
  }
  return alerts;
}

async function tellNew(delivery: Delivery, holding: readonly Alert[], now: number): Promise<void> {
  const across = acrossTenants(delivery.database, 'operations');
  for (const alert of holding) {
    if ((await across.change(claimAlert, alert.name, now)) !== 1) continue;
    delivery.logger.log('warn', 'alert raised', { code: alert.name });
    if (await isTold(delivery, alert)) await across.change(noteTold, alert.name, now);
  }
}

async function tellOver(delivery: Delivery, holding: readonly Alert[], now: number): Promise<void> {
  const across = acrossTenants(delivery.database, 'operations');
  const still = new Set(holding.map(({ name }) => name));
  for (const { name, toldAt } of await across.all(openAlerts, now)) {
    if (still.has(name)) continue;
    delivery.logger.log('warn', 'alert over', { code: name });
    const notice = { title: `over: ${name}`, text: 'It is back below its threshold.' };
    if (toldAt === null || (await isTold(delivery, notice))) await across.change(endAlert, name);
  }
}

/** Whether somebody knows now, or nobody is to know but the log. */
async function isTold(delivery: AlertDelivery, notice: Notice): Promise<boolean> {
  const outcomes = Object.values(await tell(delivery, notice));
  return outcomes.includes('sent') || !outcomes.includes('failed');
}
