import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { formsOn, open, sendForm } from './person.ts';
import { connectStripe, deliver, deliverAllOf, newSubscriber, stripe } from './stripe.ts';
import { newTeam } from './team.ts';

beforeEach(connectStripe);

describe('BILL-4 the page of a plan shows what the app knows, and sells through Stripe alone', () => {
  it('an owner on the free plan is offered the others, and taken to Stripe', async () => {
    const { owner, tenantId } = await newTeam();
    const at = `/tenants/${tenantId}/billing`;
    const page = await open(owner.browser, at);
    expect(page.text).toContain('Free plan');
    expect(formsOn(page).filter(({ action }) => action === `${at}/checkout`)).toHaveLength(2);
    const leaving = await sendForm(owner.browser, `${at}/checkout`, { plan: 'pro' });
    const { url } = stripe.world.sessions.findLast(
      (session) => session.client_reference_id === tenantId,
    ) ?? { url: null };
    expect(leaving.status).toBe(200);
    expect(leaving.text).toContain(`href="${url}"`);
  });

  it('each offer buys the plan that it names, with the room that it has', async () => {
    const { owner, tenantId } = await newTeam();
    const { text } = await open(owner.browser, `/tenants/${tenantId}/billing`);
    const offers = text.matchAll(
      /<p class="muted small">([^<]*)<\/p><\/div><form [^>]*><input [^>]*name="plan" value="(\w+)".*?Choose<span class="unseen"> (\w+)</gs,
    );
    const offered = [...offers].map(([, room, plan, name]) => [plan, name, room]);
    expect(offered).toEqual([
      ['pro', 'Pro', '1,000 projects, 100 members'],
      ['business', 'Business', '10,000 projects, 1,000 members'],
    ]);
    expect(text).toContain('1,000 projects, 100 members');
    expect(text).toContain('10,000 projects, 1,000 members');
  });

  it('coming back with a claim in the address changes nothing', async () => {
    const { owner, tenantId } = await newTeam();
    const page = await open(
      owner.browser,
      `/tenants/${tenantId}/billing?success=true&plan=pro&session_id=cs_1`,
    );
    expect(page.text).toContain('Free plan');
  });

  it('whoever has a subscription changes it in the portal', async () => {
    const { owner, tenantId, customer, subscription } = await newSubscriber('pro');
    const at = `/tenants/${tenantId}/billing`;
    const page = await open(owner.browser, at);
    expect(page.text).toContain('Pro plan');
    expect(page.text).toContain('Projects: 0 of 1,000');
    expect(page.text).toContain('Members: 1 of 100');
    expect(formsOn(page).map(({ action }) => action)).toContain(`${at}/portal`);
    expect(page.text).not.toContain('checkout');
    stripe.happen(subscription.id, 'incomplete');
    await deliverAllOf(customer);
    const actions = formsOn(await open(owner.browser, at)).map(({ action }) => action);
    expect(actions.filter((action) => action.startsWith(at))).toEqual([`${at}/portal`]);
    expect((await sendForm(owner.browser, `${at}/portal`)).text).toContain('On your way');
    const stale = await sendForm(owner.browser, `${at}/checkout`, { plan: 'pro' });
    expect([stale.status, stale.text.includes('role="alert"')]).toEqual([409, true]);
  });

  it('whose subscription has ended is offered the plans again', async () => {
    const { owner, tenantId, customer, subscription } = await newSubscriber('pro');
    stripe.happen(subscription.id, 'canceled');
    await deliverAllOf(customer);
    const at = `/tenants/${tenantId}/billing`;
    const page = await open(owner.browser, at);
    expect(page.text).toContain('Free plan');
    const actions = formsOn(page).map(({ action }) => action);
    expect(actions.filter((action) => action.startsWith(at))).toEqual(
      Array<string>(2).fill(`${at}/checkout`),
    );
  });

  it('a plan renews at the end of its period, or ends with it once it is cancelled, and then does neither', async () => {
    const { owner, tenantId, customer, subscription } = await newSubscriber('pro');
    const said = async () => {
      const { text } = await open(owner.browser, `/tenants/${tenantId}/billing`);
      return [...text.matchAll(/(\w+) <time datetime="([^"]*)"/g)].map(([, ...words]) => words);
    };
    const [item] = subscription.items.data;
    const end = new Date(Number(item?.current_period_end) * 1_000).toISOString();
    expect(await said()).toEqual([['Renews', end]]);
    subscription.cancel_at_period_end = true;
    await deliver(stripe.emit('customer.subscription.updated', subscription));
    expect(await said()).toEqual([['Ends', end]]);
    stripe.happen(subscription.id, 'canceled');
    await deliverAllOf(customer);
    expect(await said()).toEqual([]);
  });

  it('a payment that failed is told of, until it is made', async () => {
    const { owner, tenantId, customer, subscription } = await newSubscriber('pro');
    const warningAfter = async (status: 'incomplete' | 'past_due' | 'unpaid' | 'active') => {
      stripe.happen(subscription.id, status);
      await deliverAllOf(customer);
      const { text } = await open(owner.browser, `/tenants/${tenantId}/billing`);
      return /role="alert".*?<div>([^<]*)/s.exec(text)?.[1];
    };
    expect(await warningAfter('incomplete')).toContain('The first payment is not finished.');
    expect(await warningAfter('past_due')).toContain('The last payment failed.');
    const fourDays = 4 * 24 * 60 * 60 * 1_000;
    await env.DB.prepare(
      'UPDATE billing_accounts SET past_due_since = past_due_since - ?2 WHERE tenant_id = ?1',
    )
      .bind(tenantId, fourDays)
      .run();
    expect(await warningAfter('past_due')).toContain('Payment is overdue.');
    expect(await warningAfter('unpaid')).toContain('Nothing is deleted: pay to go on.');
    expect(await warningAfter('active')).toBeUndefined();
  });

  it('what there is stands beside what there may be, each of its own', async () => {
    const { owner, path, tenantId, enter } = await newTeam();
    await enter('member');
    await enter('member');
    await owner.browser.post(`${path}/projects`, { name: 'One' });
    const { text } = await open(owner.browser, `/tenants/${tenantId}/billing`);
    expect(text).toContain('Projects: 1 of 50');
    expect(text).toContain('Members: 3 of 10');
  });

  it.each(['member', 'admin'] as const)('%ss see it and can buy nothing', async (role) => {
    const team = await newTeam();
    const { browser } = await team.enter(role);
    const at = `/tenants/${team.tenantId}/billing`;
    const page = await open(browser, at);
    expect(page.status).toBe(200);
    expect(formsOn(page).filter(({ action }) => action.startsWith(at))).toEqual([]);
    const admins = await open((await team.enter('admin')).browser, at);
    expect(formsOn(admins).filter(({ action }) => action.startsWith(at))).toEqual([]);
    expect((await sendForm(browser, `${at}/checkout`, { plan: 'pro' })).status).toBe(403);
  });
});
