import {
  emptyWorld,
  type Customer,
  type Metadata,
  type Status,
  type StripeEvent,
  type Subscription,
  type World,
} from './objects.ts';
import { StripeError } from './form.ts';

const month = 30 * 24 * 60 * 60;

/** What there is at Stripe, and what happens there by itself (a payment fails): each a method. */
export class StripeWorld {
  readonly world: World;
  /** Hears of each event as it happens. */
  onEvent: ((event: StripeEvent) => void) | undefined;
  /** Where its own pages are. */
  pages = 'https://checkout.stripe.example';
  readonly #now: () => number;

  constructor(world: World = emptyWorld(), now: () => number = Date.now) {
    this.world = world;
    this.#now = now;
  }

  subscription(id: string): Subscription {
    return found(this.world.subscriptions, id);
  }

  subscriptionsOf(customer: string): Subscription[] {
    return this.world.subscriptions.filter((one) => one.customer === customer);
  }

  addCustomer(email: string, metadata: Metadata = {}, livemode = true): Customer {
    const common = { object: 'customer', created: this.seconds(), livemode } as const;
    const customer: Customer = { id: this.newId('cus'), ...common, email, metadata };
    this.world.customers.push(customer);
    return customer;
  }

  /** Somebody deletes a customer: calls that name it are refused from then on. */
  removeCustomer(id: string): void {
    const { customers, subscriptions } = this.world;
    customers.splice(customers.indexOf(found(customers, id)), 1);
    for (const one of subscriptions) if (one.customer === id) one.status = 'canceled';
  }

  /** A subscription comes into being: by a checkout, or by hand in the dashboard. */
  addSubscription(
    customer: string,
    price: string,
    status: Status = 'active',
    metadata: Metadata = {},
  ): Subscription {
    const { livemode } = found(this.world.customers, customer);
    const created = this.seconds();
    const subscription: Subscription = {
      id: this.newId('sub'),
      object: 'subscription',
      created,
      livemode,
      customer,
      metadata,
      items: {
        object: 'list',
        data: [
          {
            id: this.newId('si'),
            object: 'subscription_item',
            quantity: 1,
            price: { id: price, object: 'price' },
            current_period_end: created + month,
          },
        ],
      },
      status,
      cancel_at: null,
      cancel_at_period_end: false,
    };
    this.world.subscriptions.push(subscription);
    this.emit('customer.subscription.created', subscription, livemode);
    if (status === 'active') this.#emitInvoice('paid', subscription);
    return subscription;
  }

  /** Somebody pays on the checkout page. */
  complete(sessionId: string): Subscription {
    const session = found(this.world.sessions, sessionId);
    const isOpen = session.status === 'open' && session.expires_at > this.seconds();
    if (!isOpen) throw new StripeError(400, 'session_not_open');
    const { customer, price, subscription_metadata } = session;
    const subscription = this.addSubscription(customer, price, 'active', subscription_metadata);
    session.status = 'complete';
    session.url = null;
    session.subscription = subscription.id;
    this.emit('checkout.session.completed', session, session.livemode);
    return subscription;
  }

  /** Something befalls a subscription: its status is another, and events tell of it. */
  happen(id: string, status: Status): Subscription {
    const subscription = this.subscription(id);
    if (subscription.status === 'canceled') throw new StripeError(404, 'resource_missing');
    subscription.status = status;
    const isOver = status === 'canceled' || status === 'incomplete_expired';
    if (status === 'past_due') this.#emitInvoice('payment_failed', subscription);
    if (status === 'active') this.#emitInvoice('paid', subscription);
    const type = isOver ? 'customer.subscription.deleted' : 'customer.subscription.updated';
    this.emit(type, subscription, subscription.livemode);
    return subscription;
  }

  changePrice(id: string, price: string): Subscription {
    const subscription = this.subscription(id);
    for (const item of subscription.items.data) item.price = { id: price, object: 'price' };
    this.emit('customer.subscription.updated', subscription, subscription.livemode);
    return subscription;
  }

  emit(type: string, object: unknown, livemode = true): StripeEvent {
    const event: StripeEvent = {
      id: this.newId('evt'),
      object: 'event',
      api_version: '2026-10-28.endive',
      created: this.seconds(),
      livemode,
      type,
      // As it is now: what happens later is not in it.
      data: { object: structuredClone(object) },
    };
    this.world.events.push(event);
    this.onEvent?.(event);
    return event;
  }

  #emitInvoice(what: 'paid' | 'payment_failed', subscription: Subscription): void {
    const { id, customer, livemode } = subscription;
    const parent = { type: 'subscription_details', subscription_details: { subscription: id } };
    const invoice = { id: this.newId('in'), object: 'invoice', customer, livemode, parent };
    this.emit(`invoice.${what}`, invoice, livemode);
  }

  newId(prefix: string): string {
    this.world.sequence += 1;
    return `${prefix}_standin${String(this.world.sequence).padStart(8, '0')}`;
  }

  seconds(): number {
    return Math.floor(this.#now() / 1_000);
  }
}

/** @throws {StripeError} 404, where there is none of this id */
export function found<Thing extends { readonly id: string }>(
  things: readonly Thing[],
  id: string,
): Thing {
  const thing = things.find((one) => one.id === id);
  if (thing === undefined) throw new StripeError(404, 'resource_missing');
  return thing;
}
