import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { routes } from '../../src/app.ts';
import { nextLookAt, stateOf } from '../../src/billing/states.ts';
import { includesTier, plans } from '../../src/tenancy/plans.ts';
import { rowsOf } from './arrange.ts';
import { Browser } from './browser.ts';
import { post } from './post.ts';
import { accountOf, deliver, deliverAllOf, lineOf, newSubscriber, stripe } from './stripe.ts';
import { auditOf, newPerson, newTeam, type Person } from './team.ts';
import { app, tierRoute } from './tier-route.ts';

const gated = routes.flatMap(({ method, path, access }) =>
  access.kind === 'tenant' && access.tier !== 'free' ? [{ method, path, tier: access.tier }] : [],
);
const ask = (browser: Browser, { method, path }: (typeof gated)[number], tenantId: string) =>
  browser.send(method, path.replace(':tenantId', tenantId));
const setTier = (tenantId: string, tier: string) =>
  env.DB.prepare('UPDATE tenants SET tier = ?2 WHERE id = ?1').bind(tenantId, tier).run();
const required = [402, 'tier_required'];

describe('BILL-4 paid features are gated on the server', () => {
  it('there are gated routes', () => {
    expect(gated.length).toBeGreaterThan(0);
  });

  it.each(gated)('$method $path is closed to free and open to $tier', async (route) => {
    const { owner, tenantId } = await newTeam();
    const refused = await ask(owner.browser, route, tenantId);
    expect([refused.status, refused.json.code]).toEqual(required);
    await setTier(tenantId, route.tier);
    expect((await ask(owner.browser, route, tenantId)).status).toBeLessThan(300);
    await setTier(tenantId, 'business');
    expect((await ask(owner.browser, route, tenantId)).status).toBeLessThan(300);
    await setTier(tenantId, 'free');
    expect((await ask(owner.browser, route, tenantId)).status).toBe(402);
  });

  it.each(gated)('$method $path follows the subscription at the next request', async (route) => {
    const { owner, tenantId, customer, subscription } = await newSubscriber('business');
    const statusAfter = async (status: 'past_due' | 'unpaid' | 'active' | 'canceled') => {
      stripe.happen(subscription.id, status);
      await deliverAllOf(customer);
      return (await ask(owner.browser, route, tenantId)).status;
    };
    expect(await statusAfter('past_due')).toBe(200);
    expect(await statusAfter('unpaid')).toBe(402);
    expect(await statusAfter('active')).toBe(200);
    expect(await statusAfter('canceled')).toBe(402);
  });

  it.each(gated)('$method $path: who has paid elsewhere has not paid here', async (route) => {
    const { owner } = await newSubscriber('business');
    const other = await newTeam();
    expect((await ask(owner.browser, route, other.tenantId)).status).toBe(404);
    await env.DB.prepare(`INSERT INTO memberships VALUES (?1, ?2, 'owner', 1)`)
      .bind(other.tenantId, owner.userId)
      .run();
    expect((await ask(owner.browser, route, other.tenantId)).status).toBe(402);
  });

  it.each(gated)('$method $path takes no tier from a request', async ({ path }) => {
    const { owner, tenantId } = await newTeam();
    owner.browser.cookies.set('tier', 'business');
    const headers = { 'X-Tier': 'business', Tier: 'business', 'X-Tenant-Tier': 'business' };
    const answer = await owner.browser.get(path.replace(':tenantId', tenantId), headers);
    expect(answer.status).toBe(402);
    const asked = await owner.browser.get(`${path.replace(':tenantId', tenantId)}?tier=business`);
    expect(asked.status).toBe(402);
  });

  it('the tier comes before the step-up and after the role', async () => {
    const { owner, enter, tenantId } = await newTeam();
    const member = await enter('member');
    await env.DB.prepare('UPDATE sessions SET mfa_at = NULL').run();
    const path = tierRoute.path.replace(':tenantId', tenantId);
    const codes = [];
    for (const { browser } of [await newPerson(), member, owner]) {
      browser.app = app;
      codes.push((await browser.get(path)).json.code);
    }
    await setTier(tenantId, 'business');
    await env.DB.prepare('UPDATE sessions SET mfa_at = NULL').run();
    codes.push((await owner.browser.get(path)).json.code);
    expect(codes).toEqual(['not_found', 'role_required', 'tier_required', 'step_up_required']);
  });

  it.each([
    ['free', ['free']],
    ['pro', ['free', 'pro']],
    ['business', ['free', 'pro', 'business']],
  ] as const)('%s includes %j, and no more', (held, included) => {
    const tiers = ['free', 'pro', 'business'] as const;
    expect(tiers.filter((tier) => includesTier(held, tier))).toEqual(included);
  });

  it('what business opens stays closed to pro', async () => {
    const { owner, tenantId } = await newTeam();
    await setTier(tenantId, 'pro');
    owner.browser.app = app;
    const answer = await owner.browser.get(tierRoute.path.replace(':tenantId', tenantId));
    expect([answer.status, answer.json.code]).toEqual(required);
  });

  it.each([
    ['price_pro', 'price_business'],
    ['price_business', 'price_pro'],
  ])('of what is bought in one subscription the highest plan counts: %s, %s', async (...prices) => {
    const { tenantId, subscription } = await newSubscriber('pro');
    const [item] = subscription.items.data;
    const data = prices.map((id) => ({ ...item, price: { id, object: 'price' } }));
    Object.assign(subscription.items, { data });
    await deliver(stripe.emit('customer.subscription.updated', subscription));
    expect(await accountOf(tenantId)).toMatchObject({ tier: 'business', plan: 'business' });
  });

  it.each([
    ['pro', 'STRIPE_PRICE_PRO'],
    ['business', 'STRIPE_PRICE_BUSINESS'],
  ] as const)(
    'after the price of %s was raised, who pays the old one keeps it',
    async (plan, name) => {
      const { tenantId, customer } = await newSubscriber(plan);
      const raised = new Browser();
      raised.env = { ...raised.env, [name]: `price_raised price_${plan}` };
      await deliver(stripe.emit('invoice.paid', { customer }), raised);
      expect(await accountOf(tenantId)).toMatchObject({ tier: plan, plan });
      const { owner, path, tenantId: buying } = await newTeam();
      owner.browser.env = raised.env;
      await owner.browser.post(`${path}/billing/checkout`, { plan });
      const session = stripe.world.sessions.find((one) => one.client_reference_id === buying);
      expect(session).toMatchObject({ price: 'price_raised' });
    },
  );

  it('a price that is none of ours buys nothing, and is an alert', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { tenantId, customer, subscription } = await newSubscriber('business');
    stripe.changePrice(subscription.id, 'price_of_somebody_else');
    await deliverAllOf(customer);
    expect(await accountOf(tenantId)).toMatchObject({
      tier: 'free',
      plan: 'free',
      state: 'active',
    });
    expect(logged.mock.calls.join('\n')).toMatch(lineOf('a price that is none of ours', tenantId));
  });

  it.each([
    ['trialing', 200],
    ['active', 200],
    ['past_due', 200],
    ['incomplete', 402],
    ['unpaid', 402],
    ['paused', 402],
    ['incomplete_expired', 402],
    ['canceled', 402],
  ] as const)('while a subscription is %s, a gated route answers %i', async (status, answered) => {
    const { owner, path, customer, subscription } = await newSubscriber('pro');
    stripe.happen(subscription.id, status);
    await deliverAllOf(customer);
    expect((await owner.browser.get(`${path}/insights`)).status).toBe(answered);
  });

  it('a word of Stripe that we do not know opens nothing', () => {
    expect(stateOf('a new status', null, Date.now())).toBe('restricted');
  });
});

