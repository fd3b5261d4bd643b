import {
  emptyWorld,
  type Customer,
  type Metadata,
  type Named,
  type Session,
  type Status,
  type StripeEvent,
  type Subscription,
  type World,
} from './objects.ts';
import { standInBindings } from './bindings.ts';
import { Form, StripeError } from './form.ts';
import { checkoutPage, portalPage } from './pages.ts';

/** What is made to go wrong. */
export interface Weather {
  /** So many of the next calls are answered 500, and the answer is kept under the call's key. */
  failures: number;
  /** So many of the next calls are done, and their answer never arrives. */
  lostAnswers: number;
  /** Nobody is there. */
  isDown: boolean;
}

interface Call {
  readonly form: Form;
  readonly query: URLSearchParams;
  readonly isLive: boolean;
  /** What the path names. */
  readonly id: string;
}

type Endpoint = readonly [request: string, answer: (call: Call) => unknown];

const month = 30 * 24 * 60 * 60;

/**
 * Stands in for Stripe, where there is none: the calls that the app makes, with their checks and with
 * idempotency keys as Stripe keeps them, and its pages. It runs in Node, behind dev/stripe/serve.ts,
 * and in the tests. What happens at Stripe by itself (a payment fails) is a method.
 */
export class StripeStandIn {
  readonly world: World;
  readonly weather: Weather = { failures: 0, lostAnswers: 0, isDown: false };
  /** Each call, as `POST /v1/customers`. */
  readonly calls: string[] = [];
  /** Hears of each event as it happens. */
  onEvent: ((event: StripeEvent) => void) | undefined;
  /** Where its own pages are. */
  pages = 'https://checkout.stripe.example';
  readonly #now: () => number;

  constructor(world: World = emptyWorld(), now: () => number = Date.now) {
    this.world = world;
    this.#now = now;
  }

