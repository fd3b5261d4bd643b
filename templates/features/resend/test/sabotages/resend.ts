import { sabotage } from './sabotage.ts';

const outbound = 'src/http/outbound.ts';
const transport = 'src/mail/transport.ts';

export const resend = [
  sabotage(
    'ERR-4',
    'mail that Resend refused counts as sent',
    transport,
    'if (!response.ok) throw',
    'if (response.status === 0) throw',
  ),
  sabotage(
    'ERR-4',
    'mail waits for Resend as long as Resend likes',
    outbound,
    'AbortSignal.timeout(patienceMs)',
    'AbortSignal.timeout(3_600_000)',
  ),
  sabotage(
    'SEC-5',
    'mail follows wherever Resend leads',
    outbound,
    "redirect: 'manual'",
    "redirect: 'follow'",
  ),
  sabotage(
    'SEC-5',
    'each attempt looks like another mail',
    transport,
    "'Idempotency-Key': id,",
    "'Idempotency-Key': id + crypto.randomUUID(),",
  ),
  sabotage(
    'SEC-5',
    'a deployment without a key answers',
    'src/env.ts',
    "  readSecret('RESEND_API_KEY', env.RESEND_API_KEY);\n",
    '',
  ),
  sabotage(
    'OBS-4',
    'an alert is dropped for the one before',
    'src/ops/alert-channels.ts',
    'id: crypto.randomUUID(),',
    'id: to,',
  ),
  sabotage(
    'SEC-5',
    'two mails of a request pass for one',
    'src/mail/outbox.ts',
    'const { id, requestId } = row;',
    'const { requestId } = row;\n    const id = requestId;',
  ),
  sabotage(
    'SEC-5',
    'each attempt of the outbox looks like another mail',
    'src/mail/outbox.ts',
    'sendMail({ ...mail, id, from',
    'sendMail({ ...mail, id: `${id} ${row.attempts}`, from',
  ),
  sabotage(
    'SEC-5',
    'Resend is not told what it is sent',
    'src/mail/transport.ts',
    "        'Content-Type': 'application/json',\n",
    '',
  ),
  sabotage(
    'OBS-3',
    'a call to Resend has a trace of its own',
    'src/mail/transport.ts',
    'outbound({ requestId, patienceMs })',
    "outbound({ requestId: crypto.randomUUID().replaceAll('-', ''), patienceMs })",
  ),
];
