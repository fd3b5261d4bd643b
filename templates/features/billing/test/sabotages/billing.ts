import { sabotage } from './sabotage.ts';

const verified = 'src/billing/verified-event.ts';
const subscription = 'src/billing/subscription.ts';
const client = 'src/billing/client.ts';
const checkout = 'src/billing/checkout.ts';
const states = 'src/billing/states.ts';
const reconciliation = 'src/billing/reconciliation.ts';
const configuration = 'src/billing/configuration.ts';
const statements = 'src/db/statements/billing.ts';
const routes = 'src/billing/routes.ts';
const access = 'src/auth/access.ts';

const verification = `const event = await Stripe.webhooks.constructEventAsync(
          raw,
          header,
          secret,
          toleranceSeconds,
          cryptoProvider,
          now,
        );
        return new VerifiedEvent(event);`;
const unverified = 'return new VerifiedEvent(JSON.parse(raw));';

const webhook = [
  sabotage(
    'SEC-4',
    'the body is parsed and the signature is not looked at',
    verified,
    verification,
    unverified,
  ),
  sabotage(
    'SEC-4',
    'a signature that does not fit is passed over',
    verified,
    'if (!(thrown instanceof Stripe.errors.StripeSignatureVerificationError)) throw thrown;',
    `if (!(thrown instanceof Stripe.errors.StripeSignatureVerificationError)) throw thrown;
        return new VerifiedEvent(JSON.parse(raw));`,
  ),
  sabotage(
    'SEC-4',
    'any time is good: no tolerance',
    verified,
    'const toleranceSeconds = 300;',
    'const toleranceSeconds = 0;',
  ),
  sabotage(
    'SEC-4',
    'a byte order mark before the body is dropped',
    'src/http/body.ts',
    'ignoreBOM: true',
    'ignoreBOM: false',
  ),
  sabotage(
    'SEC-4',
    'a header with two times is taken',
    verified,
    'const headerShape = /^t=(\\d{1,12})(?:,v\\d+=[^,=]*)+$/;',
    'const headerShape = /^t=(\\d{1,12})/;',
  ),
  sabotage(
    'BILL-1',
    'any time is good: no tolerance',
    verified,
    'const toleranceSeconds = 300;',
    'const toleranceSeconds = 0;',
  ),
  sabotage(
    'BILL-1',
    'a time to come is good',
    verified,
    'const aheadSeconds = 60;',
    'const aheadSeconds = 60_000;',
  ),
  sabotage(
    'BILL-1',
    'the body is parsed and written anew before it is verified',
    verified,
    'const raw = await readText(c.req.raw, maximumBytes);',
    'const raw = JSON.stringify(JSON.parse(await readText(c.req.raw, maximumBytes)));',
  ),
  sabotage(
    'BILL-1',
    'the secret before the rotation is ignored',
    configuration,
    "if (previous !== '') secrets.push(readWebhookSecret(previous));",
    "if (previous === ' ') secrets.push(readWebhookSecret(previous));",
  ),
  sabotage(
    'BILL-1',
    'during a rotation only the secret before is good',
    configuration,
    "if (previous !== '') secrets.push(readWebhookSecret(previous));",
    "if (previous !== '') secrets.splice(0, 1, readWebhookSecret(previous));",
  ),
  sabotage(
    'BILL-1',
    'the other mode is refused, and nobody hears of it',
    verified,
    "logger.log('error', 'alert: an event of the wrong mode', { code: event.type });",
    "logger.log('info', 'an event of the wrong mode', { code: event.type });",
  ),
  sabotage(
    'BILL-1',
    'what an event says is believed',
    subscription,
    'const snapshot = await fetchSnapshot(context, account);',
    `const snapshot: Snapshot =
      event?.type === 'customer.subscription.deleted'
        ? { ...nothing, state: 'canceled' }
        : await fetchSnapshot(context, account);`,
  ),
  sabotage(
    'BILL-1',
    'an event of the test mode is taken in production',
    verified,
    'if (event.isLive !== isLive) {',
    'if (event.isLive && !isLive) {',
  ),
  sabotage(
    'BILL-1',
    'the origin check stands before the webhook',
    'src/http/route.ts',
    "if (access.rule.kind !== 'webhook') requireOwnOrigin(c);",
    'requireOwnOrigin(c);',
  ),
  sabotage(
    'BILL-1',
    'the body is bounded as any other',
    verified,
    'const maximumBytes = 512 * 1_024;',
    'const maximumBytes = 64 * 1_024;',
  ),
  sabotage(
    'BILL-1',
    'the body is not bounded',
    verified,
    'const maximumBytes = 512 * 1_024;',
    'const maximumBytes = 512 * 1_024 * 1_024;',
  ),
  sabotage(
    'BILL-1',
    'production runs in the test mode',
    configuration,
    "const isLive = environment === 'production';",
    "const isLive = environment === 'production' && !env.STRIPE_SECRET_KEY?.includes('_test_');",
  ),
  sabotage(
    'BILL-1',
    'an unrestricted key needs no reason',
    configuration,
    "if (isLive && reason.trim() !== '') allowed.push('sk_live_');",
    "if (isLive && reason !== 'never') allowed.push('sk_live_');",
  ),
  sabotage(
    'BILL-1',
    'production takes a stand-in',
    configuration,
    "if (env.STRIPE !== undefined && environment !== 'development') {",
    "if (env.STRIPE !== undefined && environment === 'staging') {",
  ),
];

