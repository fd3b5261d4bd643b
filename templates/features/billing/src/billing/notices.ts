import { withoutLinks } from '../mail/messages.ts';
import type { State } from './states.ts';

const told: Partial<Record<State, { subject: string; said: string }>> = {
  past_due: {
    subject: 'A payment failed',
    said: 'failed. It is tried again in the next days, and until then nothing changes.',
  },
  grace: {
    subject: 'A payment is still open',
    said: 'is still open. Two weeks after it failed, the workspace goes back to the free plan.',
  },
  restricted: {
    subject: 'Your plan is suspended',
    said: 'is still open, and the workspace is on the free plan now. Nothing was deleted: what is beyond that plan can be read, and paying opens everything again.',
  },
};

/** The mail to an owner about a payment, with the name they know the tenant by. */
export function noticeOf(state: State, to: string, tenant: string) {
  const { subject, said } = told[state] ?? { subject: 'Your plan', said: 'has changed.' };
  return {
    to,
    subject,
    paragraphs: [
      `The payment for “${withoutLinks(tenant)}” ${said}`,
      'Log in and open the billing page to pay, or to change how you pay.',
    ],
  };
}
