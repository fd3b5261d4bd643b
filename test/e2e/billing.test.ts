import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  appEnvironment,
  installDependencies,
  renderInto,
  startDevelopmentServer,
  type DevelopmentServer,
} from '../../scripts/rendered-app.ts';
import { HttpClient } from './http-client.ts';

const parent = realpathSync(mkdtempSync(join(tmpdir(), 'stackbilder-billing-')));
const app = join(parent, 'my-app');
const day = 24 * 60 * 60 * 1_000;

const run = (...words: string[]) =>
  spawnSync('npm', ['run', '--silent', ...words], {
    cwd: app,
    env: appEnvironment(),
    encoding: 'utf8',
    maxBuffer: 1e8,
  });

beforeAll(async () => {
  await renderInto(app, { name: 'my-app' });
  await installDependencies(app);
});

afterAll(() => rmSync(parent, { recursive: true, force: true }));

describe('BILL-3 chaos', () => {
  it('200 histories of subscriptions end as Stripe says', () => {
    const file = join(app, 'test/worker/histories.test.ts');
    const ofTheApp = readFileSync(file, 'utf8');
    const many = ofTheApp.replace(/^const histories = \d+;$/m, 'const histories = 200;');
    expect(many).not.toBe(ofTheApp);
    writeFileSync(file, many);
    const { status, stdout, stderr } = run('test', '--', 'histories', '--silent=false');
    writeFileSync(file, ofTheApp);
    expect([status, status === 0 ? '' : stdout + stderr]).toEqual([0, '']);
    const [seed] = /seed \d+/.exec(stdout) ?? [];
    expect(seed).toBeDefined();
    console.log(seed);
  });
});

