import type { Tier } from '../db/tenant.ts';

/** What follows from a state. */
interface Consequence {
  /** Whether the plan that was bought is in force; else the tenant is on `free`. */
  readonly keepsPlan: boolean;
  /** Whether a checkout may be started. Where not, there is a subscription already, for the portal. */
  readonly mayBuy: boolean;
  /** Whether the owners are told when it begins. */
  readonly isTold: boolean;
}

/**
 * What each state may do, all of it. A tenant whose plan is not in force keeps its data: what is beyond
 * the limits of `free` can be read and deleted.
 */
export const states = {
  /** There never was a subscription. */
  none: { keepsPlan: false, mayBuy: true, isTold: false },
  /** The first payment is under way. */
  incomplete: { keepsPlan: false, mayBuy: false, isTold: false },
  trialing: { keepsPlan: true, mayBuy: false, isTold: false },
  active: { keepsPlan: true, mayBuy: false, isTold: false },
  /** A payment failed, and Stripe tries again. */
  past_due: { keepsPlan: true, mayBuy: false, isTold: true },
  /** It is still open after three days: the last call. */
  grace: { keepsPlan: true, mayBuy: false, isTold: true },
  /** Still open after two weeks. Paying opens everything again. */
  restricted: { keepsPlan: false, mayBuy: false, isTold: true },
  canceled: { keepsPlan: false, mayBuy: true, isTold: false },
} as const satisfies Readonly<Record<string, Consequence>>;

export type State = keyof typeof states;

const day = 24 * 60 * 60 * 1_000;

/** After how long unpaid each of these begins. Longer is kinder, and gives more away. */
const graceAfterMs = 3 * day;
const restrictedAfterMs = 14 * day;

/** How often Stripe is asked about a subscription of which no event tells. */
const askAgainMs = day;

const stateOfStatus: ReadonlyMap<string, State> = new Map([
  ['trialing', 'trialing'],
  ['active', 'active'],
  ['past_due', 'past_due'],
  ['unpaid', 'restricted'],
  ['paused', 'restricted'],
  ['incomplete', 'incomplete'],
  ['incomplete_expired', 'canceled'],
  ['canceled', 'canceled'],
]);

/** Whether a subscription is over, for good: Stripe never revives these. */
export function isOver(status: string): boolean {
  return stateOfStatus.get(status) === 'canceled';
}

/**
 * The state that Stripe's word stands for. What is past due goes on by the clock; a word that we do
 * not know opens nothing.
 */
export function stateOf(status: string, pastDueSince: number | null, now: number): State {
  const state = stateOfStatus.get(status) ?? 'restricted';
  if (state !== 'past_due' || pastDueSince === null) return state;
  if (now >= pastDueSince + restrictedAfterMs) return 'restricted';
  return now >= pastDueSince + graceAfterMs ? 'grace' : 'past_due';
}

/** When to look again: at the latest a day later, and as soon as the clock changes the state. */
export function nextLookAt(state: State, pastDueSince: number | null, now: number): number | null {
  if (states[state].mayBuy) return null;
  const turns = [graceAfterMs, restrictedAfterMs].map((after) => (pastDueSince ?? 0) + after);
  return Math.min(now + askAgainMs, ...turns.filter((turn) => turn > now));
}

/** The tier that is in force. */
export function tierIn(state: State, plan: Tier): Tier {
  return states[state].keepsPlan ? plan : 'free';
}
