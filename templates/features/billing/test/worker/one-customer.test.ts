import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { post } from './post.ts';
import { deliver, eventsOf, newBuyer, newSubscriber, stripe } from './stripe.ts';
import { everythingOf } from './tenant-routes.ts';

/** Three tenants of the highest tier, in the order of their ids. */
async function threeSubscribers() {
  const [one, two, three] = [
    await newSubscriber('business'),
    await newSubscriber('business'),
    await newSubscriber('business'),
  ];
  const teams: [typeof one, typeof two, typeof three] = [one, two, three];
  return teams.sort((a, b) => (a.tenantId < b.tenantId ? -1 : 1));
}

describe('TEST-2 what Stripe says of one tenant reaches no other', () => {
  it('a customer is that of one tenant: D1 refuses to note it at a second', async () => {
    const [{ customer }, { tenantId }] = [await newBuyer(), await newBuyer()];
    const taking = env.DB.prepare(
      'UPDATE billing_accounts SET customer_id = ?1 WHERE tenant_id = ?2',
    )
      .bind(customer, tenantId)
      .run();
    await expect(taking).rejects.toThrow('UNIQUE');
  });

  it.each([
    ['past_due', 1],
    ['canceled', 0],
  ] as const)('a subscription that is %s', async (status, mails) => {
    // It is of the one between the others, where a comparison that is too wide meets one of them.
    const [before, { customer, owner, subscription }, after] = await threeSubscribers();
    const others = () => Promise.all([before, after].map(({ tenantId }) => everythingOf(tenantId)));
    const mailed = () =>
      [before.owner, owner, after.owner].map(({ email }) => post.to(email).length);
    const were = await others();
    const told = mailed();
    stripe.happen(subscription.id, status);
    const event = eventsOf(customer).at(-1);
    if (event === undefined) throw new Error('Stripe says nothing');
    expect((await deliver(event)).json).toEqual({ outcome: 'changed' });
    expect(await others()).toEqual(were);
    expect(mailed().map((count, index) => count - (told[index] ?? 0))).toEqual([0, mails, 0]);
  });
});