describe('BILL-4 what a plan has room for', () => {
  // By hand: what is sold is a decision, and a number of it is not changed in passing.
  it.each([
    ['free', { projects: 50, members: 10, mailsPerDay: 50 }],
    ['pro', { projects: 1_000, members: 100, mailsPerDay: 200 }],
    ['business', { projects: 10_000, members: 1_000, mailsPerDay: 1_000 }],
  ] as const)('%s has room for what was decided', (tier, decided) => {
    expect(plans[tier]).toMatchObject(decided);
  });

  /** The numbers from 1 to ?2. */
  const numbered = `WITH RECURSIVE n(value) AS (
    SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < ?2
  )`;

  it('pro and more: what is new in the last thirty days, counted in the tenant alone', async () => {
    const { owner, path, tenantId, enter } = await newSubscriber();
    await enter('member');
    const other = await newSubscriber();
    const before = (await auditOf(tenantId)).length;
    for (const [id, days, count] of [
      [tenantId, 29, 20],
      [tenantId, 31, 1],
      [other.tenantId, 1, 1],
    ] as const) {
      const at = Date.now() - days * 24 * 60 * 60 * 1_000;
      await env.DB.batch([
        env.DB.prepare(
          `${numbered} INSERT INTO projects SELECT ?1, value || ' of ' || ?3, 'n', 'd', ?3 FROM n`,
        ).bind(id, count, at),
        env.DB.prepare(
          `${numbered} INSERT INTO audit_log
           SELECT ?1, value || ' of ' || ?3, 'a', 'b', 'c', 'd', 'e', ?3 FROM n`,
        ).bind(id, count, at),
      ]);
    }
    const counted = { projects: 21, members: 2, newProjects: 20, changes: before + 20 };
    expect((await owner.browser.get(`${path}/insights`)).json).toEqual(counted);
  });

  const fill = (tenantId: string, count: number) =>
    env.DB.prepare(
      `${numbered} INSERT INTO projects SELECT ?1, 'p' || value, 'n', 'd', value FROM n`,
    )
      .bind(tenantId, count)
      .run();
  const projectsOf = async (tenantId: string) =>
    (await rowsOf('projects')).filter((row) => row['tenant_id'] === tenantId).length;

  it('projects: 25 requests at the same time take the last five places', async () => {
    const { owner, path, tenantId } = await newTeam();
    await fill(tenantId, plans.free.projects - 5);
    const asking = Array.from({ length: 25 }, () =>
      owner.browser.post(`${path}/projects`, { name: 'One more' }),
    );
    const answers = await Promise.all(asking);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(new Set(refused.map(({ status, json }) => `${status} ${json.code}`))).toEqual(
      new Set(['402 quota_exceeded']),
    );
    expect(await projectsOf(tenantId)).toBe(plans.free.projects);
  });

  it('members: as many accept at the same time, and one takes the last place', async () => {
    const { enter, invite, tenantId } = await newTeam();
    for (let members = 1; members < plans.free.members - 1; members += 1) await enter('member');
    const guests: Person[] = [];
    for (let count = 0; count < 6; count += 1) {
      const guest = await newPerson();
      await invite(guest.email, 'member');
      guests.push(guest);
    }
    const accepting = guests.map(({ browser, email }) =>
      browser.post('/api/invitations/accept', { token: post.tokenFor(email) }),
    );
    const statuses = (await Promise.all(accepting)).map(({ status }) => String(status));
    expect(statuses.toSorted().join(' ')).toBe('200 402 402 402 402 402');
    const members = (await rowsOf('memberships')).filter((row) => row['tenant_id'] === tenantId);
    expect(members).toHaveLength(plans.free.members);
  });

  it('members: a plan that is paid for has room for more', async () => {
    const { enter, join, tenantId } = await newTeam();
    for (let members = 1; members < plans.free.members; members += 1) await enter('member');
    await setTier(tenantId, 'pro');
    await join('member');
    const members = (await rowsOf('memberships')).filter((row) => row['tenant_id'] === tenantId);
    expect(members).toHaveLength(plans.free.members + 1);
  });

  it('after a downgrade what is beyond the plan is read and deleted, and nothing goes by itself', async () => {
    const { owner, path, tenantId, customer, subscription } = await newSubscriber('pro');
    await fill(tenantId, plans.free.projects + 1);
    const change = () => owner.browser.patch(`${path}/projects/p1`, { name: 'Changed' });
    expect((await change()).status).toBe(200);
    stripe.happen(subscription.id, 'canceled');
    await deliverAllOf(customer);
    expect(await projectsOf(tenantId)).toBe(plans.free.projects + 1);
    const statuses = async () => [
      (await owner.browser.get(`${path}/projects/p1`)).status,
      (await change()).json.code,
      (await owner.browser.post(`${path}/projects`, { name: 'One more' })).json.code,
    ];
    expect(await statuses()).toEqual([200, 'quota_exceeded', 'quota_exceeded']);
    expect((await owner.browser.delete(`${path}/projects/p2`)).status).toBe(204);
    expect((await change()).status).toBe(200);
    expect((await owner.browser.patch(`${path}/projects/p2`, { name: 'x' })).status).toBe(404);
  });

  it('GET …/billing says what there is and what there may be', async () => {
    const { owner, path } = await newTeam();
    await owner.browser.post(`${path}/projects`, { name: 'One' });
    expect((await owner.browser.get(`${path}/billing`)).json).toEqual({
      tier: 'free',
      status: 'none',
      plan: 'free',
      limits: plans.free,
      usage: { projects: 1, members: 1 },
      endsWithPeriod: false,
      periodEndsAt: null,
    });
  });
});

