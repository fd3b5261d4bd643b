import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { signatureOf } from '../../dev/stripe/courier.ts';
import { rowsOf } from './arrange.ts';
import { Browser, origin } from './browser.ts';
import { accountOf, deliver, deliverAllOf, eventsOf, newBuyer, stripe } from './stripe.ts';

const close = (name: string) =>
  env.DB.prepare(`INSERT INTO feature_flags (name, state, changed_at) VALUES (?1, 'closed', 0)`)
    .bind(name)
    .run();
const openAll = () => env.DB.prepare('DELETE FROM feature_flags').run();

beforeEach(openAll);

describe('DEP-2 events of Stripe can be held back, and none is lost', () => {
  it('while closed: 503, nothing recorded or applied; once open, what is sent again is applied once', async () => {
    const { tenantId, customer, session } = await newBuyer();
    stripe.complete(session.id);
    const before = [await accountOf(tenantId), await rowsOf('stripe_events')];
    await close('webhooks');
    stripe.calls.length = 0;
    expect(new Set(await deliverAllOf(customer))).toEqual(new Set([503]));
    expect([await accountOf(tenantId), await rowsOf('stripe_events')]).toEqual(before);
    expect(stripe.calls).toEqual([]);
    await openAll();
    expect(new Set(await deliverAllOf(customer))).toEqual(new Set([200]));
    expect(await accountOf(tenantId)).toMatchObject({ tier: 'pro', state: 'active' });
    const recorded = (await rowsOf('stripe_events')).filter((row) =>
      eventsOf(customer).some(({ id }) => id === row['id']),
    );
    expect(recorded).toHaveLength(eventsOf(customer).length);
  });

  it('who forges one is refused as before, and learns of no flag', async () => {
    await close('webhooks');
    const body = JSON.stringify(stripe.emit('invoice.paid', {}));
    const signature = await signatureOf(body, 'whsec_of_another', Math.floor(Date.now() / 1_000));
    const sent = { method: 'POST', headers: { 'Stripe-Signature': signature }, body };
    const answer = await new Browser().fetch(new Request(`${origin}/webhooks/stripe`, sent));
    expect(answer.status).toBe(400);
  });
});

describe('DEP-2 buying can be closed, and what was bought goes on', () => {
  it('no checkout and no portal, and nothing is asked of Stripe; events are applied all the same', async () => {
    const { owner, path, tenantId, customer, session } = await newBuyer();
    await close('checkout');
    stripe.calls.length = 0;
    for (const [what, body] of [['checkout', { plan: 'pro' }], ['portal']] as const) {
      const answer = await owner.browser.post(`${path}/billing/${what}`, body);
      expect([what, answer.status]).toEqual([what, 503]);
    }
    expect(stripe.calls).toEqual([]);
    stripe.complete(session.id);
    await deliverAllOf(customer);
    expect(await accountOf(tenantId)).toMatchObject({ tier: 'pro', state: 'active' });
    expect((await deliver(stripe.emit('invoice.paid', { customer }))).status).toBe(200);
  });
});
