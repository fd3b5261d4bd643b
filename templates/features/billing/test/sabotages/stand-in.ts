import { sabotage } from './sabotage.ts';

const setup = 'scripts/stripe-setup.ts';
const calls = 'dev/stripe/calls.ts';
const standIn = 'dev/stripe/stand-in.ts';
const server = 'dev/stripe/server.ts';
const form = 'dev/stripe/form.ts';
const world = 'dev/stripe/world.ts';

/** What stands in for Stripe, and what makes the prices there. */
export const standInForStripe = [
  sabotage(
    'TEST-3',
    'the stand-in sends an event once, whether or not it arrives',
    'dev/stripe/courier.ts',
    'if (isTaken || attempt > 10)',
    'if (isTaken || attempt >= 0)',
  ),
  sabotage(
    'TEST-3',
    'the stand-in lists whatever there is, however little it is asked for',
    calls,
    'oldestFirst.toReversed().slice(0, limit);',
    'oldestFirst.toReversed();',
  ),
  sabotage(
    'TEST-3',
    'prices that sell nothing any more are found again',
    setup,
    '], active: true }',
    '] }',
  ),
  sabotage(
    'TEST-3',
    'the price of a month is that of a year',
    setup,
    "interval: 'month'",
    "interval: 'year'",
  ),
  sabotage('TEST-3', 'a plan is sold for cents', setup, 'amount: 1_900', 'amount: 19'),
  sabotage(
    'TEST-3',
    'a key that moves money makes prices',
    setup,
    '/^(sk|rk)_test_',
    '/^(sk|rk)_(?:test|live)_',
  ),
  sabotage(
    'TEST-3',
    'the key of Stripe is sent wherever the command says',
    setup,
    "if (protocol !== 'http:' || !['127.0.0.1', 'localhost'].includes(host)) return null;",
    "if (protocol !== 'http:') return null;",
  ),
  sabotage(
    'TEST-3',
    'the key that stands in .dev.vars is not found',
    setup,
    "readFileSync('.dev.vars', 'utf8') :",
    "readFileSync('.dev.vars', 'utf8').slice(0, 0) :",
  ),
  sabotage(
    'TEST-3',
    'prices that Stripe refused were made',
    setup,
    'String(thrown)}`);\n    return 1;',
    'String(thrown)}`);\n    return 0;',
  ),
  sabotage(
    'TEST-3',
    'both prices are printed as those of pro',
    setup,
    'STRIPE_PRICE_${offer.plan.toUpperCase()}="${id}"',
    'STRIPE_PRICE_PRO="${id}"',
  ),
  sabotage(
    'TEST-3',
    'the stand-in forgets a failure under its key',
    standIn,
    "if (key !== null && request.method === 'POST') this",
    "if (key !== null && request.method === 'POST' && answer.status < 400) this",
  ),
  sabotage(
    'TEST-3',
    'the stand-in takes other words under a key',
    standIn,
    'kept.asked === asked ? kept :',
    "kept.asked !== '' ? kept :",
  ),
  sabotage(
    'TEST-3',
    'who develops with a key of Stripe is given the stand-in',
    'dev/stripe/serve.ts',
    "if (valueOf('STRIPE_SECRET_KEY') === '') {",
    "if (valueOf('STRIPE_SECRET_KEY') !== ' ') {",
  ),
  sabotage(
    'TEST-3',
    'who develops with a key of Stripe has one price',
    'dev/stripe/serve.ts',
    "['STRIPE_PRICE_PRO', 'STRIPE_PRICE_BUSINESS']",
    "['STRIPE_PRICE_PRO']",
  ),
  sabotage(
    'TEST-3',
    'the stand-in asks for no key',
    standIn,
    "if (key === '') throw new StripeError(401, 'api_key_invalid');",
    '',
  ),
  sabotage(
    'TEST-3',
    'the stand-in is asked by what it does not heed',
    standIn,
    'find((name) => !heeded.includes(name));',
    "find((name) => name === '' && !heeded.includes(name));",
  ),
  sabotage(
    'TEST-3',
    'who leaves the page of the stand-in has bought',
    standIn,
    "if (deed === 'pay') this",
    "if (deed !== '') this",
  ),
  sabotage(
    'TEST-3',
    'the stand-in takes fields that Stripe does not know',
    form,
    'if (![...required, ...allowed].includes(name)) {',
    "if (name === '' && ![...required, ...allowed].includes(name)) {",
  ),
  sabotage(
    'TEST-3',
    'the stand-in does without a field that Stripe needs',
    form,
    "if (this.get(name) === '') throw",
    'if (this.get(name) === name) throw',
  ),
  sabotage(
    'TEST-3',
    'a session of the stand-in may end at once',
    calls,
    'if (expiresAt < created + 30 * 60 || expiresAt > created + 24 * 60 * 60) {',
    'if (expiresAt < created || expiresAt > created + 24 * 60 * 60) {',
  ),
  sabotage(
    'TEST-3',
    'a session of the stand-in never ends',
    calls,
    'session.expires_at <= stripe.seconds()) {',
    'session.expires_at <= 0) {',
  ),
  sabotage(
    'TEST-3',
    'at the stand-in who comes too late buys',
    world,
    "session.status === 'open' && session.expires_at > this.seconds();",
    "session.status === 'open';",
  ),
  sabotage(
    'TEST-3',
    'the stand-in changes a subscription whose first payment is open',
    calls,
    "if (subscription.status === 'incomplete') {",
    "if (subscription.id === 'incomplete') {",
  ),
  sabotage(
    'TEST-3',
    'the stand-in tells of the other mode',
    world,
    'this.emit(type, subscription, subscription.livemode);',
    'this.emit(type, subscription);',
  ),
  sabotage(
    'TEST-3',
    'after a restart the stand-in brings no events',
    server,
    'if (known !== undefined) courier.address = webhookOf(known.success_url);',
    'void known;',
  ),
  sabotage(
    'TEST-3',
    'after a restart the stand-in knows nobody',
    server,
    '    writeFileSync(stateFile, JSON.stringify(world));\n',
    '    void writeFileSync;\n',
  ),
];
