import { StripeError, type Form } from './form.ts';
import type { Customer, Named, Session, Subscription } from './objects.ts';
import { found, type StripeWorld } from './world.ts';

/** What a call carries. */
export interface Call {
  readonly form: Form;
  readonly query: URLSearchParams;
  readonly isLive: boolean;
  /** What the path names. */
  readonly id: string;
}

/** What is answered, and what of an address is heeded. It throws a StripeError where it refuses. */
export type Endpoint = readonly [
  request: string,
  answer: (call: Call) => unknown,
  heeded?: readonly string[],
];

/** The calls that the app and its scripts make, each as method and path. */
export function endpointsOf(stripe: StripeWorld): readonly Endpoint[] {
  return [
    ['POST /v1/customers', (call) => createCustomer(stripe, call)],
    ['GET /v1/customers/:id', ({ id }) => existing(stripe, id)],
    ['POST /v1/customers/:id', (call) => updateCustomer(stripe, call)],
    [
      'GET /v1/subscriptions',
      ({ query }) => listSubscriptions(stripe, query),
      ['customer', 'price', 'status', 'limit'],
    ],
    ['GET /v1/subscriptions/:id', ({ id }) => stripe.subscription(id)],
    ['POST /v1/subscriptions/:id', ({ id, form }) => updateSubscription(stripe, id, form)],
    ['DELETE /v1/subscriptions/:id', ({ id }) => stripe.happen(id, 'canceled')],
    [
      'GET /v1/checkout/sessions',
      ({ query }) => listSessions(stripe, query),
      ['customer', 'status', 'limit'],
    ],
    ['POST /v1/checkout/sessions', (call) => createSession(stripe, call)],
    ['POST /v1/checkout/sessions/:id/expire', ({ id }) => expireSession(stripe, id)],
    ['POST /v1/billing_portal/sessions', ({ form }) => createPortal(stripe, form)],
    ['GET /v1/events', ({ query }) => listOf(stripe.world.events, query), ['limit']],
    ['GET /v1/prices', ({ query }) => listPrices(stripe, query), ['lookup_keys[0]', 'active']],
    ['POST /v1/products', (call) => createNamed(stripe, 'product', call)],
    ['GET /v1/products/:id', ({ id }) => found(stripe.world.named, id)],
    ['POST /v1/prices', (call) => createNamed(stripe, 'price', call)],
  ];
}

function createCustomer(stripe: StripeWorld, { form, isLive }: Call): Customer {
  form.check({ required: ['email'], allowed: ['metadata[tenant_id]'] });
  return stripe.addCustomer(form.get('email'), form.metadata('metadata'), isLive);
}

/** A customer whom the path names. Of one who was deleted Stripe says that much; here there is none. */
function existing(stripe: StripeWorld, id: string): Customer {
  const customer = stripe.world.customers.find((one) => one.id === id);
  if (customer === undefined) throw new StripeError(404, 'resource_missing', 'id');
  return customer;
}

function updateCustomer(stripe: StripeWorld, { id, form }: Call): Customer {
  form.check({ required: ['email'], allowed: [] });
  const customer = existing(stripe, id);
  customer.email = form.get('email');
  return customer;
}

function listSubscriptions(stripe: StripeWorld, query: URLSearchParams) {
  const price = query.get('price');
  const all =
    price === null
      ? stripe.subscriptionsOf(customerNamed(stripe, query.get('customer')))
      : stripe.world.subscriptions.filter(({ items }) => items.data[0]?.price.id === price);
  const wanted = query.get('status');
  if (wanted === 'all') return listOf(all, query);
  return listOf(
    all.filter(({ status }) => (wanted === null ? status !== 'canceled' : status === wanted)),
    query,
  );
}

function updateSubscription(stripe: StripeWorld, id: string, form: Form): Subscription {
  form.check({ required: ['cancel_at_period_end'], allowed: [] });
  const subscription = stripe.subscription(id);
  if (['canceled', 'incomplete_expired'].includes(subscription.status)) {
    throw new StripeError(400, 'invalid_canceled_subscription_fields');
  }
  if (subscription.status === 'incomplete') {
    throw new StripeError(400, 'parameter_invalid', 'cancel_at_period_end');
  }
  subscription.cancel_at_period_end = form.get('cancel_at_period_end') === 'true';
  stripe.emit('customer.subscription.updated', subscription, subscription.livemode);
  return subscription;
}

function listSessions(stripe: StripeWorld, query: URLSearchParams) {
  const id = customerNamed(stripe, query.get('customer'));
  for (const session of stripe.world.sessions) {
    if (session.status === 'open' && session.expires_at <= stripe.seconds()) {
      session.status = 'expired';
      session.url = null;
    }
  }
  const status = query.get('status');
  return listOf(
    stripe.world.sessions.filter(
      (session) => session.customer === id && (status === null || session.status === status),
    ),
    query,
  );
}

