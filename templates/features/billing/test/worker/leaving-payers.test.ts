import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { rowsOf } from './arrange.ts';
import {
  accountOf,
  deliverAllOf,
  forgetOthers,
  newBuyer,
  newSubscriber,
  runAt,
  stripe,
} from './stripe.ts';

const hour = 60 * 60 * 1_000;
const day = 24 * hour;

describe('BILL-5 a tenant that goes pays no more', () => {
  const letTimeCome = (tenantId: string) =>
    env.DB.prepare('UPDATE tenants SET deletes_at = ?2 WHERE id = ?1')
      .bind(tenantId, Date.now() - 1_000)
      .run();
  const nameOf = async (tenantId: string) =>
    (await rowsOf('tenants')).find(({ id }) => id === tenantId)?.['name'];

  it('while it waits, nothing is renewed; when its time has come, the subscription ends first', async () => {
    const { tenantId, owner, path, subscription } = await newSubscriber();
    await forgetOthers(tenantId);
    await owner.browser.delete(path);
    await runAt(Date.now());
    expect(subscription).toMatchObject({ status: 'active', cancel_at_period_end: true });
    expect(await accountOf(tenantId)).toMatchObject({ cancels: 1, tier: 'pro' });
    // Stripe knows: it is not asked again each minute.
    stripe.calls.length = 0;
    await runAt(Date.now() + 60_000);
    expect(stripe.calls).toEqual([]);
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    await letTimeCome(tenantId);
    stripe.weather.isDown = true;
    await runAt(Date.now());
    expect(await nameOf(tenantId)).toBe('Acme');
    stripe.weather.isDown = false;
    await runAt(Date.now() + 11 * 60_000);
    expect(subscription.status).toBe('canceled');
    // It was ended here, which is no surprise.
    expect(logged.mock.calls.join()).not.toContain('a subscription was not what we knew');
    expect(await nameOf(tenantId)).toBe('');
    expect((await accountOf(tenantId))['customer_id']).toBeNull();
  });

  it.each([
    ['trialing', 0],
    ['past_due', 0],
    ['past_due', 4],
    ['unpaid', 0],
    ['paused', 0],
  ] as const)(
    '%s for %i days: nothing is renewed, and the purge waits until it is ended',
    async (status, days) => {
      vi.spyOn(console, 'error').mockImplementation(() => {});
      const { tenantId, owner, path, customer, subscription } = await newSubscriber();
      stripe.happen(subscription.id, status);
      await deliverAllOf(customer);
      await forgetOthers(tenantId);
      const runAfter = (wait = 0) => runAt(Date.now() + days * day + wait);
      await runAfter();
      await owner.browser.delete(path);
      await runAfter();
      expect(subscription).toMatchObject({ status, cancel_at_period_end: true });
      await letTimeCome(tenantId);
      stripe.weather.isDown = true;
      await runAfter();
      expect(await nameOf(tenantId)).toBe('Acme');
      stripe.weather.isDown = false;
      await runAfter(11 * 60_000);
      expect(subscription.status).toBe('canceled');
      expect(await nameOf(tenantId)).toBe('');
    },
  );

  it('whose first payment is open pays nothing: the subscription ends at once, and nobody is woken', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { tenantId, owner, path, customer, subscription } = await newSubscriber();
    stripe.happen(subscription.id, 'incomplete');
    await deliverAllOf(customer);
    await forgetOthers(tenantId);
    await owner.browser.delete(path);
    await runAt(Date.now());
    expect(subscription.status).toBe('canceled');
    expect(await accountOf(tenantId)).toMatchObject({ state: 'canceled' });
    expect(logged.mock.calls).toEqual([]);
    expect(await nameOf(tenantId)).toBe('Acme');
    await letTimeCome(tenantId);
    await runAt(Date.now());
    expect(await nameOf(tenantId)).toBe('');
  });

  it('whose time comes within the day is charged until then, and not a day longer', async () => {
    const { tenantId, owner, path, subscription } = await newSubscriber();
    await forgetOthers(tenantId);
    await owner.browser.delete(path);
    const deletesAt = Date.now() + 4 * hour;
    await env.DB.prepare('UPDATE tenants SET deletes_at = ?2 WHERE id = ?1')
      .bind(tenantId, deletesAt)
      .run();
    // The visit to the checkout was asked about by then: nothing else leads back here within the day.
    await runAt(Date.now() + 2 * hour);
    expect(subscription).toMatchObject({ status: 'active', cancel_at_period_end: true });
    await runAt(deletesAt + 60_000);
    expect(subscription.status).toBe('canceled');
  });

  it.each(['canceled', 'incomplete_expired'] as const)(
    'one whose subscription is %s, of which no event told, is seen to have none',
    async (status) => {
      vi.spyOn(console, 'error').mockImplementation(() => {});
      const { tenantId, owner, path, subscription } = await newSubscriber();
      await forgetOthers(tenantId);
      await owner.browser.delete(path);
      stripe.happen(subscription.id, status);
      await runAt(Date.now());
      expect(await accountOf(tenantId)).toMatchObject({ state: 'canceled', tier: 'free' });
    },
  );

  it('one whose customer was deleted at Stripe goes all the same', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const { tenantId, owner, path, customer } = await newSubscriber();
    await forgetOthers(tenantId);
    await owner.browser.delete(path);
    stripe.removeCustomer(customer);
    await letTimeCome(tenantId);
    await runAt(Date.now());
    expect(await nameOf(tenantId)).toBe('');
  });

  it('who thinks again keeps the subscription, which the portal can renew', async () => {
    const { tenantId, owner, path, subscription } = await newSubscriber();
    await forgetOthers(tenantId);
    await owner.browser.delete(path);
    await runAt(Date.now());
    await owner.browser.post(`${path}/deletion/cancel`);
    await runAt(Date.now());
    expect(subscription.status).toBe('active');
    expect((await owner.browser.get(`${path}/billing`)).json).toMatchObject({
      tier: 'pro',
      endsWithPeriod: true,
    });
  });

  it('what is bought while it waits is ended like the rest', async () => {
    const { tenantId, customer, session, owner, path } = await newBuyer();
    await forgetOthers(tenantId);
    await owner.browser.delete(path);
    const subscription = stripe.complete(session.id);
    await deliverAllOf(customer);
    await runAt(Date.now() + 60_000);
    expect(subscription.cancel_at_period_end).toBe(true);
  });
});