const application = [
  sabotage(
    'BILL-2',
    'an event that is there already does not stop the batch',
    statements,
    '`INSERT INTO stripe_events (',
    '`INSERT OR IGNORE INTO stripe_events (',
  ),
  sabotage(
    'BILL-2',
    'the event is not remembered with what it changes',
    subscription,
    "const entry = event === null ? [] : [entryOf(context, event, 'applied')];",
    'const entry: BoundStatement<never>[] = [];',
  ),
  sabotage(
    'BILL-2',
    'whether an event came before is asked outside the batch',
    subscription,
    "const entry = event === null ? [] : [entryOf(context, event, 'applied')];",
    `const entry: BoundStatement<never>[] = [];
    if (await isRecorded(context, event)) return 'duplicate';
    if (event !== null) await context.database.batchIf([entryOf(context, event, 'applied')]);`,
  ),
  sabotage(
    'BILL-2',
    'a write that comes too late is made all the same',
    statements,
    'CASE WHEN sync_seq = ?2 THEN sync_seq + 1 END',
    'CASE WHEN ?2 IS NOT NULL THEN sync_seq + 1 END',
  ),
  sabotage(
    'BILL-2',
    'an event decides which subscription counts',
    subscription,
    'if (known !== undefined && !isOver(known.status)) return known;\n  return oldestFirst.find(({ status }) => !isOver(status)) ?? known ?? oldestFirst.at(-1);',
    'return oldestFirst.at(-1) ?? known;',
  ),
  sabotage(
    'BILL-2',
    'a subscription that is over stays the one that counts',
    subscription,
    'if (known !== undefined && !isOver(known.status)) return known;',
    'if (known !== undefined) return known;',
  ),
  sabotage(
    'BILL-2',
    'an event that concerns us not is not remembered',
    routes,
    "await recordEvent(context, event, 'nothing to do').then(() => 'nothing to do')",
    "await Promise.resolve('nothing to do')",
  ),
  sabotage(
    'BILL-2',
    'the ledger is kept for a month only',
    'src/ops/retention.ts',
    '{ statement: removeOldEvents, forMs: 90 * day }',
    '{ statement: removeOldEvents, forMs: 30 * day }',
  ),
  sabotage(
    'BILL-3',
    'the event is remembered before its work is done',
    subscription,
    'const isWritten = await context.database.batchIf([',
    `if (event !== null && !(await context.database.batchIf([entryOf(context, event, 'applied')]))) return 'duplicate';
    entry.length = 0;
    const isWritten = await context.database.batchIf([`,
  ),
  sabotage(
    'BILL-3',
    'the tier is written after the batch',
    subscription,
    `across.bind(setTier, account.tenantId, snapshot.tier),
      ...entry,
      ...told,
    ]);`,
    `...entry,
      ...told,
    ]);
    await across.change(setTier, account.tenantId, snapshot.tier);`,
  ),
  sabotage(
    'BILL-3',
    'a failure is caught and answered with 200',
    routes,
    ': await applySubscription(context, customerId, event);',
    ": await applySubscription(context, customerId, event).catch(() => 'failed');",
  ),
  sabotage(
    'BILL-3',
    'Stripe that fails is taken for a tenant without a subscription',
    subscription,
    "stripe.subscriptions.list({ customer: account.customerId, status: 'all', limit: 100 }),\n  );",
    "stripe.subscriptions.list({ customer: account.customerId, status: 'all', limit: 100 }),\n  ).catch(() => ({ data: [] }));",
  ),
  sabotage(
    'BILL-3',
    'a write that is always too late is acknowledged',
    subscription,
    "  throw new Problem('unavailable');\n}\n\n/** Remembers",
    "  return 'unchanged';\n}\n\n/** Remembers",
  ),
  sabotage(
    'BILL-3',
    'the clock changes nothing',
    reconciliation,
    'const due = await across.first(claimDueCustomer, now, now + tryAgainMs);',
    'const due = await across.first(claimDueCustomer, 0, now + tryAgainMs);',
  ),
  sabotage(
    'BILL-3',
    'nobody is ever restricted',
    states,
    "if (now >= pastDueSince + restrictedAfterMs) return 'restricted';",
    "if (now >= pastDueSince + restrictedAfterMs) return 'grace';",
  ),
  sabotage(
    'BILL-3',
    'the days of an earlier failure count',
    subscription,
    "const pastDueSince = status === 'past_due' ? (known ?? now) : null;",
    'const pastDueSince = known ?? now;',
  ),
  sabotage(
    'BILL-3',
    'what came of a checkout is never asked',
    statements,
    'sync_due_at = min(coalesce(sync_due_at, ?2), ?2)\n   WHERE tenant_id = ?1`,\n);\n\n/** The same',
    'sync_due_at = min(sync_due_at, ?2)\n   WHERE tenant_id = ?1`,\n);\n\n/** The same',
  ),
];

