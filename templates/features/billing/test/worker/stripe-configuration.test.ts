import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { bindingsFor } from '../../dev/stripe/bindings.ts';
import { readConfiguration, type Env } from '../../src/env.ts';

const read = (changed: Partial<Env>, url = 'https://app.example') =>
  readConfiguration({ ...env, ...changed }, new URL(url));
const inDevelopment = (changed: Partial<Env>) =>
  read({ APP_ENV: 'development', ...changed }, 'http://localhost:8787');

describe('BILL-1 SEC-5 SEC-6 each environment knows the Stripe of its own mode', () => {
  it('production takes a restricted live key', () => {
    expect(read({ STRIPE_SECRET_KEY: 'rk_live_x' }).stripe).toMatchObject({ isLive: true });
  });

  it.each(['', 'rk_test_x', 'sk_test_x', 'pk_live_x', 'rk_live_', 'sk_live_x'])(
    'production refuses the key "%s"',
    (STRIPE_SECRET_KEY) => {
      expect(() => read({ STRIPE_SECRET_KEY })).toThrow('STRIPE_SECRET_KEY must begin with');
    },
  );

  it('production takes an unrestricted key where its reason is recorded, and a test key never', () => {
    const STRIPE_UNRESTRICTED_BECAUSE = 'Connect needs it, decided by Ada on 3 May';
    const changed = { STRIPE_SECRET_KEY: 'sk_live_x', STRIPE_UNRESTRICTED_BECAUSE };
    expect(read(changed).stripe.key).toBe('sk_live_x');
    expect(() => read({ ...changed, STRIPE_UNRESTRICTED_BECAUSE: ' ' })).toThrow('begin with');
    expect(() => read({ ...changed, STRIPE_SECRET_KEY: 'sk_test_x' })).toThrow('begin with');
  });

  it.each(['rk_live_x', 'sk_live_x', ''])('staging and development refuse the key "%s"', (key) => {
    const changed = { STRIPE_SECRET_KEY: key, STRIPE_UNRESTRICTED_BECAUSE: 'because' };
    expect(() => read({ APP_ENV: 'staging', ...changed })).toThrow('begin with');
    expect(() => inDevelopment(changed)).toThrow('begin with');
  });

  it.each(['rk_test_x', 'sk_test_x'])('staging and development take %s', (key) => {
    const changed = { STRIPE_SECRET_KEY: key };
    expect(read({ APP_ENV: 'staging', ...changed }).stripe).toMatchObject({ isLive: false });
    expect(inDevelopment(changed).stripe).toMatchObject({ isLive: false });
  });

  it('what stands in for Stripe is refused everywhere but in development', () => {
    const STRIPE = { fetch };
    expect(() => read({ STRIPE })).toThrow('stands in for Stripe');
    const staging = { APP_ENV: 'staging', STRIPE_SECRET_KEY: 'sk_test_x' };
    expect(() => read({ ...staging, STRIPE })).toThrow('stands in for Stripe');
    expect(inDevelopment({ STRIPE_SECRET_KEY: 'sk_test_x', STRIPE }).stripe.fetch).toBe(fetch);
  });

  it('what development binds the stand-in with is a configuration', () => {
    const { stripe } = inDevelopment(bindingsFor('http://127.0.0.1:12111'));
    expect(stripe).toMatchObject({ isLive: false, prices: { pro: ['price_stand_in_pro'] } });
  });

  it.each([
    ['STRIPE_WEBHOOK_SECRET', ''],
    ['STRIPE_WEBHOOK_SECRET', 'whsec_'],
    ['STRIPE_WEBHOOK_SECRET', 'whsec_too_short'],
    ['STRIPE_WEBHOOK_SECRET', 'a secret without its beginning'],
    ['STRIPE_WEBHOOK_SECRET_PREVIOUS', 'short'],
  ])('%s "%s" is refused', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(/must be/);
  });
});

describe('BILL-4 each plan has prices of its own', () => {
  it('the one that is sold, and those that were sold before', () => {
    const STRIPE_PRICE_PRO = ' price_new  price_old ';
    expect(read({ STRIPE_PRICE_PRO }).stripe.prices).toEqual({
      pro: ['price_new', 'price_old'],
      business: ['price_business'],
    });
  });

  it.each([
    ['STRIPE_PRICE_PRO', ''],
    ['STRIPE_PRICE_PRO', 'price_new prod_x'],
    ['STRIPE_PRICE_PRO', 'price_new,price_old'],
    ['STRIPE_PRICE_PRO', 'price_new price_business'],
    ['STRIPE_PRICE_BUSINESS', 'prod_x'],
    ['STRIPE_PRICE_BUSINESS', 'price_pro'],
  ])('%s "%s" is refused', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(/must be/);
  });
});
