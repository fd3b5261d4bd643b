import { buying, journey } from './checkout.ts';
import { plans } from './plans.ts';
import { sabotage } from './sabotage.ts';
import { standInForStripe } from './stand-in.ts';
import { stripeWebhook } from './stripe-webhook.ts';
import { application, between } from './subscriptions.ts';

const client = 'src/billing/client.ts';
const routes = 'src/billing/routes.ts';

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
    'ERR-4',
    'while Stripe is down nobody has a plan',
    'src/billing/subscription.ts',
    "if (!(thrown instanceof StripeFailure && thrown.missing === 'customer')) throw thrown;\n    await expectOurAccount(context);",
    'if (!(thrown instanceof StripeFailure)) throw thrown;\n    void expectOurAccount;',
  ),
  sabotage(
    'OBS-2',
    'what Stripe says is written down',
    client,
    'const { code = thrown.type } = thrown;',
    'const code = thrown.message;',
  ),
  sabotage(
    'SEC-5',
    'Stripe is asked past the one way out',
    client,
    'send = outbound({ requestId, patienceMs })',
    'send = requestId === String(patienceMs) ? outbound({ requestId, patienceMs }) : (...call) => fetch(...call)',
  ),
  sabotage(
    'BILL-3',
    'whatever is JSON is taken for an answer of Stripe',
    client,
    "return isObject && ('object' in answer || 'error' in answer);",
    'return isObject || answer === null || JSON.stringify(answer) === text;',
  ),
  sabotage(
    'BILL-3',
    'an empty object is taken for an answer of Stripe',
    client,
    "return isObject && ('object' in answer || 'error' in answer);",
    'return isObject;',
  ),
  sabotage(
    'BILL-3',
    'Stripe may take its time',
    client,
    'const patienceMs = 10_000;',
    'const patienceMs = 100_000;',
  ),
  sabotage(
    'SEC-5',
    'a key that may do everything is set in production',
    'scripts/secrets/registry.ts',
    '/^rk_live_',
    '/^[rs]k_live_',
  ),
  sabotage(
    'SEC-5',
    'whoever makes a key gives it payouts as well',
    'scripts/secrets/registry.ts',
    'Subscriptions and Customer portal, and nothing else',
    'Subscriptions, Payouts and Customer portal',
  ),
  sabotage(
    'SEC-2',
    'the signing secret before is never taken away',
    'scripts/secrets/registry.ts',
    "readsPrevious: true,\n    mayDo: 'prove that an event",
    "readsPrevious: false,\n    mayDo: 'prove that an event",
  ),
  sabotage(
    'SEC-1',
    'what is typed in a terminal is shown',
    'scripts/secrets/ask.ts',
    'createInterface({ input: process.stdin, output, terminal: true })',
    'createInterface({ input: process.stdin, output: output.writable ? process.stderr : output, terminal: true })',
  ),
  sabotage(
    'SEC-1',
    'production is set up with keys of a test mode',
    'scripts/setup.ts',
    'checkShape(name, value, environment);',
    "checkShape(name, value, 'staging');",
  ),
];

/** What is done to the money. */
export const billing = [
  ...stripeWebhook,
  ...application,
  ...between,
  ...plans,
  ...buying,
  ...journey,
  ...standInForStripe,
  ...around,
];
