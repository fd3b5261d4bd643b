import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { standInBindings } from './bindings.ts';
import { Courier } from './courier.ts';
import { emptyWorld, type World } from './objects.ts';
import { StripeStandIn } from './stand-in.ts';

/** A stand-in that listens, on loopback and at a port of its own. */
export interface ServedStandIn {
  readonly address: string;
  readonly standIn: StripeStandIn;
  readonly courier: Courier;
  readonly server: Server;
}

/** Serves a stand-in, which keeps its world in a file from one run to the next. */
export async function serveStandIn(stateFile: string): Promise<ServedStandIn> {
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
      // Such as {"copies":2} or {"failures":1}: the tests and the curious make things go wrong. They learn
      // how many events are still on their way.
      const asked: unknown = JSON.parse(body);
      Object.assign(courier.mischief, asked);
      Object.assign(standIn.weather, asked);
      outgoing.end(JSON.stringify({ underway: courier.underway }));
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
    mkdirSync(dirname(stateFile), { recursive: true });
    writeFileSync(stateFile, JSON.stringify(world));
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
    outgoing.end(await answer.text());
  }

  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  const address = `http://127.0.0.1:${port}`;
  standIn.pages = address;
  return { address, standIn, courier, server };
}

function webhookOf(page: string): string {
  return new URL('/webhooks/stripe', page).href;
}
