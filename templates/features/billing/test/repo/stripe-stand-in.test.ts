import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { standInBindings } from '../../dev/stripe/bindings.ts';
import { serveStandIn, type ServedStandIn } from '../../dev/stripe/server.ts';
import { standIn as programs, startScript } from './stand-in.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'stand-in-'));
let served: ServedStandIn;

/** An app that notes the events that reach it, and answers the first ones with 503. */
let app: Server;
let refusals = 0;
const arrived: { readonly time: number; readonly type: string }[] = [];

beforeEach(async () => {
  served = await serveStandIn(join(folder, `${Math.random()}.json`));
  arrived.length = 0;
  refusals = 0;
  app = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { type } = JSON.parse(Buffer.concat(chunks).toString());
      arrived.push({ time: Date.now(), type });
      refusals -= 1;
      outgoing.writeHead(refusals >= 0 ? 503 : 200).end();
    });
  });
  await new Promise<void>((listening) => app.listen(0, '127.0.0.1', listening));
  const bound = app.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  served.courier.address = `http://127.0.0.1:${port}/webhooks/stripe`;
});

afterEach(() => {
  served.server.close();
  app.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const control = (asked: object) =>
  fetch(`${served.address}/control`, { method: 'POST', body: JSON.stringify(asked) });
const askFor = (path: string) =>
  fetch(`${served.address}/v1/${path}`, { headers: { Authorization: 'Bearer sk_test_x' } });
const listed = z.object({
  data: z.array(z.object({ id: z.string() })),
  has_more: z.boolean(),
});
const arrivals = async (count: number) => {
  await expect.poll(() => arrived.length, { timeout: 5_000 }).toBe(count);
  return arrived;
};

describe('TEST-3 what stands in for Stripe in development', () => {
  it('sends an event again until it is taken', async () => {
    refusals = 2;
    served.standIn.emit('invoice.paid', {});
    expect(served.courier.underway).toBe(1);
    expect((await arrivals(3)).map(({ type }) => type)).toEqual(Array(3).fill('invoice.paid'));
    await expect.poll(() => served.courier.underway).toBe(0);
  });

  it('sends copies, and late, where it is told to', async () => {
    await control({ copies: 3, delayMs: 200 });
    const begun = Date.now();
    served.standIn.emit('invoice.paid', {});
    for (const { time } of await arrivals(3)) expect(time - begun).toBeGreaterThanOrEqual(190);
  });

  it('fails, loses answers and is down where it is told to', async () => {
    await control({ failures: 1 });
    const statuses = [(await askFor('events')).status, (await askFor('events')).status];
    expect(statuses).toEqual([500, 200]);
    await control({ lostAnswers: 1 });
    await expect(askFor('events')).rejects.toThrow('fetch failed');
    await control({ isDown: true });
    await expect(askFor('events')).rejects.toThrow('fetch failed');
    await control({ isDown: false });
    expect((await askFor('events')).status).toBe(200);
  });

  it('lists as Stripe does: the newest first, ten or as many as it is asked for', async () => {
    const { standIn } = served;
    standIn.onEvent = undefined;
    const { id: customer } = standIn.addCustomer('ada@example.com');
    const newestFirst = Array.from({ length: 12 }, () =>
      standIn.addSubscription(customer, standInBindings.STRIPE_PRICE_PRO),
    ).toReversed();
    const ids = newestFirst.map(({ id }) => id);
    for (const [index, status] of (['canceled', 'past_due'] as const).entries()) {
      standIn.happen(ids[index] ?? '', status);
    }
    const list = async (rest: string) => {
      const answer = await askFor(`subscriptions?customer=${customer}${rest}`);
      const { data, has_more: hasMore } = listed.parse(await answer.json());
      return [data.map(({ id }) => id), hasMore];
    };
    expect(await list('')).toEqual([ids.slice(1, 11), true]);
    expect(await list('&limit=11')).toEqual([ids.slice(1), false]);
    expect(await list('&status=all&limit=2')).toEqual([ids.slice(0, 2), true]);
    expect(await list('&status=past_due')).toEqual([ids.slice(1, 2), false]);
    expect((await askFor('events?limit=0')).status).toBe(400);
    expect((await askFor('events?limit=101')).status).toBe(400);
  });

  it('lets a customer switch plans in its portal, and says so', async () => {
    const { standIn, address } = served;
    const { id: customer } = standIn.addCustomer('ada@example.com');
    const { id } = standIn.addSubscription(customer, standInBindings.STRIPE_PRICE_PRO);
    await arrivals(2);
    const deed = new URLSearchParams({ subscription: id, deed: 'move to business' });
    await fetch(`${address}/portal/${customer}`, { method: 'POST', body: deed });
    const [, , event] = await arrivals(3);
    expect(event?.type).toBe('customer.subscription.updated');
    const [item] = standIn.subscription(id).items.data;
    expect(item?.price.id).toBe(standInBindings.STRIPE_PRICE_BUSINESS);
  });
});

describe('TEST-3 making the prices at Stripe', () => {
  const setUp = async () => {
    const words = [
      '--experimental-strip-types',
      '--disable-warning=ExperimentalWarning',
      'scripts/stripe-setup.ts',
      '--api',
      served.address,
    ];
    const STRIPE_SECRET_KEY = 'sk_test_of_the_tests';
    const { stdout } = await run(process.execPath, words, {
      env: { ...process.env, STRIPE_SECRET_KEY },
    });
    return stdout.split('\n');
  };

  it('finds the prices that are there, and makes those anew that were archived', async () => {
    const [pro = '', business = ''] = await setUp();
    expect(pro).toMatch(/^STRIPE_PRICE_PRO="price_\w+"$/);
    expect(await setUp()).toEqual([pro, business, '']);
    for (const price of served.standIn.world.named) {
      if (pro.includes(`"${price.id}"`)) price.active = false;
    }
    const [another = '', same] = await setUp();
    expect(another).toMatch(/^STRIPE_PRICE_PRO="price_\w+"$/);
    expect(another).not.toBe(pro);
    expect(same).toBe(business);
  });

  it('sells each plan by the month, for what the script says', async () => {
    await setUp();
    const asked = Object.values(served.standIn.world.kept).map((kept) => kept.asked.split(' '));
    const prices = asked.filter(([, path]) => path === '/v1/prices');
    const terms = prices.map(([, , form]) => Object.fromEntries(new URLSearchParams(form)));
    const monthly = { currency: 'eur', 'recurring[interval]': 'month' };
    expect(terms).toMatchObject([
      { ...monthly, product: 'plan_pro', lookup_key: 'pro_monthly', unit_amount: '1900' },
      { ...monthly, product: 'plan_business', lookup_key: 'business_monthly', unit_amount: '9900' },
    ]);
  });

  it.each([
    ['sk_live_x', '', 1],
    ['rk_live_x', '', 1],
    ['whsec_test_x', '', 1],
    ['sk_test_x', 'http://evil.example', 2],
    ['sk_test_x', 'https://127.0.0.1:1', 2],
  ])('with %s nothing is asked, of Stripe or of "%s"', async (STRIPE_SECRET_KEY, api, status) => {
    const words = ['--api', api || served.address];
    const ended = await startScript('stripe-setup', words, programs(), {
      env: { STRIPE_SECRET_KEY },
    });
    expect([ended.status, ended.stdout, served.standIn.calls]).toEqual([status, '', []]);
  });
});