const between = [
  sabotage(
    'BILL-2',
    'the number is read after Stripe has answered',
    subscription,
    'const snapshot = await fetchSnapshot(context, account);',
    `const snapshot = await fetchSnapshot(context, account);
    Object.assign(account, await across.first(accountOfCustomer, customerId));`,
  ),
  sabotage(
    'BILL-2',
    'two subscriptions of one tenant are nobody’s concern',
    subscription,
    'if (data.filter(({ status }) => !isOver(status)).length > 1) {',
    'if (data.filter(({ status }) => !isOver(status)).length > 9) {',
  ),
  sabotage(
    'BILL-3',
    'audit and mail are written after the batch',
    subscription,
    `      ...told,
    ]);
    if (isWritten)`,
    `    ]);
    const [first, ...others] = told;
    if (first !== undefined) await context.database.batch([first, ...others]);
    if (isWritten)`,
  ),
  sabotage(
    'BILL-2',
    'a step that came too late is not repeated',
    subscription,
    'const rounds = 5;',
    'const rounds = 1;',
  ),
  sabotage(
    'BILL-3',
    'one customer who fails is tried each minute, before all others',
    reconciliation,
    'const tryAgainMs = 10 * 60 * 1_000;',
    'const tryAgainMs = 0;',
  ),
  sabotage(
    'BILL-3',
    'a difference is repaired without a word',
    reconciliation,
    "if (outcome === 'changed' && before !== null) {",
    "if (outcome === 'duplicate' && before !== null) {",
  ),
  sabotage(
    'BILL-3',
    'a subscription is asked about once, and never again',
    states,
    'return Math.min(now + askAgainMs, ...turns.filter((turn) => turn > now));',
    'return now + askAgainMs * 1_000 * turns.length;',
  ),
];

