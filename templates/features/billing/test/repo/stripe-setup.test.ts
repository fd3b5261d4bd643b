import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveStandIn, type ServedStandIn } from '../../dev/stripe/server.ts';
import { standIn as programs, startScript } from './stand-in.ts';

let folder: string;
let served: ServedStandIn;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stripe-setup-'));
  served = await serveStandIn(join(folder, 'world.json'));
});

afterEach(() => {
  served.server.close();
  rmSync(folder, { recursive: true });
});

/** Runs the script, with the key from the environment unless something else is said. */
const setUp = (
  options: Parameters<typeof startScript>[3] = { env: { STRIPE_SECRET_KEY: 'sk_test_x' } },
  api = served.address,
) => startScript('stripe-setup', ['--api', api], programs(), options);

describe('TEST-3 making the prices at Stripe', () => {
  it('finds the prices that are there, and makes those anew that were archived', async () => {
    const idsPrinted = async () => (await setUp()).stdout.split('\n');
    const [pro = '', business = ''] = await idsPrinted();
    expect(pro).toMatch(/^STRIPE_PRICE_PRO="price_\w+"$/);
    expect(business).toMatch(/^STRIPE_PRICE_BUSINESS="price_\w+"$/);
    expect(await idsPrinted()).toEqual([pro, business, '']);
    for (const price of served.standIn.world.named) {
      if (pro.includes(`"${price.id}"`)) price.active = false;
    }
    const [another = '', same] = await idsPrinted();
    expect(another).toMatch(/^STRIPE_PRICE_PRO="price_\w+"$/);
    expect(another).not.toBe(pro);
    expect(same).toBe(business);
  });

  it('sells each plan by the month, for what the script says, by the key of .dev.vars', async () => {
    writeFileSync(join(folder, '.dev.vars'), 'HMAC_KEY="x"\nSTRIPE_SECRET_KEY="sk_test_x"\n');
    expect((await setUp({ cwd: folder })).status).toBe(0);
    const asked = Object.values(served.standIn.world.kept).map((kept) => kept.asked.split(' '));
    const prices = asked.filter(([, path]) => path === '/v1/prices');
    const terms = prices.map(([, , form]) => Object.fromEntries(new URLSearchParams(form)));
    const monthly = { currency: 'eur', 'recurring[interval]': 'month' };
    expect(terms).toMatchObject([
      { ...monthly, product: 'plan_pro', lookup_key: 'pro_monthly', unit_amount: '1900' },
      { ...monthly, product: 'plan_business', lookup_key: 'business_monthly', unit_amount: '9900' },
    ]);
  });

  it('what Stripe refuses is a failure, and says so', async () => {
    const error = { type: 'invalid_request_error', message: 'no rights to prices' };
    served.standIn.answer = async () => Response.json({ error }, { status: 403 });
    const { status, stdout, stderr } = await setUp();
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('Stripe refused: no rights to prices');
  });

  it.each([
    ['sk_live_x', '', 1],
    ['rk_live_x', '', 1],
    ['whsec_test_x', '', 1],
    ['sk_test_x', 'http://evil.example', 2],
    ['sk_test_x', 'https://127.0.0.1:1', 2],
  ])('with %s nothing is asked, of Stripe or of "%s"', async (STRIPE_SECRET_KEY, api, status) => {
    const ended = await setUp({ env: { STRIPE_SECRET_KEY } }, api || served.address);
    expect([ended.status, ended.stdout, served.standIn.calls]).toEqual([status, '', []]);
  });
});
