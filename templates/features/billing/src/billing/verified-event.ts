import Stripe from 'stripe';
import type { Access } from '../auth/access.ts';
import { readText } from '../http/body.ts';
import { Problem } from '../http/problem.ts';

/** Above what Stripe sends. */
const maximumBytes = 512 * 1_024;

/** How old, and how far ahead of our clock, a signature may be. Older is a replay. */
const toleranceSeconds = 300;
const aheadSeconds = 60;

const cryptoProvider = Stripe.createSubtleCryptoProvider();

/** The one time of `t=…,v1=…`. A header with two would be checked by one and signed with the other. */
const headerShape = /^t=(\d{1,12})(?:,v\d+=[^,=]*)+$/;

/** Says of all of these that something happened to a customer's subscription. */
export const subscriptionEvents: ReadonlySet<string> = new Set([
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'customer.subscription.created',
  'customer.subscription.deleted',
  'customer.subscription.paused',
  'customer.subscription.resumed',
  'customer.subscription.updated',
  'invoice.paid',
  'invoice.payment_action_required',
  'invoice.payment_failed',
]);

/**
 * An event that Stripe signed, for us, just now. The private field makes the type nominal, and the
 * private constructor keeps others from making one: nothing that was not verified reaches a handler.
 * It carries what to look at and nothing to believe: what is the case is asked of Stripe.
 */
export class VerifiedEvent {
  readonly #id: string;
  readonly type: string;
  /** By Stripe's clock, in milliseconds. */
  readonly createdAt: number;
  readonly isLive: boolean;
  /** Whose subscription it is about; null for an event that is about none. */
  readonly customerId: string | null;

  private constructor(event: Stripe.Event) {
    this.#id = event.id;
    this.type = event.type;
    this.createdAt = event.created * 1_000;
    this.isLive = event.livemode;
    this.customerId = subscriptionEvents.has(event.type) ? customerOf(event.data.object) : null;
  }

  get id(): string {
    return this.#id;
  }

  /**
   * Verifies the bytes that came, before anything is read from them.
   * @returns null where no secret of ours has signed them, or not within the time
   */
  static async verify(
    raw: string,
    header: string,
    secrets: readonly string[],
    now: number,
  ): Promise<VerifiedEvent | null> {
    const signedAt = Number(header.match(headerShape)?.[1] ?? Number.NaN);
    // The library looks only at what is too old.
    if (!(signedAt <= now / 1_000 + aheadSeconds)) return null;
    for (const secret of secrets) {
      try {
        const event = await Stripe.webhooks.constructEventAsync(
          raw,
          header,
          secret,
          toleranceSeconds,
          cryptoProvider,
          now,
        );
        return new VerifiedEvent(event);
      } catch (thrown) {
        if (!(thrown instanceof Stripe.errors.StripeSignatureVerificationError)) throw thrown;
      }
    }
    return null;
  }
}

/**
 * Stripe, by its signature over the body. It comes from no browser: there is no session and no origin,
 * only this.
 */
export const signedByStripe: Access<VerifiedEvent> = {
  rule: { kind: 'webhook' },
  async resolve(c) {
    const { configuration, logger, now } = c.get('context');
    const { webhookSecrets, isLive } = configuration.stripe;
    const raw = await readText(c.req.raw, maximumBytes);
    const header = c.req.header('Stripe-Signature') ?? '';
    const event = await VerifiedEvent.verify(raw, header, webhookSecrets, now);
    if (event === null) {
      throw refusal('headers.Stripe-Signature', 'Stripe has not signed this, or not just now');
    }
    if (event.isLive !== isLive) {
      logger.log('error', 'an event of the wrong mode', { code: event.type });
      throw refusal('body.livemode', 'This is the mode of another environment');
    }
    return event;
  },
};

function refusal(field: string, message: string): Problem {
  return new Problem('invalid_input', { errors: [{ field, message }] });
}

function customerOf(object: Stripe.Event.Data.Object): string | null {
  if (!('customer' in object)) return null;
  const { customer } = object;
  if (typeof customer === 'string') return customer;
  if (typeof customer !== 'object' || customer === null) return null;
  return 'id' in customer && typeof customer.id === 'string' ? customer.id : null;
}