describe('TEST-3 GET …/billing', () => {
  it('the limits are those of the tier that is in force, and not of what was bought', async () => {
    const { owner, path, customer, subscription, enter } = await newSubscriber('business');
    await enter('member');
    const told = async () => {
      await deliverAllOf(customer);
      const { plan, limits, usage } = (await owner.browser.get(`${path}/billing`)).json;
      return [plan, limits, usage];
    };
    const usage = { projects: 0, members: 2 };
    expect(await told()).toEqual(['business', plans.business, usage]);
    stripe.happen(subscription.id, 'unpaid');
    expect(await told()).toEqual(['business', plans.free, usage]);
  });

  it('says until when it is paid for, and whether it ends then', async () => {
    const { owner, path, customer, subscription } = await newSubscriber();
    const told = async () => {
      await deliver(stripe.emit('customer.subscription.updated', { customer }));
      const { endsWithPeriod, periodEndsAt } = (await owner.browser.get(`${path}/billing`)).json;
      return [endsWithPeriod, periodEndsAt];
    };
    const [item] = subscription.items.data;
    const end = new Date((item?.current_period_end ?? 0) * 1_000).toISOString();
    expect(await told()).toEqual([false, end]);
    subscription.cancel_at_period_end = true;
    expect(await told()).toEqual([true, end]);
    subscription.cancel_at_period_end = false;
    subscription.cancel_at = 4_000_000_000;
    expect(await told()).toEqual([true, end]);
    const later = 4_000_000_000;
    const data = [{ ...item, current_period_end: later }, item];
    Object.assign(subscription.items, { data });
    expect(await told()).toEqual([true, new Date(later * 1_000).toISOString()]);
    subscription.cancel_at = null;
    stripe.happen(subscription.id, 'canceled');
    expect(await told()).toEqual([false, null]);
  });
});

describe('BILL-3 an unpaid subscription goes on by the clock', () => {
  const day = 24 * 60 * 60 * 1_000;

  it.each([
    ['past_due', 0, 'past_due', 1],
    ['past_due', 2.9, 'past_due', 0.1],
    ['past_due', 3, 'grace', 1],
    ['past_due', 13.9, 'grace', 0.1],
    ['past_due', 14, 'restricted', 1],
    ['unpaid', 0, 'restricted', 1],
    ['paused', 0, 'restricted', 1],
    ['trialing', 0, 'trialing', 1],
    ['incomplete', 0, 'incomplete', 1],
  ] as const)('%s for %d days is %s', (status, days, state, again) => {
    const since = 1_000_000;
    const now = since + days * day;
    expect(stateOf(status, since, now)).toBe(state);
    const lookAt = nextLookAt(state, status === 'past_due' ? since : null, now);
    expect(((lookAt ?? 0) - now) / day).toBeCloseTo(again);
  });

  it.each(['canceled', 'incomplete_expired'])(
    '%s is canceled, and not looked at again',
    (status) => {
      expect(stateOf(status, null, 1)).toBe('canceled');
      expect(nextLookAt('canceled', null, 1)).toBeNull();
    },
  );
});
