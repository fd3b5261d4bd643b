import type { Configuration } from '../env.ts';
import { outbound } from '../http/outbound.ts';
import type { MailTransport } from '../mail/mail.ts';
import { within } from './deadline.ts';
import { describeFault, type Logger } from './logger.ts';

/** Longer than a mail service or a webhook takes when it is well. */
const patienceMs = 10_000;

/** What telling somebody needs, within a request and by the clock. */
export interface AlertDelivery {
  readonly configuration: Pick<Configuration, 'mailFrom' | 'alertEmail' | 'alertWebhookUrl'> & {
    readonly environment: string;
  };
  readonly sendMail: MailTransport;
  readonly logger: Logger;
  readonly requestId: string;
}

/** What is told: numbers and kinds of routes, nothing of anybody. */
export interface Notice {
  readonly title: string;
  readonly text: string;
}

type Outcome = 'sent' | 'failed' | 'not configured';

/** How a notice went out, by channel. */
export interface Told {
  readonly mail: Outcome;
  readonly webhook: Outcome;
}

/**
 * Tells by mail and by webhook, whichever are configured. It does not go through the outbox: an
 * alert may be about the outbox, or about the database it lies in.
 */
export async function tell(delivery: AlertDelivery, notice: Notice): Promise<Told> {
  const { configuration } = delivery;
  const { alertEmail, alertWebhookUrl } = configuration;
  const environment = configuration.environment.toUpperCase();
  const headed = { ...notice, title: `[${environment}] ${notice.title}` };
  const [mail, webhook] = await Promise.all([
    attempt(delivery, 'alert mail', alertEmail, (to) => mailNotice(delivery, to, headed)),
    attempt(delivery, 'alert webhook', alertWebhookUrl, (url) => postNotice(delivery, url, headed)),
  ]);
  return { mail, webhook };
}

/** Tells that this is a test. */
export function testAlerts(delivery: AlertDelivery): Promise<Told> {
  const text = 'Somebody tested the alerts. Nothing is wrong.';
  return tell(delivery, { title: 'test alert', text });
}

async function attempt(
  { logger }: AlertDelivery,
  dependency: string,
  address: string | null,
  send: (address: string) => Promise<void>,
): Promise<Outcome> {
  if (address === null) return 'not configured';
  try {
    await within(patienceMs, send(address));
    return 'sent';
  } catch (thrown) {
    logger.log('error', 'dependency failed', { dependency, fault: describeFault(thrown) });
    return 'failed';
  }
}

function mailNotice(
  { configuration, requestId, sendMail }: AlertDelivery,
  to: string,
  { title, text }: Notice,
): Promise<void> {
  return sendMail({
    id: crypto.randomUUID(),
    from: configuration.mailFrom,
    to,
    subject: title,
    text,
    html: `<p>${text}</p>`,
    requestId,
  });
}

/** `text` is what Slack, Mattermost and Google Chat show. */
async function postNotice(
  { requestId }: AlertDelivery,
  url: string,
  { title, text }: Notice,
): Promise<void> {
  const call = outbound({ requestId, patienceMs, host: new URL(url).host });
  const response = await call(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ text: `${title}: ${text}`, title, requestId }),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the webhook answered ${response.status}`);
}