function createSession(stripe: StripeWorld, { form, isLive }: Call): Session {
  form.check({
    required: [
      'mode',
      'customer',
      'line_items[0][price]',
      'line_items[0][quantity]',
      'success_url',
      'cancel_url',
    ],
    allowed: [
      'client_reference_id',
      'expires_at',
      'metadata[tenant_id]',
      'metadata[plan]',
      'subscription_data[metadata][tenant_id]',
      'subscription_data[metadata][plan]',
    ],
  });
  if (form.get('mode') !== 'subscription') throw new StripeError(400, 'parameter_invalid');
  const created = stripe.seconds();
  const expiresAt = Number(form.get('expires_at') || created + 24 * 60 * 60);
  if (expiresAt < created + 30 * 60 || expiresAt > created + 24 * 60 * 60) {
    throw new StripeError(400, 'parameter_invalid');
  }
  const id = stripe.newId('cs');
  const session: Session = {
    id,
    object: 'checkout.session',
    created,
    livemode: isLive,
    mode: 'subscription',
    customer: customerNamed(stripe, form.get('customer')),
    client_reference_id: form.get('client_reference_id') || null,
    metadata: form.metadata('metadata'),
    success_url: form.get('success_url'),
    cancel_url: form.get('cancel_url'),
    expires_at: expiresAt,
    price: form.get('line_items[0][price]'),
    quantity: Number(form.get('line_items[0][quantity]')),
    subscription_metadata: form.metadata('subscription_data[metadata]'),
    status: 'open',
    subscription: null,
    url: `${stripe.pages}/checkout/${id}`,
  };
  stripe.world.sessions.push(session);
  return session;
}

function expireSession(stripe: StripeWorld, id: string): Session {
  const session = found(stripe.world.sessions, id);
  if (session.status !== 'open') throw new StripeError(400, 'session_not_open');
  session.status = 'expired';
  session.url = null;
  return session;
}

/** The id of a customer that a call names: where there is none, that field is wrong. */
function customerNamed(stripe: StripeWorld, id: string | null): string {
  if (id !== null && stripe.world.customers.some((one) => one.id === id)) return id;
  throw new StripeError(400, 'resource_missing', 'customer');
}

function createPortal(stripe: StripeWorld, form: Form) {
  form.check({ required: ['customer', 'return_url'], allowed: [] });
  const id = customerNamed(stripe, form.get('customer'));
  const back = encodeURIComponent(form.get('return_url'));
  return {
    id: stripe.newId('bps'),
    object: 'billing_portal.session',
    url: `${stripe.pages}/portal/${id}?back=${back}`,
  };
}

function listPrices(stripe: StripeWorld, query: URLSearchParams) {
  const keys = query.getAll('lookup_keys[0]');
  const wanted = query.get('active');
  const prices = stripe.world.named.filter(
    ({ object, active }) => object === 'price' && (wanted === null || wanted === String(active)),
  );
  return listOf(
    prices.filter(({ lookup_key }) => keys.includes(lookup_key ?? '')),
    query,
  );
}

function createNamed(
  stripe: StripeWorld,
  object: 'product' | 'price',
  { form, isLive }: Call,
): Named {
  const isPrice = object === 'price';
  form.check({
    required: isPrice ? ['product', 'currency', 'unit_amount', 'lookup_key'] : ['name'],
    allowed: isPrice ? ['recurring[interval]', 'transfer_lookup_key'] : ['id'],
  });
  const before = stripe.world.named.find((one) => one.lookup_key === form.get('lookup_key'));
  if (before !== undefined && form.get('transfer_lookup_key') !== 'true') {
    throw new StripeError(400, 'resource_already_exists', 'lookup_key');
  }
  if (before !== undefined) before.lookup_key = null;
  const named: Named = {
    id: form.get('id') || stripe.newId(isPrice ? 'price' : 'prod'),
    object,
    created: stripe.seconds(),
    livemode: isLive,
    lookup_key: form.get('lookup_key') || null,
    active: true,
  };
  if (stripe.world.named.some(({ id }) => id === named.id)) {
    throw new StripeError(400, 'resource_already_exists');
  }
  stripe.world.named.push(named);
  return named;
}

/** The newest first, and no more than was asked for: ten, where nothing was said. */
function listOf(oldestFirst: readonly unknown[], query: URLSearchParams) {
  const limit = Number(query.get('limit') ?? 10);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw new StripeError(400, 'parameter_invalid_integer', 'limit');
  }
  const data = oldestFirst.toReversed().slice(0, limit);
  return { object: 'list', data, has_more: data.length < oldestFirst.length };
}
