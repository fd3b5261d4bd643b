import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { standInBindings } from './bindings.ts';
import { Courier } from './courier.ts';
import { emptyWorld, type World } from './objects.ts';
import { StripeStandIn } from './stand-in.ts';

// `npm run dev`: serves the app on this machine, with Stripe's test mode where .dev.vars holds a key,
// and else with a stand-in beside it. Words behind `--` go to wrangler.

const stateFile = join('.wrangler', 'stripe-stand-in.json');
const vars = ['--var', 'APP_ENV:development'];
const own = existsSync('.dev.vars') ? readFileSync('.dev.vars', 'utf8') : '';
const valueOf = (name: string) => own.match(new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm'))?.[1] ?? '';

if (valueOf('STRIPE_SECRET_KEY') === '') {
  const address = await serveStandIn();
  console.log(`No STRIPE_SECRET_KEY in .dev.vars: a stand-in for Stripe answers at ${address}`);
  vars.push('--var', `STRIPE_STAND_IN:${address}`);
} else {
  for (const name of ['STRIPE_PRICE_PRO', 'STRIPE_PRICE_BUSINESS']) {
    vars.push('--var', `${name}:${valueOf(name)}`);
  }
}

const wrangler = join('node_modules', 'wrangler', 'bin', 'wrangler.js');
const words = [wrangler, 'dev', 'dev/index.ts', ...vars, ...process.argv.slice(2)];
const child = spawn(process.execPath, words, { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));

/** Answers where it listens: on loopback, at a port of its own. */
async function serveStandIn(): Promise<string> {
  const world: World = existsSync(stateFile)
    ? { ...emptyWorld(), ...JSON.parse(readFileSync(stateFile, 'utf8')) }
    : emptyWorld();
  const standIn = new StripeStandIn(world);
  const courier = new Courier(standInBindings.STRIPE_WEBHOOK_SECRET);
  standIn.onEvent = (event) => courier.send(event);
  const [known] = world.sessions;
  if (known !== undefined) courier.address = webhookOf(known.success_url);

  const server = createServer((incoming, outgoing) => {
    void handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
    const { method = 'GET', url = '/' } = incoming;
    const body = Buffer.concat(chunks).toString();
    if (method === 'POST' && url === '/control') {
      // Such as {"copies":2} or {"failures":1}: the tests and the curious make things go wrong.
      const asked: unknown = JSON.parse(body);
      Object.assign(courier.mischief, asked);
      Object.assign(standIn.weather, asked);
      outgoing.end('ok');
      return;
    }
    // The app tells where it is when it first asks for a checkout.
    const page = new URLSearchParams(body).get('success_url');
    if (page !== null) courier.address = webhookOf(page);
    const headers = new Headers({
      Authorization: incoming.headers.authorization ?? '',
      ...(typeof incoming.headers['idempotency-key'] === 'string' && {
        'Idempotency-Key': incoming.headers['idempotency-key'],
      }),
    });
    const sent = method === 'POST' ? { method, headers, body } : { method, headers };
    const answer = await standIn.answer(new Request(new URL(url, address), sent));
    mkdirSync('.wrangler', { recursive: true });
    writeFileSync(stateFile, JSON.stringify(world));
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
    outgoing.end(await answer.text());
  }

  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  const address = `http://127.0.0.1:${port}`;
  standIn.pages = address;
  return address;
}

function webhookOf(page: string): string {
  return new URL('/webhooks/stripe', page).href;
}
