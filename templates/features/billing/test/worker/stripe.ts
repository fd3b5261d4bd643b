import { createScheduledController } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { vi } from 'vitest';
import type { StripeEvent } from '../../dev/stripe/objects.ts';
import { webhookOf } from '../../dev/stripe/courier.ts';
import { StripeStandIn } from '../../dev/stripe/stand-in.ts';
import worker from '../../src/index.ts';
import { Browser, origin, type Answer } from './browser.ts';
import { post } from './post.ts';
import { newTeam } from './team.ts';

/** The stand-in that every test of the run shares, as they share storage. */
export const stripe = new StripeStandIn();

/** Puts it where the internet was. */
export function connectStripe(): void {
  Object.assign(stripe.weather, { failures: 0, lostAnswers: 0, isDown: false });
  stripe.calls.length = 0;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    if (new URL(request.url).hostname === 'api.stripe.com') return stripe.answer(request);
    return new Response(`no test expects ${request.url}`, { status: 599 });
  });
}

/** Sends an event as Stripe does. A browser with doubles in its bindings may take its place. */
export async function deliver(event: StripeEvent, to = new Browser()): Promise<Answer> {
  const address = `${origin}/webhooks/stripe`;
  const request = await webhookOf(event, env.STRIPE_WEBHOOK_SECRET, address);
  // As Browser does it: hundreds of deliveries in a minute are no flood of one client.
  request.headers.set('CF-Connecting-IP', to.address);
  return to.fetch(request);
}

/** Sends every event that tells of one customer, in their order. */
export async function deliverAllOf(customer: string): Promise<number[]> {
  const statuses: number[] = [];
  for (const event of eventsOf(customer)) statuses.push((await deliver(event)).status);
  return statuses;
}

export const eventsOf = (customer: string) =>
  stripe.world.events.filter(({ data }) => JSON.stringify(data).includes(`"${customer}"`));

/** A team at the checkout: what its row in D1 says, and the session that is open. */
export async function newBuyer(plan: 'pro' | 'business' = 'pro') {
  const team = await newTeam();
  const { status } = await team.owner.browser.post(`${team.path}/billing/checkout`, { plan });
  if (status !== 200) throw new Error(`the checkout answered ${status}`);
  const session = stripe.world.sessions.findLast(
    ({ metadata }) => metadata['tenant_id'] === team.tenantId,
  );
  if (session === undefined) throw new Error('there is no session');
  return { ...team, customer: session.customer, session };
}

/** A team that has paid, and of which the app has heard. */
export async function newSubscriber(plan: 'pro' | 'business' = 'pro') {
  const buyer = await newBuyer(plan);
  const subscription = stripe.complete(buyer.session.id);
  await deliverAllOf(buyer.customer);
  return { ...buyer, subscription };
}

/** A tenant's account with Stripe, and its tier, as they are in D1. */
export async function accountOf(tenantId: string): Promise<Record<string, unknown>> {
  const row = await env.DB.prepare(
    `SELECT billing_accounts.*, tenants.tier FROM tenants
     LEFT JOIN billing_accounts ON billing_accounts.tenant_id = tenants.id
     WHERE tenants.id = ?1`,
  )
    .bind(tenantId)
    .first();
  return row ?? {};
}

/** What the clock does every minute, as it would at another time. */
export async function runAt(time: number, changes: Partial<typeof env> = {}): Promise<void> {
  const controller = createScheduledController({ cron: '* * * * *', scheduledTime: time });
  vi.useFakeTimers({ toFake: ['Date'], now: time });
  await worker.scheduled(controller, { ...env, EMAIL: post, ...changes });
  vi.useRealTimers();
}

/** A line of the log that says this of that tenant: whoever reads it must know whose it is. */
export const lineOf = (event: string, tenantId: string) =>
  new RegExp(`"event":"${event}".*"tenantId":"${tenantId}"`);

/** Whatever other tests left to be done is of no concern here. */
export const forgetOthers = (tenantId: string) =>
  env.DB.prepare('UPDATE billing_accounts SET sync_due_at = NULL WHERE tenant_id <> ?1')
    .bind(tenantId)
    .run();
