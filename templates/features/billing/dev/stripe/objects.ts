/** What the stand-in remembers, in the shapes of Stripe's API: no more of them than the app reads. */

export type Metadata = Readonly<Record<string, string>>;

export interface Customer {
  readonly id: string;
  readonly object: 'customer';
  readonly created: number;
  readonly livemode: boolean;
  readonly metadata: Metadata;
  email: string;
}

export interface Session {
  readonly id: string;
  readonly object: 'checkout.session';
  readonly created: number;
  readonly livemode: boolean;
  readonly mode: 'subscription';
  readonly customer: string;
  readonly client_reference_id: string | null;
  readonly metadata: Metadata;
  readonly success_url: string;
  readonly cancel_url: string;
  readonly expires_at: number;
  /** Of the stand-in alone: what is bought, and what its subscription is told. */
  readonly price: string;
  readonly quantity: number;
  readonly subscription_metadata: Metadata;
  status: 'open' | 'complete' | 'expired';
  subscription: string | null;
  url: string | null;
}

export type Status =
  | 'trialing'
  | 'active'
  | 'past_due'
  | 'unpaid'
  | 'paused'
  | 'canceled'
  | 'incomplete'
  | 'incomplete_expired';

export interface Item {
  readonly id: string;
  readonly object: 'subscription_item';
  readonly quantity: number;
  price: { readonly id: string; readonly object: 'price' };
  current_period_end: number;
}

export interface Subscription {
  readonly id: string;
  readonly object: 'subscription';
  readonly created: number;
  readonly livemode: boolean;
  readonly customer: string;
  readonly metadata: Metadata;
  readonly items: { readonly object: 'list'; readonly data: readonly Item[] };
  status: Status;
  cancel_at: number | null;
  cancel_at_period_end: boolean;
}

export interface Named {
  readonly id: string;
  readonly object: 'product' | 'price' | 'webhook_endpoint';
  readonly created: number;
  readonly livemode: boolean;
  lookup_key: string | null;
  active: boolean;
}

export interface StripeEvent {
  readonly id: string;
  readonly object: 'event';
  readonly api_version: string;
  readonly created: number;
  readonly livemode: boolean;
  readonly type: string;
  readonly data: { readonly object: unknown };
}

/** An answer under its idempotency key, with what was asked. */
export interface Kept {
  readonly asked: string;
  readonly status: number;
  readonly body: unknown;
}

/** Everything, as plain JSON: the server of development writes it to a file. */
export interface World {
  sequence: number;
  readonly customers: Customer[];
  readonly sessions: Session[];
  readonly subscriptions: Subscription[];
  readonly named: Named[];
  readonly events: StripeEvent[];
  readonly kept: Record<string, Kept>;
}

export const emptyWorld = (): World => ({
  sequence: 0,
  customers: [],
  sessions: [],
  subscriptions: [],
  named: [],
  events: [],
  kept: {},
});
