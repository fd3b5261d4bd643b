import { env } from 'cloudflare:workers';
import Stripe from 'stripe';
import { describe, expect, it, vi } from 'vitest';
import { signatureOf } from '../../dev/stripe/courier.ts';
import { VerifiedEvent } from '../../src/billing/verified-event.ts';
import { faults } from '../../src/ops/faults.ts';
import { rowsOf } from './arrange.ts';
import { Browser, origin } from './browser.ts';
import { bindingsOf } from './environments.ts';
import { accountOf, deliver, newBuyer, newSubscriber, stripe } from './stripe.ts';

// @ts-expect-error -- its constructor is private: nothing becomes an event but by being verified
export type Forged = ConstructorParameters<typeof VerifiedEvent>;

const secret = env.STRIPE_WEBHOOK_SECRET;
const address = `${origin}/webhooks/stripe`;
const seconds = () => Math.floor(Date.now() / 1_000);

/** An event that would change a tenant, were it believed. */
async function newNews() {
  const buyer = await newBuyer();
  stripe.complete(buyer.session.id);
  const event = stripe.emit('customer.subscription.updated', { customer: buyer.customer });
  return { ...buyer, event, body: JSON.stringify(event) };
}

interface Sent {
  readonly body: BodyInit;
  readonly signature: string;
}

async function send({ body, signature }: Sent, headers = {}, browser = new Browser()) {
  const sent = { 'Content-Type': 'application/json', 'Stripe-Signature': signature, ...headers };
  return browser.fetch(new Request(address, { method: 'POST', headers: sent, body }));
}

const everything = async () => ({
  accounts: await rowsOf('billing_accounts'),
  tenants: await rowsOf('tenants'),
  events: await rowsOf('stripe_events'),
  audit: await rowsOf('audit_log'),
});

type Forgery = (body: string) => Promise<Sent> | Sent;

const forgeries: readonly (readonly [what: string, forge: Forgery])[] = [
  ['without a signature', (body) => ({ body, signature: '' })],
  ['with a signature of no shape', (body) => ({ body, signature: 'v1=00' })],
  [
    'signed with another secret',
    async (body) => ({ body, signature: await signatureOf(body, 'whsec_of_another', seconds()) }),
  ],
  [
    'signed with an empty secret',
    async (body) => ({ body, signature: await signatureOf(body, ' ', seconds()) }),
  ],
  [
    'with one byte more than was signed',
    async (body) => ({ body: `${body} `, signature: await signatureOf(body, secret, seconds()) }),
  ],
  [
    'with a byte order mark before what was signed',
    async (body) => ({
      body: `\ufeff${body}`,
      signature: await signatureOf(body, secret, seconds()),
    }),
  ],
  [
    'with another time than was signed',
    async (body) => {
      const signature = await signatureOf(body, secret, seconds() - 4_000);
      return { body, signature: signature.replace(/t=\d+/, `t=${seconds()}`) };
    },
  ],
  [
    'signed five minutes ago',
    async (body) => ({ body, signature: await signatureOf(body, secret, seconds() - 302) }),
  ],
  [
    'signed two minutes from now',
    async (body) => ({ body, signature: await signatureOf(body, secret, seconds() + 120) }),
  ],
  [
    'signed for a time to come, with the time of today in front',
    async (body) => {
      const signature = await signatureOf(body, secret, seconds() + 9_000);
      return { body, signature: `t=${seconds()},${signature}` };
    },
  ],
  [
    'with the signature under another scheme',
    async (body) => {
      const signature = await signatureOf(body, secret, seconds());
      return { body, signature: signature.replace('v1=', 'v0=') };
    },
  ],
  [
    'that is no JSON, without a signature',
    () => ({ body: '{', signature: `t=${seconds()},v1=00` }),
  ],
];

describe('SEC-4 a webhook is authenticated, each time', () => {
  it.each(forgeries)('%s: 400, and nothing is written or asked', async (_what, forge) => {
    const { body } = await newNews();
    const before = await everything();
    stripe.calls.length = 0;
    const answer = await send(await forge(body));
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_input']);
    expect(await everything()).toEqual(before);
    expect(stripe.calls).toEqual([]);
  });

  it('a session in place of a signature opens nothing', async () => {
    const { body, owner } = await newNews();
    const before = await everything();
    const headers = { Origin: origin };
    const answer = await send({ body, signature: '' }, headers, owner.browser);
    expect(answer.status).toBe(400);
    expect(await everything()).toEqual(before);
  });

  it('what was verified once is verified again', async () => {
    const { body } = await newNews();
    const signature = await signatureOf(body, secret, seconds());
    expect((await send({ body, signature })).status).toBe(200);
    const answer = await send({ body: body.replace('evt_', 'evt_x'), signature });
    expect(answer.status).toBe(400);
  });
});

