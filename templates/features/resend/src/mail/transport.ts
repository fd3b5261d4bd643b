import type { Env } from '../env.ts';
import { outbound } from '../http/outbound.ts';
import type { MailTransport } from './mail.ts';

/** How long Resend may take; the outbox tries again later. */
const patienceMs = 10_000;

/**
 * Sends mail through Resend (https://resend.com/docs/api-reference/emails/send-email), or through what
 * stands in for it in development. The idempotency key keeps a mail that is tried again, because its
 * answer was lost, from arriving twice within a day.
 */
export function mailTransport({ EMAIL, RESEND_API_KEY }: Env): MailTransport {
  return async ({ id, from, to, subject, text, html, requestId }) => {
    const mail = { from, to, subject, text, html, headers: { 'X-Request-Id': requestId } };
    if (EMAIL !== undefined) {
      await EMAIL.send(mail);
      return;
    }
    const response = await outbound({ requestId, patienceMs })('https://api.resend.com/emails', {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${RESEND_API_KEY}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': id,
        // Resend refuses requests without one, and Workers add none.
        'User-Agent': 'fetch',
      },
      body: JSON.stringify(mail),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`Resend answered ${response.status}`);
  };
}