  /** Answers a request to Stripe's API or pages. It throws where a connection would break. */
  async answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const form = new Form(new TextDecoder().decode(await request.arrayBuffer()));
    if (!url.pathname.startsWith('/v1/')) return this.#page(request.method, url.pathname, form);
    this.calls.push(`${request.method} ${url.pathname}`);
    if (this.weather.isDown) throw new TypeError('nobody is there');
    const answer = this.#call(request, url, form);
    if (this.weather.lostAnswers > 0) {
      this.weather.lostAnswers -= 1;
      throw new TypeError('the connection broke');
    }
    return Response.json(answer.body, { status: answer.status });
  }

  /** Keys are kept with what they answered, failures too: the same again, or a refusal. */
  #call(request: Request, url: URL, form: Form): { status: number; body: unknown } {
    const key = request.headers.get('Idempotency-Key');
    const asked = `${request.method} ${url.pathname} ${form.toString()}`;
    const kept = key === null ? undefined : this.world.kept[key];
    if (kept !== undefined && request.method === 'POST') {
      return kept.asked === asked ? kept : new StripeError(400, 'idempotency_error').answer();
    }
    const answer = this.#run(request, url, form);
    if (key !== null && request.method === 'POST') this.world.kept[key] = { asked, ...answer };
    return answer;
  }

  #run(request: Request, url: URL, form: Form): { status: number; body: unknown } {
    try {
      if (this.weather.failures > 0) {
        this.weather.failures -= 1;
        throw new StripeError(500, 'api_error');
      }
      const [, key = ''] = /^Bearer ((?:sk|rk)_(?:test|live)_\w+)$/.exec(
        request.headers.get('Authorization') ?? '',
      ) ?? [''];
      if (key === '') throw new StripeError(401, 'api_key_invalid');
      for (const [pattern, answer] of this.#endpoints()) {
        const [method = '', path = ''] = pattern.split(' ');
        const [matched, id = ''] =
          url.pathname.match(new RegExp(`^${path.replace(':id', '(\\w+)')}$`)) ?? [];
        if (method !== request.method || matched === undefined) continue;
        const isLive = key.includes('_live_');
        return { status: 200, body: answer({ form, query: url.searchParams, isLive, id }) };
      }
      throw new StripeError(404, 'resource_missing');
    } catch (thrown) {
      if (thrown instanceof StripeError) return thrown.answer();
      throw thrown;
    }
  }

  #endpoints(): readonly Endpoint[] {
    return [
      ['POST /v1/customers', (call) => this.#createCustomer(call)],
      ['GET /v1/subscriptions', ({ query }) => this.#listSubscriptions(query)],
      ['GET /v1/subscriptions/:id', ({ id }) => this.subscription(id)],
      ['POST /v1/subscriptions/:id', ({ id, form }) => this.#updateSubscription(id, form)],
      ['DELETE /v1/subscriptions/:id', ({ id }) => this.happen(id, 'canceled')],
      ['GET /v1/checkout/sessions', ({ query }) => this.#listSessions(query)],
      ['POST /v1/checkout/sessions', (call) => this.#createSession(call)],
      ['POST /v1/checkout/sessions/:id/expire', ({ id }) => this.#expireSession(id)],
      ['POST /v1/billing_portal/sessions', ({ form }) => this.#createPortal(form)],
      ['GET /v1/events', () => listOf(this.world.events.toReversed().slice(0, 100))],
      ['GET /v1/prices', ({ query }) => this.#listPrices(query)],
      ['POST /v1/products', (call) => this.#createNamed('product', call)],
      ['GET /v1/products/:id', ({ id }) => found(this.world.named, id)],
      ['POST /v1/prices', (call) => this.#createNamed('price', call)],
    ];
  }

  subscription(id: string): Subscription {
    return found(this.world.subscriptions, id);
  }

  subscriptionsOf(customer: string): Subscription[] {
    return this.world.subscriptions.filter((one) => one.customer === customer);
  }

  addCustomer(email: string, metadata: Metadata = {}, livemode = true): Customer {
    const common = { object: 'customer', created: this.#seconds(), livemode } as const;
    const customer: Customer = { id: this.#id('cus'), ...common, email, metadata };
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
    const created = this.#seconds();
    const subscription: Subscription = {
      id: this.#id('sub'),
      object: 'subscription',
      created,
      livemode,
      customer,
      metadata,
      items: {
        object: 'list',
        data: [
          {
            id: this.#id('si'),
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
    if (session.status !== 'open') throw new StripeError(400, 'session_not_open');
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
      id: this.#id('evt'),
      object: 'event',
      api_version: '2026-10-28.endive',
      created: this.#seconds(),
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
    const invoice = { id: this.#id('in'), object: 'invoice', customer, livemode, parent };
    this.emit(`invoice.${what}`, invoice, livemode);
  }

  #createCustomer({ form, isLive }: Call): Customer {
    form.check({ required: ['email'], allowed: ['metadata[tenant_id]'] });
    return this.addCustomer(form.get('email'), form.metadata('metadata'), isLive);
  }

  #listSubscriptions(query: URLSearchParams) {
    const price = query.get('price');
    const all =
      price === null
        ? this.subscriptionsOf(this.#customer(query.get('customer'))).toReversed()
        : this.world.subscriptions.filter(({ items }) => items.data[0]?.price.id === price);
    const isAll = query.get('status') === 'all';
    return listOf(isAll ? all : all.filter(({ status }) => status !== 'canceled'));
  }

  #updateSubscription(id: string, form: Form): Subscription {
    form.check({ required: ['cancel_at_period_end'], allowed: [] });
    const subscription = this.subscription(id);
    if (subscription.status === 'canceled') throw new StripeError(404, 'resource_missing');
    subscription.cancel_at_period_end = form.get('cancel_at_period_end') === 'true';
    this.emit('customer.subscription.updated', subscription, subscription.livemode);
    return subscription;
  }

  #listSessions(query: URLSearchParams) {
    const id = this.#customer(query.get('customer'));
    for (const session of this.world.sessions) {
      if (session.status === 'open' && session.expires_at <= this.#seconds()) {
        session.status = 'expired';
        session.url = null;
      }
    }
    const status = query.get('status');
    return listOf(
      this.world.sessions.filter(
        (session) => session.customer === id && (status === null || session.status === status),
      ),
    );
  }

  #createSession({ form, isLive }: Call): Session {
    form.check({
      required: ['mode', 'customer', 'line_items[0][price]', 'success_url', 'cancel_url'],
      allowed: [
        'line_items[0][quantity]',
        'client_reference_id',
        'expires_at',
        'metadata[tenant_id]',
        'metadata[plan]',
        'subscription_data[metadata][tenant_id]',
        'subscription_data[metadata][plan]',
      ],
    });
    if (form.get('mode') !== 'subscription') throw new StripeError(400, 'parameter_invalid');
    const created = this.#seconds();
    const expiresAt = Number(form.get('expires_at') || created + 24 * 60 * 60);
    if (expiresAt < created + 30 * 60 || expiresAt > created + 24 * 60 * 60) {
      throw new StripeError(400, 'parameter_invalid');
    }
    const id = this.#id('cs');
    const session: Session = {
      id,
      object: 'checkout.session',
      created,
      livemode: isLive,
      mode: 'subscription',
      customer: this.#customer(form.get('customer')),
      client_reference_id: form.get('client_reference_id') || null,
      metadata: form.metadata('metadata'),
      success_url: form.get('success_url'),
      cancel_url: form.get('cancel_url'),
      expires_at: expiresAt,
      price: form.get('line_items[0][price]'),
      subscription_metadata: form.metadata('subscription_data[metadata]'),
      status: 'open',
      subscription: null,
      url: `${this.pages}/checkout/${id}`,
    };
    this.world.sessions.push(session);
    return session;
  }

  #expireSession(id: string): Session {
    const session = found(this.world.sessions, id);
    if (session.status !== 'open') throw new StripeError(400, 'session_not_open');
    session.status = 'expired';
    session.url = null;
    return session;
  }

  /** The id of a customer that a call names: where there is none, that field is wrong. */
  #customer(id: string | null): string {
    if (id !== null && this.world.customers.some((one) => one.id === id)) return id;
    throw new StripeError(400, 'resource_missing', 'customer');
  }

  #createPortal(form: Form) {
    form.check({ required: ['customer', 'return_url'], allowed: [] });
    const id = this.#customer(form.get('customer'));
    const back = encodeURIComponent(form.get('return_url'));
    return {
      id: this.#id('bps'),
      object: 'billing_portal.session',
      url: `${this.pages}/portal/${id}?back=${back}`,
    };
  }

  #listPrices(query: URLSearchParams) {
    const keys = query.getAll('lookup_keys[0]');
    const wanted = query.get('active');
    const prices = this.world.named.filter(
      ({ object, active }) => object === 'price' && (wanted === null || wanted === String(active)),
    );
    return listOf(prices.filter(({ lookup_key }) => keys.includes(lookup_key ?? '')));
  }

  #createNamed(object: 'product' | 'price', { form, isLive }: Call): Named {
    const isPrice = object === 'price';
    form.check({
      required: isPrice ? ['product', 'currency', 'unit_amount', 'lookup_key'] : ['name'],
      allowed: isPrice ? ['recurring[interval]', 'transfer_lookup_key'] : ['id'],
    });
    const before = this.world.named.find((one) => one.lookup_key === form.get('lookup_key'));
    if (before !== undefined && form.get('transfer_lookup_key') !== 'true') {
      throw new StripeError(400, 'resource_already_exists', 'lookup_key');
    }
    if (before !== undefined) before.lookup_key = null;
    const named: Named = {
      id: form.get('id') || this.#id(isPrice ? 'price' : 'prod'),
      object,
      created: this.#seconds(),
      livemode: isLive,
      lookup_key: form.get('lookup_key') || null,
      active: true,
    };
    if (this.world.named.some(({ id }) => id === named.id)) {
      throw new StripeError(400, 'resource_already_exists');
    }
    this.world.named.push(named);
    return named;
  }

  /** What a person sees and clicks. */
  #page(method: string, path: string, form: Form): Response {
    const [, kind, id = '', deed] = /^\/(checkout|portal)\/(\w+)(?:\/(\w+))?$/.exec(path) ?? [];
    try {
      if (kind === 'checkout') {
        const session = found(this.world.sessions, id);
        if (method !== 'POST' || deed === undefined) return html(checkoutPage(session));
        if (deed === 'pay') this.complete(id);
        return Response.redirect(deed === 'pay' ? session.success_url : session.cancel_url, 303);
      }
      if (kind === 'portal') {
        const { id: customer } = found(this.world.customers, id);
        if (method === 'POST') this.#click(form);
        return html(portalPage(customer, this.subscriptionsOf(customer)));
      }
      return new Response('Not found', { status: 404 });
    } catch (thrown) {
      if (!(thrown instanceof StripeError)) throw thrown;
      return new Response(thrown.code, { status: thrown.status });
    }
  }

  #click(form: Form): void {
    const id = form.get('subscription');
    const deeds: Readonly<Record<string, () => unknown>> = {
      pay: () => this.happen(id, 'active'),
      'fail a payment': () => this.happen(id, 'past_due'),
      'give up': () => this.happen(id, 'unpaid'),
      cancel: () => this.happen(id, 'canceled'),
      'move to pro': () => this.changePrice(id, standInBindings.STRIPE_PRICE_PRO),
      'move to business': () => this.changePrice(id, standInBindings.STRIPE_PRICE_BUSINESS),
    };
    deeds[form.get('deed')]?.();
  }

  #id(prefix: string): string {
    this.world.sequence += 1;
    return `${prefix}_standin${String(this.world.sequence).padStart(8, '0')}`;
  }

  #seconds(): number {
    return Math.floor(this.#now() / 1_000);
  }
}

function found<Thing extends { readonly id: string }>(things: readonly Thing[], id: string): Thing {
  const thing = things.find((one) => one.id === id);
  if (thing === undefined) throw new StripeError(404, 'resource_missing');
  return thing;
}

function listOf(data: readonly unknown[]) {
  return { object: 'list', data, has_more: false };
}

function html(text: string): Response {
  return new Response(text, { headers: { 'Content-Type': 'text/html; charset=utf-8' } });
}
