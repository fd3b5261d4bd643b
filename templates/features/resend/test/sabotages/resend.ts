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
];
