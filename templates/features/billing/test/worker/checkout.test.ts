import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { newUser } from './arrange.ts';
import { origin } from './browser.ts';
import { interceptD1 } from './doubles.ts';
import { accountOf, deliverAllOf, newBuyer, newSubscriber, stripe } from './stripe.ts';
import { auditOf, newTeam, type Person } from './team.ts';

const sessionsOf = (tenantId: string) =>
  stripe.world.sessions.filter((one) => one.client_reference_id === tenantId);
const callsTo = (path: string) => stripe.calls.filter((call) => call === `POST /v1/${path}`).length;
const quiet = () => vi.spyOn(console, 'error').mockImplementation(() => {});

describe('BILL-5 a tenant has one subscription at most', () => {
  it('ten checkouts at the same time: one session, one customer', async () => {
    const { owner, path, tenantId } = await newTeam();
    const before = new Set(Object.keys(stripe.world.kept));
    const asking = Array.from({ length: 10 }, () =>
      owner.browser.post(`${path}/billing/checkout`, { plan: 'pro' }),
    );
    const answers = await Promise.all(asking);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
    expect(sessionsOf(tenantId)).toHaveLength(1);
    expect(callsTo('checkout/sessions')).toBe(1);
    expect(callsTo('customers')).toBe(1);
    // The time alone would be the key of two tenants.
    const keys = Object.keys(stripe.world.kept).filter((key) => !before.has(key));
    expect(keys).toHaveLength(2);
    for (const key of keys) {
      expect(key).toMatch(/^\d{13}-[0-9a-f-]{36}-(?:customer|pro)$/);
    }
    expect((await auditOf(tenantId)).map(({ action }) => action)).toEqual(
      expect.arrayContaining(['billing.checkout_started']),
    );
  });

  it('one after the other: the open session is used again', async () => {
    const { owner, path, tenantId } = await newTeam();
    const urls = new Set<string>();
    for (let times = 0; times < 3; times += 1) {
      urls.add((await owner.browser.post(`${path}/billing/checkout`, { plan: 'pro' })).json.url);
    }
    expect([...urls]).toEqual([sessionsOf(tenantId)[0]?.url]);
    expect(callsTo('checkout/sessions')).toBe(1);
  });

  it('for another plan the open session is closed first', async () => {
    const { owner, path, tenantId } = await newBuyer('pro');
    await owner.browser.post(`${path}/billing/checkout`, { plan: 'business' });
    expect(sessionsOf(tenantId).map(({ status, price }) => [status, price])).toEqual([
      ['expired', 'price_pro'],
      ['open', 'price_business'],
    ]);
  });

  it('of several that are open, one of which came to be late, one stays', async () => {
    const { owner, path, tenantId, session } = await newBuyer('pro');
    const metadata = { ...session.metadata, plan: 'business' };
    const late = { ...session, id: stripe.newId('cs'), metadata, url: 'https://late.example' };
    stripe.world.sessions.push(late);
    const { json } = await owner.browser.post(`${path}/billing/checkout`, { plan: 'business' });
    expect(json.url).toBe(late.url);
    expect(sessionsOf(tenantId).map(({ status }) => status)).toEqual(['expired', 'open']);
  });

  it.each(['active', 'trialing', 'past_due', 'unpaid', 'paused', 'incomplete'] as const)(
    'with a subscription that is %s: 409, and nothing is made at Stripe',
    async (status) => {
      const { owner, path, customer, subscription } = await newSubscriber();
      stripe.happen(subscription.id, status);
      await deliverAllOf(customer);
      stripe.calls.length = 0;
      const answer = await owner.browser.post(`${path}/billing/checkout`, { plan: 'business' });
      expect([answer.status, answer.json.code]).toEqual([409, 'conflict']);
      expect(stripe.calls).toEqual([]);
    },
  );

  it.each([
    ['active', 'active', 'pro'],
    ['trialing', 'trialing', 'pro'],
    ['past_due', 'past_due', 'pro'],
    ['unpaid', 'restricted', 'free'],
    ['paused', 'restricted', 'free'],
    ['incomplete', 'incomplete', 'free'],
  ] as const)(
    'with one that is %s, of which no event has told: 409, and it is %s with the tier %s here',
    async (status, state, tier) => {
      const { owner, path, tenantId, session } = await newBuyer();
      stripe.happen(stripe.complete(session.id).id, status);
      const answer = await owner.browser.post(`${path}/billing/checkout`, { plan: 'pro' });
      expect([answer.status, answer.json.code]).toEqual([409, 'conflict']);
      expect(sessionsOf(tenantId)).toHaveLength(1);
      expect(await accountOf(tenantId)).toMatchObject({ tier, state });
    },
  );

  it('with one of which no event has told, older than another that is over: 409', async () => {
    const { owner, path, customer, session } = await newBuyer();
    stripe.complete(session.id);
    stripe.happen(stripe.addSubscription(customer, 'price_pro').id, 'canceled');
    const answer = await owner.browser.post(`${path}/billing/checkout`, { plan: 'pro' });
    expect(answer.status).toBe(409);
  });

  it.each([
    ['GET', '/v1/checkout/sessions', 'pro'],
    ['GET', '/v1/checkout/sessions', 'business'],
    ['GET', '/v1/subscriptions', 'pro'],
    ['GET', '/v1/subscriptions', 'business'],
  ] as const)('paid just after %s %s, on the way to %s: no second session', async (...paid) => {
    quiet();
    const [method, path, plan] = paid;
    const { owner, path: tenant, tenantId, session } = await newBuyer('pro');
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const request = new Request(input, init);
      const answer = await stripe.answer(request);
      const isIt = request.method === method && new URL(request.url).pathname === path;
      if (isIt && session.status === 'open') stripe.complete(session.id);
      return answer;
    });
    await owner.browser.post(`${tenant}/billing/checkout`, { plan });
    expect(sessionsOf(tenantId)).toMatchObject([{ id: session.id, status: 'complete' }]);
  });

  it('after the end of one: another', async () => {
    const { owner, path, tenantId, customer, subscription } = await newSubscriber();
    stripe.happen(subscription.id, 'canceled');
    await deliverAllOf(customer);
    const answer = await owner.browser.post(`${path}/billing/checkout`, { plan: 'business' });
    expect(answer.status).toBe(200);
    const [, second] = sessionsOf(tenantId);
    expect(second?.customer).toBe(customer);
    stripe.complete(second?.id ?? '');
    await deliverAllOf(customer);
    expect(await accountOf(tenantId)).toMatchObject({ tier: 'business', state: 'active' });
  });

  it('where the answer is lost: 503, and the same key the next time makes no second session', async () => {
    quiet();
    const { owner, path, tenantId } = await newTeam();
    const ask = () => owner.browser.post(`${path}/billing/checkout`, { plan: 'pro' });
    for (const lost of ['customers', 'subscriptions', 'checkout/sessions']) {
      vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
        const request = new Request(input, init);
        const answer = await stripe.answer(request);
        const isMaking = lost !== 'checkout/sessions' || request.method === 'POST';
        if (request.url.includes(`/v1/${lost}`) && isMaking) throw new TypeError('lost');
        return answer;
      });
      expect((await ask()).status).toBe(503);
    }
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) =>
      stripe.answer(new Request(input, init)),
    );
    expect((await ask()).status).toBe(200);
    expect(sessionsOf(tenantId)).toHaveLength(1);
    const customers = stripe.world.customers.filter((one) => one.email === owner.email);
    expect(customers).toHaveLength(1);
  });

  it('where the answer for one plan is lost, the other is bought at once', async () => {
    quiet();
    const { owner, path } = await newTeam();
    const statusFor = async (plan: string) =>
      (await owner.browser.post(`${path}/billing/checkout`, { plan })).status;
    let isLost = false;
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const answer = await stripe.answer(new Request(input, init));
      if (isLost || callsTo('checkout/sessions') === 0) return answer;
      isLost = true;
      throw new TypeError('lost');
    });
    expect([await statusFor('pro'), await statusFor('business')]).toEqual([503, 200]);
  });

  it('what reaches Stripe only after it was given up makes no second session', async () => {
    quiet();
    const { owner, path, tenantId } = await newTeam();
    const ask = () => owner.browser.post(`${path}/billing/checkout`, { plan: 'pro' });
    const late: Request[] = [];
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const request = new Request(input, init);
      const isOnItsWay = request.method === 'POST' && late.length < 2;
      if (!isOnItsWay) return stripe.answer(request);
      late.push(new Request(request, { signal: null }));
      throw new TypeError('given up');
    });
    expect([(await ask()).status, (await ask()).status]).toEqual([503, 503]);
    expect((await ask()).status).toBe(200);
    for (const request of late) await stripe.answer(request);
    expect(stripe.world.customers.filter(({ email }) => email === owner.email)).toHaveLength(1);
    expect(sessionsOf(tenantId)).toHaveLength(1);
  });

  it('a session that reaches Stripe late is the one that was made meanwhile', async () => {
    quiet();
    const { owner, path, tenantId } = await newTeam();
    const ask = () => owner.browser.post(`${path}/billing/checkout`, { plan: 'pro' });
    const late: Request[] = [];
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const request = new Request(input, init);
      const isSession = request.method === 'POST' && request.url.endsWith('/checkout/sessions');
      if (!isSession || late.length > 0) return stripe.answer(request);
      late.push(new Request(request, { signal: null }));
      throw new TypeError('given up');
    });
    expect((await ask()).status).toBe(503);
    expect((await ask()).status).toBe(200);
    for (const request of late) await stripe.answer(request);
    expect(sessionsOf(tenantId)).toHaveLength(1);
  });

  it.each([
    [24, 36],
    [26, 60],
    [90, 60],
  ])('an attempt that Stripe did not answer %i minutes ago is no hindrance', async (ago, left) => {
    quiet();
    const { owner, path, tenantId } = await newTeam();
    const ask = () => owner.browser.post(`${path}/billing/checkout`, { plan: 'pro' });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - ago * 60_000 });
    stripe.weather.isDown = true;
    expect((await ask()).status).toBe(503);
    vi.useRealTimers();
    stripe.weather.isDown = false;
    expect((await ask()).status).toBe(200);
    const [session] = sessionsOf(tenantId);
    expect(Number(session?.expires_at) - Date.now() / 1_000).toBeCloseTo(left * 60, -2);
  });

  it('a failure that Stripe keeps under its key does not stand in the way for ever', async () => {
    quiet();
    const { owner, path, tenantId } = await newTeam();
    const ask = () => owner.browser.post(`${path}/billing/checkout`, { plan: 'pro' });
    for (let call = 0; call < 2; call += 1) {
      stripe.weather.failures = 1;
      expect((await ask()).status).toBe(503);
    }
    const audited = (await auditOf(tenantId)).map(({ action }) => action);
    expect(audited).not.toContain('billing.checkout_started');
    expect((await ask()).status).toBe(200);
    expect(sessionsOf(tenantId)).toHaveLength(1);
    // It says nothing of the customer either, who stays the only one.
    stripe.weather.failures = 1;
    expect([(await ask()).status, (await ask()).status]).toEqual([503, 200]);
    expect(stripe.world.customers.filter(({ email }) => email === owner.email)).toHaveLength(1);
  });

  it('a request that died keeps others out for two minutes, and no longer', async () => {
    quiet();
    const { owner, path, tenantId } = await newTeam();
    const ask = () => owner.browser.post(`${path}/billing/checkout`, { plan: 'pro' });
    const statusAt = async (time: number) => {
      vi.useFakeTimers({ toFake: ['Date'], now: time });
      const { status } = await ask();
      vi.useRealTimers();
      return status;
    };
    const whole = owner.browser.env;
    const dying = (sql: string) => {
      if (sql.includes('checkout_held_until = 0')) throw new Error('D1_ERROR: gone');
    };
    owner.browser.env = { ...whole, DB: interceptD1(dying) };
    const begun = Date.now();
    expect((await ask()).status).toBeGreaterThanOrEqual(500);
    owner.browser.env = whole;
    expect(await statusAt(begun + 115_000)).toBe(409);
    expect(await statusAt(Date.now() + 121_000)).toBe(200);
    expect(sessionsOf(tenantId)).toHaveLength(1);
  });

  it.each([
    [200, 0],
    [503, 1],
  ])(
    'a request that outlives its two minutes leaves the next one its own: %i',
    async (status, failures) => {
      quiet();
      const { owner, path, tenantId } = await newTeam();
      const next = { until: Date.now() + 240_000, attempt: 'of the next' };
      let left = 0;
      vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
        const request = new Request(input, init);
        if (request.method === 'POST' && request.url.endsWith('/checkout/sessions')) {
          left = Number((await accountOf(tenantId))['checkout_held_until']) - Date.now();
          await env.DB.prepare(
            `UPDATE billing_accounts SET checkout_held_until = ?2, checkout_attempt = ?3
             WHERE tenant_id = ?1`,
          )
            .bind(tenantId, next.until, next.attempt)
            .run();
          stripe.weather.failures = failures;
        }
        return stripe.answer(request);
      });
      const answer = await owner.browser.post(`${path}/billing/checkout`, { plan: 'pro' });
      expect(answer.status).toBe(status);
      expect(left).toBeGreaterThan(100_000);
      expect(left).toBeLessThanOrEqual(120_000);
      expect(await accountOf(tenantId)).toMatchObject({
        checkout_held_until: next.until,
        checkout_attempt: next.attempt,
      });
    },
  );

  it.each([
    ['of whom another request has noted its own', 'POST', '/v1/customers'],
    ['in the place of one who was deleted at Stripe', 'GET', '/v1/checkout/sessions'],
  ])('a customer %s stays the one that is known', async (_what, method, path) => {
    quiet();
    const buyer = method === 'POST' ? null : await newBuyer();
    const { owner, path: tenant, tenantId } = buyer ?? (await newTeam());
    if (buyer !== null) stripe.removeCustomer(buyer.customer);
    const sold = sessionsOf(tenantId).length;
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const request = new Request(input, init);
      if (request.method === method && new URL(request.url).pathname === path) {
        await env.DB.prepare(`UPDATE billing_accounts SET customer_id = ?1 WHERE tenant_id = ?1`)
          .bind(tenantId)
          .run();
      }
      return stripe.answer(request);
    });
    const answer = await owner.browser.post(`${tenant}/billing/checkout`, { plan: 'pro' });
    expect(answer.status).toBe(503);
    expect(await accountOf(tenantId)).toMatchObject({ customer_id: tenantId });
    expect(sessionsOf(tenantId)).toHaveLength(sold);
  });

  it('who was deleted at Stripe is made anew there, once that was noticed', async () => {
    quiet();
    const { owner, path, tenantId, customer } = await newBuyer();
    stripe.removeCustomer(customer);
    const ask = () => owner.browser.post(`${path}/billing/checkout`, { plan: 'pro' });
    expect((await ask()).status).toBe(503);
    expect((await ask()).status).toBe(200);
    const second = sessionsOf(tenantId).at(-1);
    expect(second?.customer).not.toBe(customer);
    expect(await accountOf(tenantId)).toMatchObject({ customer_id: second?.customer });
  });

  it('the portal of who was deleted at Stripe: 409, and the plan can be bought again', async () => {
    quiet();
    const { owner, path, tenantId, customer } = await newSubscriber();
    stripe.removeCustomer(customer);
    const answer = await owner.browser.post(`${path}/billing/portal`);
    expect([answer.status, answer.json.code]).toEqual([409, 'conflict']);
    expect(await accountOf(tenantId)).toMatchObject({ customer_id: null, tier: 'free' });
    const bought = await owner.browser.post(`${path}/billing/checkout`, { plan: 'pro' });
    expect(bought.status).toBe(200);
  });

  it('a portal that Stripe fails to open once is no end of a subscription: 503', async () => {
    quiet();
    const { owner, path, tenantId } = await newSubscriber();
    stripe.weather.failures = 1;
    expect((await owner.browser.post(`${path}/billing/portal`)).status).toBe(503);
    expect(await accountOf(tenantId)).toMatchObject({ state: 'active', tier: 'pro' });
  });

  it('is bought by an owner who has just shown who they are, and by nobody else', async () => {
    const { owner, enter, path } = await newTeam();
    const codeOf = async ({ browser }: Person) =>
      (await browser.post(`${path}/billing/checkout`, { plan: 'pro' })).json.code;
    for (const role of ['member', 'admin'] as const) {
      expect(await codeOf(await enter(role))).toBe('role_required');
    }
    await env.DB.prepare('UPDATE sessions SET mfa_at = NULL').run();
    expect(await codeOf(owner)).toBe('step_up_required');
    expect(stripe.calls).toEqual([]);
  });
});

