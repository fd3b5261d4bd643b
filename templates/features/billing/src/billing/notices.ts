import { withoutLinks } from '../mail/messages.ts';
import type { State } from './states.ts';

/** What is said of a tenant, whose name comes first. */
const told: Partial<Record<State, { subject: string; said: string }>> = {
  past_due: {
    subject: 'A payment failed',
    said: 'a payment failed. It is tried again in the next days, and until then nothing changes.',
  },
  grace: {
    subject: 'A payment is still open',
    said: 'a payment is still open. Two weeks after it failed, the workspace goes back to the free plan.',
  },
  // Not only for want of a payment: a trial that ended, or a pause, comes to the same.
  restricted: {
    subject: 'Your plan is suspended',
    said: 'the plan is suspended, and the workspace is on the free plan now. Nothing was deleted: what is beyond that plan can be read, and everything opens again with the subscription.',
  },
};

/** The mail to an owner about the subscription, with the name they know the tenant by. */
export function noticeOf(state: State, to: string, tenant: string) {
  const { subject, said } = told[state] ?? { subject: 'Your plan', said: 'your plan has changed.' };
  return {
    to,
    subject,
    paragraphs: [
      `“${withoutLinks(tenant)}”: ${said}`,
      'Log in and open the billing page to pay, or to change how you pay.',
    ],
  };
}