const gates = [
  sabotage(
    'BILL-4',
    'the tier is that of the session’s first request',
    access,
    `  return new Tenant({ tenantId, role: held, tier });
}
`,
    `  const known = tiers.get(row.sessionId + tenantId) ?? tier;
  tiers.set(row.sessionId + tenantId, known);
  return new Tenant({ tenantId, role: held, tier: known });
}

const tiers = new Map<string, Tier>();
`,
  ),
  sabotage(
    'BILL-4',
    'a first payment that is under way opens the plan',
    states,
    'incomplete: { keepsPlan: false,',
    'incomplete: { keepsPlan: true,',
  ),
  sabotage(
    'BILL-4',
    'a subscription that is paused keeps the plan',
    states,
    "['paused', 'restricted'],",
    "['paused', 'active'],",
  ),
  sabotage(
    'BILL-4',
    'a price that is none of ours is nobody’s concern',
    subscription,
    "if (plan === null) logger.log('error', 'alert: a price that is none of ours', { tenantId });",
    '',
  ),
  sabotage(
    'BILL-4',
    'no route asks for a tier',
    access,
    "if (!includesTier(tenant.tier, tier)) throw new Problem('tier_required');",
    'void includesTier;\n      void tenant;',
  ),
  sabotage(
    'BILL-4',
    'the tier comes from a header',
    access,
    'if (!includesTier(tenant.tier, tier))',
    "if (c.req.header('X-Tier') !== 'business' && !includesTier(tenant.tier, tier))",
  ),
  sabotage(
    'BILL-4',
    'the tier comes from a cookie',
    access,
    'if (!includesTier(tenant.tier, tier))',
    "if (!c.req.header('Cookie')?.includes('tier=') && !includesTier(tenant.tier, tier))",
  ),
  sabotage(
    'BILL-4',
    'the step-up is asked for before the tier',
    access,
    "if (!includesTier(tenant.tier, tier)) throw new Problem('tier_required');\n      if (stepUp) requireStepUp(c.get('context').now, row);",
    "if (stepUp) requireStepUp(c.get('context').now, row);\n      if (!includesTier(tenant.tier, tier)) throw new Problem('tier_required');",
  ),
  sabotage(
    'BILL-4',
    'the route of insights forgets its tier',
    routes,
    "access.tenant({ role: 'member', tier: 'pro' })",
    "access.tenant({ role: 'member' })",
  ),
  sabotage(
    'BILL-4',
    'who was on the plan once keeps it',
    subscription,
    'across.bind(setTier, account.tenantId, snapshot.tier),',
    "across.bind(setTier, account.tenantId, snapshot.tier === 'free' ? account.tier : snapshot.tier),",
  ),
  sabotage(
    'BILL-4',
    'a price that is none of ours is the plan pro',
    subscription,
    "plan: plan ?? 'free',\n    tier: tierIn(state, plan ?? 'free'),",
    "plan: plan ?? 'pro',\n    tier: tierIn(state, plan ?? 'pro'),",
  ),
  sabotage(
    'BILL-4',
    'who does not pay keeps the plan',
    states,
    'restricted: { keepsPlan: false,',
    'restricted: { keepsPlan: true,',
  ),
  sabotage(
    'BILL-4',
    'a word of Stripe that is new is taken for good',
    states,
    "stateOfStatus.get(status) ?? 'restricted'",
    "stateOfStatus.get(status) ?? 'active'",
  ),
  sabotage(
    'BILL-4',
    'projects are counted before they are added, not while',
    'src/projects/repository.ts',
    'database.bind(insertProject, id, name, description, by.now, atMost),\n      );',
    'database.bind(insertProject, id, name, description, by.now, 1e9),\n      );\n      void atMost;',
  ),
  sabotage(
    'BILL-4',
    'a tenant beyond its plan goes on changing',
    'src/db/statements/projects.ts',
    'WHERE others.tenant_id = ?1 LIMIT 1 OFFSET ?5',
    'WHERE others.tenant_id = ?1 LIMIT 1 OFFSET ?5 + 1000000000',
  ),
  sabotage(
    'BILL-4',
    'members are not counted',
    'src/db/statements/invitations.ts',
    'WHERE members.tenant_id = invitations.tenant_id\n     ) < ?5`',
    'WHERE members.tenant_id = invitations.tenant_id\n     ) < ?5 + 1e9`',
  ),
];

