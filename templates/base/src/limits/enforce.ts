import { Tenant } from '../db/tenant.ts';
import type { AppContext, RequestContext } from '../http/context.ts';
import { Problem, type ProblemCode } from '../http/problem.ts';
import { within } from '../ops/deadline.ts';
import { describeFault } from '../ops/logger.ts';
import { hmac } from './keys.ts';
import { limitsOf, type Budget, type Limit } from './policies.ts';

/** How long each limiter may take; then it counts as down. */
const patienceMs = { flood: 500, exact: 2_000 } as const;

/** One take that was allowed. */
export interface Attempt {
  /** Takes it back, where only failures are to count. */
  giveBack(): Promise<void>;
}

/**
 * Takes one from `limit` for the client that asks. The client is the address Cloudflare saw;
 * without one all share a single key, and `X-Forwarded-For` is never read, since anybody can write it.
 * @throws {Problem} 429 with Retry-After; 503 when the limiter cannot be asked
 */
export function limitClient(c: AppContext, limit: Limit): Promise<Attempt> {
  return limitAccount(c.get('context'), limit, clientKey(c.req.header('CF-Connecting-IP')));
}

/**
 * Refuses a client whose requests are a flood, whatever they ask for but `/health`, and before anything
 * else is asked or read: at a count that each location keeps roughly for itself (wrangler.toml; so high that an
 * office behind one address stays below it). While it is down, requests go on to the exact limits.
 * @throws {Problem} 429 with Retry-After
 */
export async function refuseFlood(c: AppContext): Promise<void> {
  const context = c.get('context');
  try {
    const asked = context.floodLimiter.limit({ key: clientKey(c.req.header('CF-Connecting-IP')) });
    if ((await within(patienceMs.flood, asked)).success) return;
  } catch (thrown) {
    const fault = describeFault(thrown);
    context.logger.log('warn', 'dependency failed', { dependency: 'flood limiter', fault });
    return;
  }
  throw new Problem('rate_limited', { retryAfterSeconds: 60 });
}

/**
 * Takes one from `limit` for an account, whether or not it exists, or for whatever else has a count.
 * @throws {Problem} 429 with Retry-After; 503 when the limiter cannot be asked
 */
export async function limitAccount(
  context: RequestContext,
  limit: Limit,
  key: string,
  refusal: ProblemCode = 'rate_limited',
): Promise<Attempt> {
  const name = await counterName(context, limit, key);
  const counter = () => context.rateLimiters.getByName(name);
  const { allowed, retryAfterSeconds } = await ask(context, () =>
    counter().take(limit.max, limit.windowSeconds),
  );
  if (!allowed) throw new Problem(refusal, { retryAfterSeconds });
  return { giveBack: () => ask(context, () => counter().giveBack()) };
}

/**
 * Takes one from a tenant's budget, exactly: of any number of requests at once, whoever of the
 * tenant sends them, no more get through than it has left.
 * @throws {Problem} 429 `quota_exceeded` with Retry-After; 503 when the limiter cannot be asked
 */
export async function spend(context: RequestContext, budget: Budget, by: unknown): Promise<void> {
  const { id, tier } = payerOf(by);
  for (const limit of limitsOf(budget, tier)) {
    await limitAccount(context, limit, id, 'quota_exceeded');
  }
}

/** Budgets are a tenant's: a route that has one without the other is a mistake, and answers nobody. */
function payerOf(actor: unknown): Tenant {
  const tenant = typeof actor === 'object' && actor !== null && 'tenant' in actor && actor.tenant;
  if (tenant instanceof Tenant) return tenant;
  throw new Error('only a route of a tenant can have a budget');
}

/** What a tenant has left of a budget for today. @throws {Problem} 503 */
export async function usageOf(context: RequestContext, budget: Budget, tenant: Tenant) {
  const [, day] = limitsOf(budget, tenant.tier);
  const name = await counterName(context, day, tenant.id);
  const { used, endsAt } = await ask(context, () => context.rateLimiters.getByName(name).used());
  return { name: budget.name, used, max: day.max, endsAt };
}

/** A keyed hash: neither addresses nor accounts can be read off the names of the counters. */
function counterName(context: RequestContext, limit: Limit, key: string): Promise<string> {
  return hmac(context.configuration.hmacKey, `${limit.name}|${key}`);
}

/** A limiter that fails is no reason to let everybody guess: the answer is 503. */
async function ask<Answer>(context: RequestContext, call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await within(patienceMs.exact, call());
  } catch (thrown) {
    const fault = describeFault(thrown);
    context.logger.log('error', 'dependency failed', { dependency: 'rate limiter', fault });
    throw new Problem('unavailable');
  }
}

/** An IPv6 client owns at least a /64 and could use a new address for each guess: the /64 counts as one. */
export function clientKey(address: string | undefined): string {
  if (address === undefined || address === '') return 'no address';
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail = ''] = address.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const zeros = Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array<string>(zeros).fill('0'), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