describe('BILL-4 a subscription, from one end to the other, over wrangler dev', () => {
  let server: DevelopmentServer;
  let client: HttpClient;
  let tenant = '';
  const account = { email: 'owner@example.com', password: 'correct horse battery' };
  const ask = (...request: Parameters<HttpClient['ask']>) => client.ask(...request);
  const urlOf = ({ json }: { json: unknown }) => z.object({ url: z.url() }).parse(json).url;

  beforeAll(async () => {
    server = await startDevelopmentServer(app);
    client = new HttpClient(server.address);
    await ask('POST', '/api/auth/signup', { ...account, name: 'Owner' });
    const token = await client.mailedToken(account.email);
    await ask('POST', '/api/auth/verify-email', { token });
    await ask('POST', '/api/auth/login', account);
    const { json } = await ask('POST', '/api/tenants', { name: 'Acme' });
    tenant = `/api/tenants/${z.object({ id: z.string() }).parse(json).id}`;
  });

  afterAll(() => server.stop());

  /** Waits until the app has heard. */
  async function hears(status: string, tier: string): Promise<void> {
    let heard: unknown;
    for (let waited = 0; waited < 15_000; waited += 100) {
      heard = (await ask('GET', `${tenant}/billing`)).json;
      if (z.object({ status: z.literal(status) }).safeParse(heard).success) break;
      await new Promise((settle) => setTimeout(settle, 100));
    }
    expect(heard).toMatchObject({ status, tier });
  }

  /** Submits the form of a page that has a button of this name. */
  async function click(page: string, button: string): Promise<Response> {
    const html = await (await fetch(page)).text();
    expect(html).toContain(`>${button}</button>`);
    const forms = html.split('<form').slice(1);
    const form = forms.find((one) => one.includes(`>${button}</button>`)) ?? '';
    const action = /action="([^"]+)"/.exec(form)?.[1] ?? '';
    const hidden = [...form.matchAll(/<input type="hidden" name="(\w+)" value="(\w+)">/g)];
    const body = new URLSearchParams(hidden.map(([, name = '', value = '']) => [name, value]));
    body.set('deed', button);
    return fetch(new URL(action, page), { method: 'POST', body, redirect: 'manual' });
  }

  async function atThePortal(button: string): Promise<void> {
    const page = urlOf(await ask('POST', `${tenant}/billing/portal`));
    expect((await click(page, button)).status).toBe(200);
  }

  /** Waits until no event is on its way: one that came later would bring back what is true today. */
  async function allAreDelivered(): Promise<void> {
    const page = urlOf(await ask('POST', `${tenant}/billing/portal`));
    const shape = z.object({ underway: z.int() });
    const underway = async () =>
      shape.parse(
        await (await fetch(new URL('/control', page), { method: 'POST', body: '{}' })).json(),
      ).underway;
    for (let waited = 0; waited < 15_000 && (await underway()) > 0; waited += 100)
      await new Promise((settle) => setTimeout(settle, 100));
    expect(await underway()).toBe(0);
  }

  /** The clock as it is some time later. */
  async function ring(afterMs: number): Promise<void> {
    const time = Date.now() + afterMs;
    const rung = `/cdn-cgi/handler/scheduled?cron=*+*+*+*+*&time=${time}`;
    expect((await fetch(server.address + rung)).status).toBe(200);
  }

  const insights = async () => (await ask('GET', `${tenant}/insights`)).status;

  it('says that a stand-in takes the place of Stripe', () => {
    expect(server.printed()).toContain('a stand-in for Stripe answers at http://127.0.0.1:');
  });

  it('is bought by clicking through the checkout, and a gated route opens', async () => {
    expect(await insights()).toBe(402);
    const page = urlOf(await ask('POST', `${tenant}/billing/checkout`, { plan: 'pro' }));
    const { origin } = new URL(page);
    // From here on every event comes three times, in any order.
    const mischief = JSON.stringify({ copies: 3, isShuffled: true });
    await fetch(`${origin}/control`, { method: 'POST', body: mischief });
    expect((await ask('GET', `${tenant}/billing`)).json).toMatchObject({ tier: 'free' });
    const back = await click(page, 'Subscribe');
    expect(back.status).toBe(303);
    const id = tenant.split('/').at(-1);
    expect(back.headers.get('Location')).toBe(`${server.address}/tenants/${id}/billing`);
    await hears('active', 'pro');
    expect(await insights()).toBe(200);
    const again = await ask('POST', `${tenant}/billing/checkout`, { plan: 'business' });
    expect(again.status).toBe(409);
  });

  it('whose payment fails comes into grace, and is restricted in the end', async () => {
    await atThePortal('fail a payment');
    await hears('past_due', 'pro');
    expect(await insights()).toBe(200);
    await allAreDelivered();
    await ring(3 * day + 60_000);
    await hears('grace', 'pro');
    expect(await insights()).toBe(200);
    await ring(14 * day + 60_000);
    await hears('restricted', 'free');
    expect(await insights()).toBe(402);
    const mails = await ask('GET', `/dev/mailbox.json?to=${account.email}`);
    const { items } = z
      .object({ items: z.array(z.object({ subject: z.string() })) })
      .parse(mails.json);
    const told = items.map(({ subject }) => subject);
    expect(told.filter((subject) => subject === 'A payment failed')).toHaveLength(1);
  });

  it('is paid, and everything is open again', async () => {
    await atThePortal('pay');
    await hears('active', 'pro');
    expect(await insights()).toBe(200);
  });

  it('moves to the higher plan in the portal, of which no event tells until it is replayed', async () => {
    const page = urlOf(await ask('POST', `${tenant}/billing/portal`));
    const { origin } = new URL(page);
    const send = (copies: number) =>
      fetch(`${origin}/control`, { method: 'POST', body: JSON.stringify({ copies }) });
    await allAreDelivered();
    await send(0);
    expect((await click(page, 'move to business')).status).toBe(200);
    await ring(0);
    await hears('active', 'pro');
    const customer = new URL(page).pathname.split('/').at(-1) ?? '';
    const replayed = run('stripe:replay', '--', customer);
    expect([replayed.status, replayed.stderr]).toEqual([0, '']);
    expect(replayed.stdout).toContain(`${customer} of the tenant`);
    await ring(0);
    await hears('active', 'business');
    await send(3);
  });

  it('is canceled in the portal, and closed with the next request', async () => {
    await atThePortal('cancel');
    await hears('canceled', 'free');
    expect(await insights()).toBe(402);
  });

  it('leaves its events in the ledger, each once, which the replay tool lists and repeats', () => {
    const listed = run('stripe:replay');
    expect([listed.status, listed.stderr]).toEqual([0, '']);
    const ids = listed.stdout.match(/evt_\w+/g) ?? [];
    expect(ids.length).toBeGreaterThanOrEqual(8);
    expect(new Set(ids).size).toBe(ids.length);
    expect(run('stripe:replay', '--', ids[0] ?? '').stdout).toContain('will be asked about');
    for (const id of ['evt_of_nobody', 'cus_of_nobody']) {
      const { status, stdout, stderr } = run('stripe:replay', '--', id);
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toContain(`Nothing was done: ${id} leads to no customer of ours.`);
    }
    expect(run('stripe:replay', '--', "evt_x'; DROP TABLE users").status).toBe(2);
  });

  it('is sold at prices that the set-up makes, the same ones however often it runs', async () => {
    const page = /http:\/\/127\.0\.0\.1:\d+/.exec(server.printed())?.[0] ?? '';
    const setUp = () =>
      spawnSync('npm', ['run', '--silent', 'stripe:setup', '--', '--api', page], {
        cwd: app,
        env: { ...appEnvironment(), STRIPE_SECRET_KEY: 'sk_test_stand_in' },
        encoding: 'utf8',
      });
    const first = setUp();
    expect(first.stdout).toMatch(/STRIPE_PRICE_PRO="price_\w+"\nSTRIPE_PRICE_BUSINESS="price_\w+"/);
    expect(setUp().stdout).toBe(first.stdout);
  });
});

describe('SEC-6 what stands in for Stripe is never deployed', () => {
  it.each(['staging', 'production'])('to %s', (environment) => {
    const out = join(parent, `bundle-${environment}`);
    const words = ['wrangler', 'deploy', '--dry-run', '--env', environment, '--outdir', out];
    const options = { cwd: app, env: appEnvironment(), encoding: 'utf8' } as const;
    const { status, stderr } = spawnSync('npx', words, options);
    expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
    const bundle = readFileSync(join(out, 'index.js'), 'utf8');
    expect(bundle).toContain('constructEventAsync');
    expect(bundle).not.toMatch(/stand_in|StripeStandIn|This stands in for Stripe/);
  });
});