const buying = [
  sabotage(
    'BILL-5',
    'each try for a session has a key of its own',
    checkout,
    'idempotencyKey: `${lease.attempt}-${plan}`',
    'idempotencyKey: crypto.randomUUID()',
  ),
  sabotage(
    'BILL-5',
    'who has begun to pay may begin again',
    states,
    'incomplete: { keepsPlan: false, mayBuy: false,',
    'incomplete: { keepsPlan: false, mayBuy: true,',
  ),
  sabotage(
    'BILL-5',
    'a failure does not end the lease',
    checkout,
    'await across.change(releaseCheckoutLease, tenantId, isOpen ? lease.attempt : null);',
    'void isOpen;\n    void releaseCheckoutLease;',
  ),
  sabotage(
    'BILL-5',
    'each visit makes a customer',
    checkout,
    'const customer = lease.customerId ?? (await createCustomer(context, actor, lease.attempt));',
    'const customer = await createCustomer(context, actor, crypto.randomUUID());',
  ),
  sabotage(
    'BILL-5',
    'there is no lease',
    statements,
    'WHERE checkout_held_until <= ?4\n',
    'WHERE checkout_held_until <= ?4 + 1e12\n',
  ),
  sabotage(
    'BILL-5',
    'a lease never ends',
    statements,
    'WHERE checkout_held_until <= ?4\n',
    'WHERE checkout_held_until <= ?4 - 1e12\n',
  ),
  sabotage(
    'BILL-5',
    'D1 is not asked first',
    checkout,
    'if (known !== null && !states[known.state].mayBuy) throw hasSubscription();',
    'void known;\n  void states;',
  ),
  sabotage(
    'BILL-5',
    'Stripe is not asked first',
    checkout,
    'if (bought.data.some(({ status }) => !isOver(status))) {',
    'if (bought.data.some(({ status }) => isOver(status) && !isOver(status))) {',
  ),
  sabotage(
    'BILL-5',
    'an open session is not used again',
    checkout,
    "if (session.metadata?.['plan'] === plan && session.url !== null) return session.url;",
    'if (session.url === plan) return session.url;',
  ),
  sabotage(
    'BILL-5',
    'an open session for another plan stays open',
    checkout,
    'await ask((stripe) => stripe.checkout.sessions.expire(session.id));',
    'void session;',
  ),
  sabotage(
    'BILL-5',
    'each try has a key of its own',
    checkout,
    'idempotencyKey: `${attempt}-customer`',
    'idempotencyKey: `${crypto.randomUUID()}-${attempt.length}`',
  ),
  sabotage(
    'BILL-5',
    'a key whose failure Stripe keeps is used for ever',
    checkout,
    'const isOpen = thrown instanceof StripeFailure && !thrown.wasAnswered;',
    'const isOpen = thrown instanceof StripeFailure;',
  ),
  sabotage(
    'BILL-5',
    'a tenant that is deleted is charged on',
    reconciliation,
    'await endWithTenant(context, due.customerId);',
    'void endWithTenant;',
  ),
  sabotage(
    'BILL-5',
    'a tenant is purged while it is charged',
    'src/db/statements/tenant-end.ts',
    "AND billing_accounts.state NOT IN ('none', 'canceled')",
    "AND billing_accounts.state NOT IN ('none', 'canceled', 'active')",
  ),
];

