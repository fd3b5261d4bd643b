import { problems, type Problem } from '../http/problem.ts';

/** What a page says of certain refusals, where it knows better than the general words. */
export type Sayings = Readonly<Record<string, string>>;

/** A refusal in words for people. */
export function saidOf(refusal: Problem, sayings: Sayings = {}): string {
  const { code, status, errors, retryAfterSeconds = 0 } = refusal;
  if (status === 429) {
    const minutes = Math.ceil(retryAfterSeconds / 60);
    return `Too many attempts. Try again in ${minutes <= 1 ? 'a minute' : `${minutes} minutes`}.`;
  }
  const { message } = errors.find(({ field }) => field === 'session') ?? {};
  return message ?? sayings[code] ?? `${problems[code].title}.`;
}

/** A word of the API as one reads it: `tenant.created` as “Workspace created”. */
export function inWords(code: string): string {
  const plain = code.replace('tenant', 'workspace').replace('mfa', 'second factor');
  const words = plain.replace(/[._]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
