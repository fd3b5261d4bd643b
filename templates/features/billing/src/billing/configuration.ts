import type { Tier } from '../db/tenant.ts';
import { ConfigurationError, type Env, type Environment } from '../env.ts';

/** A tier that is bought. */
export type Plan = Exclude<Tier, 'free'>;

/** What Stripe sells a plan as: first the price that is sold, then those it was sold at before. */
type Prices = readonly [sold: string, ...before: string[]];

/** How the app knows Stripe, and Stripe the app. */
export interface StripeConfiguration {
  readonly key: string;
  /** Whether money moves. It does in production, and nowhere else. */
  readonly isLive: boolean;
  /** The one that Stripe signs with, and during a rotation also the one before. */
  readonly webhookSecrets: readonly string[];
  /** Ids of this environment alone: never taken from a client. */
  readonly prices: Readonly<Record<Plan, Prices>>;
  /** What development has in place of Stripe. */
  readonly fetch: typeof fetch | undefined;
}

/**
 * Checks what concerns Stripe. A key of the wrong mode is refused: production would sell nothing, and
 * staging would charge people.
 * @throws {ConfigurationError} naming what is missing or wrong
 */
export function readStripe(environment: Environment, env: Env): StripeConfiguration {
  if (env.STRIPE !== undefined && environment !== 'development') {
    throw new ConfigurationError(
      'Something stands in for Stripe, which only development may have. Deploy src/index.ts.',
    );
  }
  const isLive = environment === 'production';
  const { STRIPE_WEBHOOK_SECRET_PREVIOUS: previous = '' } = env;
  const secrets = [readWebhookSecret(env.STRIPE_WEBHOOK_SECRET)];
  if (previous !== '') secrets.push(readWebhookSecret(previous));
  const pro = readPrices('STRIPE_PRICE_PRO', env.STRIPE_PRICE_PRO);
  const business = readPrices('STRIPE_PRICE_BUSINESS', env.STRIPE_PRICE_BUSINESS);
  if (pro.some((id) => business.includes(id))) {
    throw new ConfigurationError(
      'STRIPE_PRICE_PRO and STRIPE_PRICE_BUSINESS must be different prices: an id in both is the price of two plans. Correct them under [env.…vars] in wrangler.toml.',
    );
  }
  return {
    key: readKey(env, isLive),
    isLive,
    webhookSecrets: secrets,
    prices: { pro, business },
    fetch: env.STRIPE?.fetch,
  };
}

/**
 * In production a restricted key. What it may do is chosen at Stripe, and cannot be seen from here
 * (scripts/secrets/registry.ts says what the app needs). An unrestricted one takes a reason that stands in
 * wrangler.toml, for everybody to read.
 */
function readKey(env: Env, isLive: boolean): string {
  const { STRIPE_SECRET_KEY: key = '', STRIPE_UNRESTRICTED_BECAUSE: reason = '' } = env;
  const allowed = isLive ? ['rk_live_'] : ['rk_test_', 'sk_test_'];
  if (isLive && reason.trim() !== '') allowed.push('sk_live_');
  if (allowed.some((prefix) => key.startsWith(prefix) && key.length > prefix.length)) return key;
  throw new ConfigurationError(
    `The secret STRIPE_SECRET_KEY must begin with ${allowed.join(' or ')} here. Set it with "wrangler secret put STRIPE_SECRET_KEY --env …"; in development it may be left empty in .dev.vars, and "npm run dev" then stands in for Stripe.`,
  );
}

function readWebhookSecret(value: string | undefined): string {
  if (value !== undefined && /^whsec_\S{16,}$/.test(value)) return value;
  throw new ConfigurationError(
    'The secret STRIPE_WEBHOOK_SECRET must be the signing secret of the endpoint /webhooks/stripe, which begins with whsec_. Set it with "wrangler secret put STRIPE_WEBHOOK_SECRET --env …".',
  );
}

function readPrices(name: string, value = ''): Prices {
  const [sold = '', ...before] = value.trim().split(/\s+/);
  if ([sold, ...before].every((id) => /^price_\w+$/.test(id))) return [sold, ...before];
  throw new ConfigurationError(
    `${name} must be the id of a price at Stripe, which begins with price_; behind it, after blanks, those that were sold before. Set it under [env.…vars] in wrangler.toml; "npm run stripe:setup" makes and prints the first.`,
  );
}