describe("BILL-1 Stripe's signature is checked over the raw body", () => {
  it("an event that Stripe's own library signed is taken, whatever its layout", async () => {
    const { event, tenantId } = await newNews();
    const payload = JSON.stringify(event, null, 4).replaceAll('\n', '\r\n');
    const cryptoProvider = Stripe.createSubtleCryptoProvider();
    const signed = { payload, secret, cryptoProvider };
    const signature = await Stripe.webhooks.generateTestHeaderStringAsync(signed);
    expect((await send({ body: payload, signature })).status).toBe(200);
    expect(await accountOf(tenantId)).toMatchObject({ tier: 'pro', state: 'active' });
  });

  it.each([
    ['cross-site, as from a browser', { 'Sec-Fetch-Site': 'cross-site' }],
    ['from another origin', { Origin: 'https://evil.example' }],
    ['of another media type', { 'Content-Type': 'text/plain' }],
  ])('neither origin nor media type matters: %s', async (_what, headers) => {
    const { body } = await newNews();
    const signature = await signatureOf(body, secret, seconds());
    expect((await send({ body, signature }, headers)).status).toBe(200);
  });

  it.each([
    [-299, 200],
    [-302, 400],
    [58, 200],
    [62, 400],
  ])('signed %i seconds from now: %i', async (offset, status) => {
    const { body } = await newNews();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const signature = await signatureOf(body, secret, seconds() + offset);
    expect((await send({ body, signature })).status).toBe(status);
  });

  it.each([
    [
      'a wrong signature beside it',
      (right: string) => right.replace(',', `,v1=${'0'.repeat(64)},`),
    ],
    ['one of another scheme', (right: string) => `${right},v0=${'0'.repeat(64)}`],
  ])('what is signed is taken with %s, as while Stripe rolls a secret', async (_what, add) => {
    const { body } = await newNews();
    const signature = add(await signatureOf(body, secret, seconds()));
    expect((await send({ body, signature })).status).toBe(200);
  });

  it('above 512 KB: 413, without looking', async () => {
    const body = ' '.repeat(512 * 1_024 + 1);
    const signature = await signatureOf(body, secret, seconds());
    expect((await send({ body, signature })).status).toBe(413);
  });

  it('an event far above what other routes take is taken', async () => {
    const { customer } = await newBuyer();
    const event = stripe.emit('invoice.paid', { customer, filling: 'x'.repeat(400_000) });
    expect((await deliver(event)).status).toBe(200);
  });

  it('while the secret is rotated, the one before is good as well, and no third', async () => {
    const browser = new Browser();
    browser.env = { ...browser.env, STRIPE_WEBHOOK_SECRET_PREVIOUS: 'whsec_of_the_time_before' };
    const { body } = await newNews();
    const sign = async (by: string) => ({
      body,
      signature: await signatureOf(body, by, seconds()),
    });
    expect((await send(await sign('whsec_of_the_time_before'))).status).toBe(400);
    expect((await send(await sign('whsec_of_the_time_before'), {}, browser)).status).toBe(200);
    expect((await send(await sign(secret), {}, browser)).status).toBe(200);
    browser.env = { ...browser.env, STRIPE_WEBHOOK_SECRET_PREVIOUS: '' };
    expect((await send(await sign('whsec_of_the_time_before'), {}, browser)).status).toBe(400);
    expect((await send(await sign('whsec_of_nobody_at_all'), {}, browser)).status).toBe(400);
  });

  it('an event of the other mode is refused and a fault, and nothing is written', async () => {
    const kept = vi.spyOn(faults, 'sink').mockImplementation(() => {});
    const { customer } = await newBuyer();
    const before = await everything();
    const event = stripe.emit('invoice.paid', { customer }, false);
    expect((await deliver(event)).status).toBe(400);
    expect(kept.mock.calls).toEqual([
      [expect.objectContaining({ event: 'an event of the wrong mode', level: 'error' })],
    ]);
    expect(await everything()).toEqual(before);
  });

  it('nor does staging take an event of the live mode', async () => {
    vi.spyOn(faults, 'sink').mockImplementation(() => {});
    const { customer } = await newBuyer();
    const browser = new Browser();
    const { EMAIL } = browser.env;
    browser.env = Object.assign({}, browser.env, bindingsOf('staging'), { EMAIL });
    const statusOf = async (isLive: boolean) =>
      (await deliver(stripe.emit('charge.refunded', { customer }, isLive), browser)).status;
    expect([await statusOf(true), await statusOf(false)]).toEqual([400, 200]);
  });

  it('what an event says is not believed: Stripe is asked', async () => {
    const { tenantId, customer, subscription } = await newSubscriber();
    const said = { ...subscription, customer, status: 'canceled' };
    const event = stripe.emit('customer.subscription.deleted', said);
    expect((await deliver(event)).status).toBe(200);
    expect(await accountOf(tenantId)).toMatchObject({ tier: 'pro', state: 'active' });
  });
});
