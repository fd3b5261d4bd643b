import Stripe from 'stripe';
import type { RequestContext } from '../http/context.ts';
import { outbound } from '../http/outbound.ts';
import { Problem } from '../http/problem.ts';
import { describeFault } from '../ops/logger.ts';

/** The version whose shapes we read. Webhook endpoints are set to the same one. */
const apiVersion = '2026-10-28.endive';

/** How long Stripe may take for one answer. Longer keeps people waiting while it is down. */
const patienceMs = 10_000;

/** Stripe did not do what was asked. The client is told to come back; what it said is in the log. */
export class StripeFailure extends Problem {
  /** Whether Stripe answered. If not, nobody knows whether it did what it was asked. */
  readonly wasAnswered: boolean;
  /** The parameter that names what Stripe does not have, such as `customer`; null for all else. */
  readonly missing: string | null;
  /** Whether the subscription that was to be changed, or ended, has ended already. */
  readonly hasEnded: boolean;

  constructor({ statusCode, code, param = '' }: Stripe.errors.StripeError) {
    super('unavailable');
    this.wasAnswered = statusCode !== undefined;
    this.missing = code === 'resource_missing' ? param : null;
    this.hasEnded = this.missing !== null || code === 'invalid_canceled_subscription_fields';
  }
}

/**
 * Asks Stripe. It never tries twice by itself: who asks knows what is safe to repeat.
 * @throws {StripeFailure} whatever went wrong
 */
export async function askStripe<Answer>(
  {
    configuration,
    logger,
    requestId,
  }: Pick<RequestContext, 'configuration' | 'logger' | 'requestId'>,
  ask: (stripe: Stripe) => Promise<Answer>,
): Promise<Answer> {
  const { key, fetch: send = outbound({ requestId, patienceMs }) } = configuration.stripe;
  const stripe = new Stripe(key, {
    apiVersion,
    httpClient: Stripe.createFetchHttpClient(believing(send)),
    maxNetworkRetries: 0,
    telemetry: false,
  });
  try {
    return await ask(stripe);
  } catch (thrown) {
    if (!(thrown instanceof Stripe.errors.StripeError)) throw thrown;
    const { code = thrown.type } = thrown;
    const fault = describeFault(thrown);
    logger.log('error', 'dependency failed', { dependency: 'Stripe', code, fault });
    throw new StripeFailure(thrown);
  }
}

/**
 * A key of another account knows nothing of what is ours: what Stripe does not have is gone only where
 * Stripe knows our prices.
 * @throws {StripeFailure} where it does not
 */
export async function expectOurAccount(
  context: Pick<RequestContext, 'configuration' | 'logger' | 'requestId'>,
): Promise<void> {
  const price = context.configuration.stripe.prices.pro[0];
  await askStripe(context, (stripe) => stripe.subscriptions.list({ price, limit: 1 }));
}

/**
 * The library waits for ever for `null`, and hands on what else is no object of Stripe's, which every answer
 * of its API is, an error too. Whoever says such a thing is not Stripe: to us it has not answered.
 */
function believing(send: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await send(input, init);
    const text = await response.text();
    if (!isOfStripe(text)) throw new TypeError('the answer is no object of Stripe');
    return new Response(text, response);
  };
}

function isOfStripe(text: string): boolean {
  try {
    const answer: unknown = JSON.parse(text);
    const isObject = typeof answer === 'object' && answer !== null;
    return isObject && ('object' in answer || 'error' in answer);
  } catch {
    return false;
  }
}
