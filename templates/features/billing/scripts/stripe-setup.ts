import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import Stripe from 'stripe';
import { givenWords } from './given-words.ts';

const usage = `Usage: npm run stripe:setup [-- --api http://127.0.0.1:port]

Makes the product and the monthly price of each plan in Stripe's test mode, and prints their ids. What is
there already is found again and stays as it is. Where a plan has an id already, put the new one before it,
apart by a blank: who pays the old price keeps the plan. The key is STRIPE_SECRET_KEY, from the environment or from
.dev.vars; a live key is refused, since prices that people pay are for a person to set.`;

/** What is sold, in cents a month. Change it here before the first run, or in the dashboard later. */
const offers = [
  { plan: 'pro', amount: 1_900 },
  { plan: 'business', amount: 9_900 },
] as const;

process.exitCode = await run(givenWords());

/** Answers the exit code: 0 done, 1 failed, 2 wrong usage. */
async function run(words: string[]): Promise<number> {
  if (words.includes('--help')) {
    console.log(usage);
    return 0;
  }
  const api = readApi(words);
  if (api === null) {
    console.error(usage);
    return 2;
  }
  const key = process.env['STRIPE_SECRET_KEY'] ?? localKey();
  if (!/^(sk|rk)_test_\w+$/.test(key)) {
    console.error('STRIPE_SECRET_KEY must be a key of the test mode: sk_test_… or rk_test_…');
    return 1;
  }
  try {
    const stripe = new Stripe(key, api);
    for (const offer of offers) {
      const id = (await findPrice(stripe, offer.plan)) ?? (await createPrice(stripe, offer));
      console.log(`STRIPE_PRICE_${offer.plan.toUpperCase()}="${id}"`);
    }
    return 0;
  } catch (thrown) {
    console.error(`Stripe refused: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    return 1;
  }
}

/** Stripe itself, or a stand-in on this machine. */
function readApi(args: string[]): Stripe.StripeConfig | null {
  try {
    const { values } = parseArgs({ args, options: { api: { type: 'string' } } });
    if (values.api === undefined) return {};
    const { protocol, hostname: host, port } = new URL(values.api);
    if (protocol !== 'http:' || !['127.0.0.1', 'localhost'].includes(host)) return null;
    return { protocol: 'http', host, port };
  } catch {
    return null;
  }
}

function localKey(): string {
  const text = existsSync('.dev.vars') ? readFileSync('.dev.vars', 'utf8') : '';
  return /^STRIPE_SECRET_KEY="?([^"\n]*)"?$/m.exec(text)?.[1] ?? '';
}

/** A price is known by its lookup key, which Stripe gives to one price alone; an archived one sells nothing. */
async function findPrice(stripe: Stripe, plan: string): Promise<string | undefined> {
  const { data } = await stripe.prices.list({ lookup_keys: [`${plan}_monthly`], active: true });
  return data[0]?.id;
}

async function createPrice(
  stripe: Stripe,
  { plan, amount }: (typeof offers)[number],
): Promise<string> {
  const product = `plan_${plan}`;
  try {
    await stripe.products.retrieve(product);
  } catch (thrown) {
    if (!(thrown instanceof Stripe.errors.StripeInvalidRequestError)) throw thrown;
    await stripe.products.create({ id: product, name: plan });
  }
  const price = await stripe.prices.create({
    product,
    currency: 'eur',
    unit_amount: amount,
    recurring: { interval: 'month' },
    lookup_key: `${plan}_monthly`,
    transfer_lookup_key: true,
  });
  return price.id;
}
