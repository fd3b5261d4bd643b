import { sabotage } from './sabotage.ts';

const subscription = 'src/billing/subscription.ts';
const states = 'src/billing/states.ts';
const reconciliation = 'src/billing/reconciliation.ts';
const statements = 'src/db/statements/billing.ts';
const routes = 'src/billing/routes.ts';

export const application = [
  sabotage(
    'OBS-3',
    'what the clock asks Stripe carries another id than its log',
    'src/index.ts',
    'const work = { configuration, database, logger, requestId, now: scheduledTime };',
    'const work = { configuration, database, logger, requestId: mintRequestId(), now: scheduledTime };',
  ),
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
    'the newest subscription is taken for the only one',
    subscription,
    "status: 'all', limit: 100 })).data;",
    "status: 'all', limit: 1 })).data;",
  ),
  sabotage(
    'BILL-2',
    'an event that concerns us not is not remembered',
    routes,
    "await recordEvent(context, event, 'nothing to do')",
    "await Promise.resolve('nothing to do')",
  ),
  sabotage(
    'BILL-2',
    'an event that holds its customer whole is passed over',
    'src/billing/verified-event.ts',
    "return 'id' in customer && typeof customer.id === 'string' ? customer.id : null;",
    'return null;',
  ),
  sabotage(
    'BILL-2',
    'a purchase without its customer is nobody’s concern',
    routes,
    'if (customerId === null && subscriptionEvents.has(type)) {',
    'if (customerId === type && subscriptionEvents.has(type)) {',
  ),
  sabotage(
    'BILL-2',
    'a purchase of a customer we do not know is nobody’s concern',
    subscription,
    "  context.logger.log('warn', 'an event of a customer we do not know', { code: event.type });\n",
    '',
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
    "if (!(thrown instanceof StripeFailure && thrown.missing === 'customer')) throw thrown;",
    "if (!(thrown instanceof StripeFailure && thrown.missing === 'customer')) return [];",
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
    'the unpaid days of a subscription that is over are those of the next',
    subscription,
    'const known = subscriptionId === account.subscriptionId ? account.pastDueSince : null;',
    'const known = account.pastDueSince;',
  ),
  sabotage(
    'BILL-3',
    'what came of a checkout is never asked',
    statements,
    'sync_due_at = min(coalesce(sync_due_at, ?2), ?2)',
    'sync_due_at = min(sync_due_at, ?2)',
  ),
  sabotage(
    'BILL-3',
    'what came of a checkout is asked while it can still be paid',
    'src/billing/checkout.ts',
    'const lookAgainMs = payWithinMs + 5 * 60 * 1_000;',
    'const lookAgainMs = 6 * 60 * 1_000;',
  ),
  sabotage(
    'BILL-3',
    'what came of a visit to the portal is asked with the next day’s',
    statements,
    'sync_due_at = min(coalesce(sync_due_at, ?2), ?2)',
    'sync_due_at = coalesce(sync_due_at, ?2)',
  ),
  sabotage(
    'BILL-3',
    'an event of the time before puts off what was promised at a checkout',
    statements,
    'CASE WHEN visit_due_at > ?11\n',
    'CASE WHEN visit_due_at > ?11 + 1e15\n',
  ),
  sabotage(
    'BILL-3',
    'a visit is asked about for ever',
    statements,
    'CASE WHEN visit_due_at > ?11\n',
    'CASE WHEN visit_due_at > ?11 - 1e15\n',
  ),
];

export const between = [
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
    'BILL-2',
    'a step that came too late is repeated once',
    subscription,
    'const rounds = 5;',
    'const rounds = 2;',
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
    "if (outcome === 'changed' && !isExpected) {",
    "if (outcome === 'duplicate' && !isExpected) {",
  ),
  sabotage(
    'BILL-3',
    'a difference is repaired, and nobody is told',
    reconciliation,
    "logger.log('error', 'a subscription was not what we knew'",
    "logger.log('warn', 'a subscription was not what we knew'",
  ),
  sabotage(
    'BILL-3',
    'what the clock does is taken for a difference',
    reconciliation,
    '|| isDueByClock(account, now);',
    '|| (isDueByClock(account, now) && now < 0);',
  ),
  sabotage(
    'BILL-3',
    'one customer whom Stripe refuses keeps all others waiting',
    reconciliation,
    'if (!(thrown instanceof StripeFailure && thrown.wasAnswered)) return;',
    'return;',
  ),
  sabotage(
    'BILL-3',
    'Stripe that is down is asked about each customer',
    reconciliation,
    'if (!(thrown instanceof StripeFailure && thrown.wasAnswered)) return;',
    'if (!(thrown instanceof StripeFailure)) return;',
  ),
  sabotage(
    'BILL-3',
    'who was deleted at Stripe keeps the plan',
    subscription,
    "const gone: Snapshot = { ...nothing, status: 'canceled', state: 'canceled' };",
    "const gone: Snapshot = { ...nothing, state: 'active', plan: 'pro', tier: 'pro' };",
  ),
  sabotage(
    'BILL-3',
    'a key of another account ends every plan',
    subscription,
    'await list({ price: context.configuration.stripe.prices.pro[0], limit: 1 });',
    '',
  ),
  sabotage(
    'BILL-3',
    'a run asks about one customer',
    reconciliation,
    'const customersPerRun = 25;',
    'const customersPerRun = 1;',
  ),
  sabotage(
    'BILL-3',
    'a run asks about everybody',
    reconciliation,
    'const customersPerRun = 25;',
    'const customersPerRun = Infinity;',
  ),
  sabotage(
    'BILL-3',
    'who has waited longest is asked about last',
    statements,
    'ORDER BY sync_due_at LIMIT 1',
    'ORDER BY sync_due_at DESC LIMIT 1',
  ),
  sabotage(
    'BILL-3',
    'mails are put down after the batch',
    subscription,
    `      ...told,
    ]);
    if (isWritten)`,
    `      ...told.slice(0, 1),
    ]);
    const [first, ...others] = told.slice(1);
    if (isWritten && first !== undefined) await context.database.batch([first, ...others]);
    if (isWritten)`,
  ),
  sabotage(
    'BILL-3',
    'the mails are in no batch',
    subscription,
    'return [told, ...(await Promise.all(mails))];',
    'for (const mail of await Promise.all(mails)) await context.database.change(mail);\n  return [told];',
  ),
  sabotage(
    'BILL-3',
    'a subscription is asked about once, and never again',
    states,
    'return Math.min(now + askAgainMs, ...turns.filter((turn) => turn > now));',
    'return now + askAgainMs * 1_000 * turns.length;',
  ),
  sabotage(
    'BILL-3',
    'an id of an event may hold SQL',
    'scripts/stripe-replay.ts',
    '/^(evt|cus)_\\w+$/',
    '/^(evt|cus)_/',
  ),
  sabotage(
    'BILL-3',
    'who asks again in production asks in staging',
    'scripts/stripe-replay.ts',
    "['--remote', '--env', env]",
    "['--remote', '--env', 'staging']",
  ),
  sabotage(
    'BILL-3',
    'an event that is asked again is taken for a customer',
    'scripts/stripe-replay.ts',
    "coalesce((SELECT customer_id FROM stripe_events WHERE id = '${id}'), '${id}')",
    "coalesce(NULL, '${id}')",
  ),
  sabotage(
    'BILL-3',
    'a customer who is unknown is asked about, says the command',
    'scripts/stripe-replay.ts',
    'if (results.length > 0) return 0;',
    'if (results.length >= 0) return 0;',
  ),
];