describe('TEST-3 the checkout', () => {
  it('sells what the server says, to the tenant that asks, and comes back to an address of ours', async () => {
    const { session, tenantId, customer, owner } = await newBuyer('business');
    expect(session).toMatchObject({
      mode: 'subscription',
      price: 'price_business',
      quantity: 1,
      customer,
      client_reference_id: tenantId,
      metadata: { tenant_id: tenantId, plan: 'business' },
      subscription_metadata: { tenant_id: tenantId, plan: 'business' },
      success_url: `${origin}/tenants/${tenantId}/billing`,
      cancel_url: `${origin}/tenants/${tenantId}/billing`,
    });
    // An hour to pay: what comes of it is asked just after.
    expect(session.expires_at - session.created).toBeLessThanOrEqual(60 * 60);
    expect(session.expires_at - session.created).toBeGreaterThan(59 * 60);
    const [known] = stripe.world.customers.filter(({ id }) => id === customer);
    expect(known).toMatchObject({ email: owner.email, metadata: { tenant_id: tenantId } });
  });

  it('where the pages are elsewhere, Stripe leads back to them, and not to the API', async () => {
    const { owner, path, tenantId } = await newTeam();
    owner.browser.env = { ...owner.browser.env, LINK_BASE_URL: 'https://www.example' };
    await owner.browser.post(`${path}/billing/checkout`, { plan: 'pro' });
    const page = `https://www.example/tenants/${tenantId}/billing`;
    expect(sessionsOf(tenantId)).toMatchObject([{ success_url: page, cancel_url: page }]);
    const { json } = await owner.browser.post(`${path}/billing/portal`);
    expect(new URL(json.url).searchParams.get('back')).toBe(page);
  });

  it.each([
    ['checkout', 1],
    ['checkout', null],
    ['portal', 1],
    ['portal', null],
  ])(
    'receipts follow the owner who comes to the %s, whose address is proven: %j',
    async (page, provenAt) => {
      const { path, customer, enter } = await newBuyer();
      const [known] = stripe.world.customers.filter(({ id }) => id === customer);
      const before = known?.email;
      const second = await enter('owner');
      await env.DB.prepare('UPDATE users SET email_verified_at = ?2 WHERE id = ?1')
        .bind(second.userId, provenAt)
        .run();
      const body = page === 'checkout' ? { plan: 'pro' } : undefined;
      const { status } = await second.browser.post(`${path}/billing/${page}`, body);
      expect(status).toBe(page === 'checkout' && provenAt === null ? 409 : 200);
      expect(known?.email).toBe(provenAt === null ? before : second.email);
    },
  );

  it.each([{}, { plan: 'free' }, { plan: 'price_pro' }, { plan: 'pro', price: 'price_cheap' }])(
    '%j is refused',
    async (body) => {
      const { owner, path } = await newTeam();
      expect((await owner.browser.post(`${path}/billing/checkout`, body)).status).toBe(400);
      expect(stripe.calls).toEqual([]);
    },
  );

  it('takes an owner with a proven address', async () => {
    const { browser } = await newUser();
    const { id } = (await browser.post('/api/tenants', { name: 'Acme' })).json;
    const answer = await browser.post(`/api/tenants/${id}/billing/checkout`, { plan: 'pro' });
    expect([answer.status, answer.json.code]).toEqual([409, 'conflict']);
    expect(stripe.calls).toEqual([]);
  });

  it('the portal is for who has been at the checkout', async () => {
    const { owner, path } = await newTeam();
    expect((await owner.browser.post(`${path}/billing/portal`)).status).toBe(409);
    const buyer = await newBuyer();
    const { json } = await buyer.owner.browser.post(`${buyer.path}/billing/portal`);
    expect(json.url).toContain(`/portal/${buyer.customer}`);
  });
});
