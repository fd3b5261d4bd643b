import type { Refusal } from './api.ts';

/** What a page says of certain refusals, where it knows better than the general words. */
export type Sayings = Readonly<Record<string, string>>;

/** What is said of the API's codes where no page knows better. */
const refusalWords: Sayings = {
  conflict: 'That is not possible: it conflicts with what is there.',
  internal: 'Something went wrong on our side. Try again.',
  invalid_input: 'Something in it is not valid.',
  not_found: 'It is not there any more.',
  payload_too_large: 'That is too much at once.',
  quota_exceeded: 'Your plan allows no more.',
  role_required: 'Your role does not allow this.',
  tier_required: 'Your plan does not include this.',
  unavailable: 'Temporarily unavailable. Try again in a moment.',
};

/** A refusal in words for people. */
export function saidOf(refusal: Refusal, sayings: Sayings = {}): string {
  const { code, problem, retryAfterSeconds } = refusal;
  if (code === 'rate_limited' || (code === 'quota_exceeded' && retryAfterSeconds > 0)) {
    const minutes = Math.ceil(retryAfterSeconds / 60);
    return `Too many attempts. Try again in ${minutes <= 1 ? 'a minute' : `${minutes} minutes`}.`;
  }
  return problem.errors.get('session') ?? sayings[code] ?? refusalWords[code] ?? problem.title;
}

/** A word of the API as one reads it: `tenant.created` as “Workspace created”. */
export function inWords(code: string): string {
  const words = code
    .replace(/[._]/g, ' ')
    .replace('tenant', 'workspace')
    .replace('mfa', 'second factor');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
