import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { standInBindings } from '../../dev/stripe/bindings.ts';
import { serveStandIn, type ServedStandIn } from '../../dev/stripe/server.ts';
import { app as root } from './repository.ts';
import { standIn as programs } from './stand-in.ts';

const folder = mkdtempSync(join(tmpdir(), 'stand-in-'));
let served: ServedStandIn;
let stateFile: string;

/** An app that notes the events that reach it, and answers the first ones with 503. */
let app: Server;
let refusals = 0;
const arrived: { readonly time: number; readonly type: string }[] = [];

beforeEach(async () => {
  stateFile = join(folder, `${Math.random()}.json`);
  served = await serveStandIn(stateFile);
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
const send = (path: string, fields: Record<string, string>, key?: string) =>
  fetch(`${served.address}/${path}`, {
    method: 'POST',
    headers: {
      Authorization: 'Bearer sk_test_x',
      ...(key !== undefined && { 'Idempotency-Key': key }),
    },
    body: new URLSearchParams(fields),
    redirect: 'manual',
  });
/** What a checkout is opened with, for a customer that there is. */
const saleTo = (customer: string) => ({
  mode: 'subscription',
  customer,
  'line_items[0][price]': standInBindings.STRIPE_PRICE_PRO,
  'line_items[0][quantity]': '1',
  success_url: 'http://localhost:8787/bought',
  cancel_url: 'http://localhost:8787/left',
});
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
    await expect.poll(() => served.courier.underway, { timeout: 5_000 }).toBe(0);
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
    expect((await askFor(`subscriptions?customer=${customer}&created[gte]=1`)).status).toBe(400);
  });

  it('lets a customer switch plans in its portal, and says so', async () => {
    const { standIn, address } = served;
    const { id: customer } = standIn.addCustomer('ada@example.com', {}, false);
    const { id } = standIn.addSubscription(customer, standInBindings.STRIPE_PRICE_PRO);
    await arrivals(2);
    const deed = new URLSearchParams({ subscription: id, deed: 'move to business' });
    await fetch(`${address}/portal/${customer}`, { method: 'POST', body: deed });
    const [, , event] = await arrivals(3);
    expect(event?.type).toBe('customer.subscription.updated');
    const [item] = standIn.subscription(id).items.data;
    expect(item?.price.id).toBe(standInBindings.STRIPE_PRICE_BUSINESS);
    standIn.happen(id, 'past_due');
    expect(new Set(standIn.world.events.map(({ livemode }) => livemode))).toEqual(new Set([false]));
  });

  it('keeps its answer under a key, a failure too, and refuses other words under it', async () => {
    const statusOf = async (email: string, key: string) =>
      (await send('v1/customers', { email }, key)).status;
    await control({ failures: 1 });
    expect([await statusOf('ada@x.example', 'a'), await statusOf('ada@x.example', 'a')]).toEqual([
      500, 500,
    ]);
    for (let times = 0; times < 2; times += 1) {
      expect(await statusOf('ada@x.example', 'b')).toBe(200);
    }
    expect(await statusOf('bob@x.example', 'b')).toBe(400);
    expect(served.standIn.world.customers).toHaveLength(1);
  });

  it('refuses what Stripe refuses: no key, a field too many or too few, half an hour to pay', async () => {
    expect((await fetch(`${served.address}/v1/events`)).status).toBe(401);
    const { id } = served.standIn.addCustomer('ada@example.com');
    const statusWith = async (changes: Record<string, string>) =>
      (await send('v1/checkout/sessions', { ...saleTo(id), ...changes })).status;
    const inMinutes = (minutes: number) => `${Math.floor(Date.now() / 1_000) + minutes * 60}`;
    expect(await statusWith({ coupon: 'half' })).toBe(400);
    expect(await statusWith({ cancel_url: '' })).toBe(400);
    expect(await statusWith({ expires_at: inMinutes(29) })).toBe(400);
    expect(await statusWith({ expires_at: inMinutes(25 * 60) })).toBe(400);
    expect(await statusWith({ expires_at: inMinutes(31) })).toBe(200);
  });

  it('lets nothing of a subscription be changed while its first payment is open', async () => {
    const { standIn } = served;
    const { id: customer } = standIn.addCustomer('ada@example.com');
    const { id } = standIn.addSubscription(
      customer,
      standInBindings.STRIPE_PRICE_PRO,
      'incomplete',
    );
    const renewing = { cancel_at_period_end: 'true' };
    expect((await send(`v1/subscriptions/${id}`, renewing)).status).toBe(400);
    standIn.happen(id, 'active');
    expect((await send(`v1/subscriptions/${id}`, renewing)).status).toBe(200);
  });

  it('who leaves its page has bought nothing, and who comes too late can buy nothing', async () => {
    const { standIn } = served;
    const { id: customer } = standIn.addCustomer('ada@example.com');
    await send('v1/checkout/sessions', saleTo(customer));
    const [session] = standIn.world.sessions;
    const left = await send(`checkout/${session?.id}/leave`, {});
    expect([left.status, left.headers.get('Location')]).toEqual([303, session?.cancel_url]);
    expect([session?.status, standIn.world.subscriptions]).toEqual(['open', []]);
    Object.assign(session ?? {}, { expires_at: 1 });
    await send(`checkout/${session?.id}/pay`, {});
    expect(standIn.world.subscriptions).toEqual([]);
    const open = await askFor(`checkout/sessions?customer=${customer}&status=open`);
    expect(listed.parse(await open.json()).data).toEqual([]);
    expect(session).toMatchObject({ status: 'expired', url: null });
  });

  it('knows after a restart what it knew, and where to bring its events', async () => {
    const { id: customer } = served.standIn.addCustomer('ada@example.com');
    await send('v1/checkout/sessions', saleTo(customer));
    const { standIn, courier, server } = await serveStandIn(stateFile);
    server.close();
    expect(standIn.world.sessions).toEqual(served.standIn.world.sessions);
    expect(courier.address).toBe('http://localhost:8787/webhooks/stripe');
  });
});

describe('TEST-3 development asks Stripe, or what stands in for it', () => {
  const keys = 'STRIPE_PRICE_PRO=price_a\nSTRIPE_PRICE_BUSINESS="price_b"\n';
  const prices = ['STRIPE_PRICE_PRO:price_a', 'STRIPE_PRICE_BUSINESS:price_b'];

  it.each([
    ['a key', `STRIPE_SECRET_KEY="sk_test_x"\n${keys}`, prices],
    ['no key', `STRIPE_SECRET_KEY=""\n${keys}`, [expect.stringMatching(/^STRIPE_STAND_IN:http:/)]],
  ])('with %s in .dev.vars', async (_what, variables, passed) => {
    const cwd = mkdtempSync(join(folder, 'dev-'));
    mkdirSync(join(cwd, 'node_modules'));
    writeFileSync(join(cwd, '.dev.vars'), variables);
    const wrangler = programs();
    wrangler.modules(join(cwd, 'node_modules'));
    const words = ['--experimental-strip-types', join(root, 'dev/stripe/serve.ts'), '--port', '1'];
    await promisify(execFile)(process.execPath, words, { cwd });
    const vars = ['APP_ENV:development', ...passed].flatMap((one) => ['--var', one]);
    expect(wrangler.calls()).toEqual([['dev', 'dev/index.ts', ...vars, '--port', '1']]);
  });
});