const journey = [
  sabotage(
    'TEST-3',
    'a failed payment is not heard of',
    verified,
    "  'invoice.payment_failed',\n",
    '',
  ),
  sabotage(
    'TEST-3',
    'a purchase is not heard of',
    verified,
    "  'checkout.session.completed',\n",
    '',
  ),
  sabotage(
    'TEST-3',
    'an end is not heard of',
    verified,
    "  'customer.subscription.deleted',\n",
    '',
  ),
  sabotage(
    'TEST-3',
    'everybody is told of a failed payment',
    statements,
    "AND memberships.role = 'owner' AND users",
    'AND users',
  ),
  sabotage(
    'TEST-3',
    'who has not paid is told again with every event',
    subscription,
    'if (!states[state].isTold || state === account.state) return [told];',
    'if (!states[state].isTold) return [told];',
  ),
  sabotage(
    'TEST-3',
    'the portal is another customer’s',
    checkout,
    'stripe.billingPortal.sessions.create({ customer, return_url',
    "stripe.billingPortal.sessions.create({ customer: String(customer).slice(0, -1) + '1', return_url",
  ),
  sabotage(
    'TEST-3',
    'nobody is told of a failed payment',
    states,
    'past_due: { keepsPlan: true, mayBuy: false, isTold: true }',
    'past_due: { keepsPlan: true, mayBuy: false, isTold: false }',
  ),
  sabotage(
    'TEST-3',
    'all plans are sold at the price of one',
    checkout,
    'price: prices[plan]',
    'price: prices.pro',
  ),
  sabotage(
    'TEST-3',
    'the tenant is not named to Stripe',
    checkout,
    '        client_reference_id: tenantId,\n',
    '',
  ),
  sabotage(
    'TEST-3',
    'who has not proven their address buys',
    checkout,
    "if (!actor.user.emailVerified) throw refusal('session', 'Confirm your own address first');",
    '',
  ),
  sabotage(
    'TEST-3',
    'an upgrade changes nothing',
    subscription,
    "return price.id === prices.business ? ['business'] : [];",
    "return price.id === prices.business ? ['pro'] : [];",
  ),
];

const around = [
  sabotage('DEP-2', 'events of Stripe cannot be held back', routes, "    flag: 'webhooks',\n", ''),
  sabotage(
    'DEP-2',
    'an event that is held back is acknowledged, and lost',
    routes,
    "    flag: 'webhooks',\n    input: z.strictObject({}),\n    async handler({ c, context, actor: event }) {\n",
    `    input: z.strictObject({}),
    async handler({ c, context, actor: event }) {
      const flags = await c.env.DB.prepare("SELECT 1 FROM feature_flags WHERE name = 'webhooks'").all();
      if (flags.results.length > 0) return c.json({ outcome: 'later' });
`,
  ),
  sabotage(
    'DEP-2',
    'the portal stays open when buying is closed',
    routes,
    "    flag: 'checkout',\n    budget: budgets.checkout,\n    input: z.strictObject({ params: inTenant }),\n",
    '    budget: budgets.checkout,\n    input: z.strictObject({ params: inTenant }),\n',
  ),
  sabotage(
    'API-3',
    'checkouts have no budget',
    routes,
    '    budget: budgets.checkout,\n    input: z.strictObject({\n',
    '    input: z.strictObject({\n',
  ),
  sabotage(
    'API-3',
    'Stripe’s own pages are opened without end',
    routes,
    '    budget: budgets.checkout,\n    input: z.strictObject({ params',
    '    input: z.strictObject({ params',
  ),
  sabotage(
    'SEC-5',
    'Stripe is asked past the one way out',
    client,
    'fetch = outbound({ requestId, patienceMs })',
    'fetch = requestId === String(patienceMs) ? outbound({ requestId, patienceMs }) : undefined',
  ),
  sabotage(
    'BILL-3',
    'Stripe may take its time',
    client,
    'const patienceMs = 10_000;',
    'const patienceMs = 100_000;',
  ),
];

/** What is done to the money. */
export const billing = [
  ...webhook,
  ...application,
  ...between,
  ...gates,
  ...buying,
  ...journey,
  ...around,
];
