import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { routes } from '../../src/app.ts';
import * as passwords from '../../src/auth/password.ts';
import type { Env } from '../../src/env.ts';
import type { Route } from '../../src/http/route.ts';
import { faults } from '../../src/ops/faults.ts';
import { password } from './arrange.ts';
import { Browser, freshAddress, type Answer } from './browser.ts';
import { failing, type Behaviour } from './failing.ts';
import { fill, newFurnishedTeam } from './tenant-routes.ts';

/** As it is before a test hurries it. */
const wait = scheduler.wait.bind(scheduler);
const canary = 'canary-7f3a';
const message = `${canary}: D1_ERROR: users.secret is gone at /srv/app.ts:12`;

/** Something for each field of each route, so that requests get to where something is asked. */
const typed: Readonly<Record<string, unknown>> = {
  name: 'Plain',
  description: 'Plain',
  password,
  current: password,
  token: 'A'.repeat(43),
  emailCode: 'A'.repeat(43),
  code: '000000',
  role: 'member',
  plan: 'pro',
};

function bodyFor({ input, reads }: Route, email: string): unknown {
  const { body } = input.shape;
  if (!(body instanceof z.ZodObject)) return undefined;
  const fields = Object.keys(body.shape);
  if (reads === 'json') {
    return Object.fromEntries(
      fields.map((field) => [field, field === 'email' ? email : typed[field]]),
    );
  }
  const form = new FormData();
  const png = Uint8Array.fromBase64(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  );
  for (const field of fields) form.append(field, new File([png], 'a.png'));
  return form;
}

/** What ends the session, the account or the tenant comes when all others were asked. */
const isLast = ({ method, path }: Route) =>
  /logout|password\/change$/.test(path) || (method === 'DELETE' && /me$|tenants\/:\w+$/.test(path));

type Double = (behave: Behaviour, fair?: number) => Partial<Env>;

/** All that the app asks while it answers; some are there with an option only. */
const bound = new Map(Object.entries(env));
const doubles: readonly (readonly [name: string, double: Double, isThere: boolean])[] = [
  ['D1', (behave, fair) => ({ DB: failing(env.DB, behave, fair) }), true],
  ['D1, once it knows who asks,', (behave) => ({ DB: failing(env.DB, behave, 1) }), true],
  ['D1, at the third question,', (behave) => ({ DB: failing(env.DB, behave, 2) }), true],
  ['KV', (behave) => ({ SESSIONS: failing(env.SESSIONS, behave) }), true],
  ['the limiter', (behave) => ({ RATE_LIMITER: failing(env.RATE_LIMITER, behave) }), true],
  ['the flood limiter', (behave) => ({ FLOOD_LIMITER: failing(env.FLOOD_LIMITER, behave) }), true],
  ['the mail service', (behave) => ({ EMAIL: failing(env.EMAIL, behave) }), bound.has('EMAIL')],
  ['R2', (behave) => filesOf(behave), bound.has('FILES')],
  ['whatever is called over https', (behave) => callsOf(behave), true],
];

function filesOf(behave: Behaviour): Partial<Env> {
  const files = bound.get('FILES');
  return typeof files === 'object' ? { FILES: failing(files, behave) } : {};
}

function callsOf(behave: Behaviour): Partial<Env> {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const { signal } = new Request(input, init);
    const givenUp = new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('given up')));
    });
    const answer = await Promise.race([behave('fetch'), givenUp]);
    return answer instanceof Response ? answer : new Response(String(answer));
  });
  return {};
}

/** Asks every route as the owner, and those that are for everybody as nobody, while a dependency behaves. */
async function askEveryRoute(double: Double, behave: Behaviour) {
  vi.spyOn(passwords, 'verifyPassword').mockResolvedValue(true);
  vi.spyOn(passwords, 'hashPassword').mockResolvedValue('a hash');
  vi.spyOn(faults, 'sink').mockImplementation(() => {});
  for (const method of ['info', 'warn'] as const) {
    vi.spyOn(console, method).mockImplementation(() => {});
  }
  const { owner, ids } = await newFurnishedTeam();
  const answers: (Answer & { readonly where: string })[] = [];
  const ask = async (route: Route, isOwner: boolean) => {
    const browser = new Browser();
    if (isOwner) browser.cookies.set('__Host-sid', owner.browser.cookies.get('__Host-sid') ?? '');
    browser.address = freshAddress();
    browser.env = { ...browser.env, ...double(behave) };
    const headers = route.path.startsWith('/api')
      ? {}
      : { Authorization: `Bearer ${env.OPERATIONS_TOKEN}` };
    const path = fill(route.path, { ...ids, provider: 'google' });
    const asked = browser.send(route.method, path, bodyFor(route, owner.email), headers);
    const answer = await Promise.race([asked, wait(15_000).then(() => null)]).catch(
      (thrown: unknown) => {
        // A file that is sent piece by piece is broken off.
        if (route.path.endsWith('/export') && thrown instanceof TypeError) return undefined;
        throw thrown;
      },
    );
    if (answer === undefined) return;
    const where = `${route.method} ${route.path} of ${isOwner ? 'the owner' : 'nobody'}`;
    expect([where, answer === null ? 'still waiting' : 'answered']).toEqual([where, 'answered']);
    if (answer !== null) answers.push({ ...answer, where });
  };
  for (const part of [routes.filter((one) => !isLast(one)), routes.filter(isLast)]) {
    const open = part.filter(({ access }) => access.kind === 'public');
    await Promise.all([
      ...part.map((one) => ask(one, true)),
      ...open.map((one) => ask(one, false)),
    ]);
  }
  return answers;
}

/** Deadlines come early, so that what has none is told from what has one. */
function hurry(): void {
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  vi.spyOn(scheduler, 'wait').mockImplementation((ms, options) => wait(Math.min(ms, 150), options));
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(Math.min(ms, 150)));
}

const present = doubles.filter(([, , isThere]) => isThere);

/** Each answer is a success, a redirect, or a problem with a code (askApp() looks at that), and none tells why. */
function tellingOrBroken(answers: Awaited<ReturnType<typeof askEveryRoute>>): string[] {
  expect(answers.length).toBeGreaterThan(routes.length);
  return answers
    .filter(({ status, text, headers }) => {
      const isTold = `${text} ${JSON.stringify([...headers])}`.includes(canary);
      return isTold || (status >= 500 && status !== 503);
    })
    .map(({ where, status }) => `${where}: ${status}`);
}

/** Each question is answered in the next of these ways. */
function inTurn(ways: readonly (() => unknown)[]): Behaviour {
  let asked = 0;
  return () => {
    asked += 1;
    return ways[asked % ways.length]?.();
  };
}

const failures = [
  () => {
    throw new Error(message);
  },
  () => Promise.reject(new Error(message)),
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- libraries do
  () => Promise.reject(message),
];
const nonsense = [undefined, null, message, {}, [{ [canary]: message }], 7];

describe('ERR-1 a dependency that fails is told to nobody, on no route', () => {
  it.each(present)('%s throws', async (_name, double) => {
    const answers = await askEveryRoute(double, inTurn(failures));
    expect(tellingOrBroken(answers)).toEqual([]);
  });
});

describe('ERR-2 nobody waits for ever, and nonsense is no answer', () => {
  it.each(present)('%s hangs', async (_name, double) => {
    hurry();
    const answers = await askEveryRoute(double, () => new Promise(() => {}));
    expect(tellingOrBroken(answers)).toEqual([]);
  });

  it.each(present)('%s answers nonsense', async (_name, double) => {
    const behave = inTurn(nonsense.map((one) => () => Promise.resolve(one)));
    for (const { where, status, text } of await askEveryRoute(double, behave)) {
      const isTold = status >= 400 && text.includes(canary);
      expect([where, isTold]).toEqual([where, false]);
    }
  });
});
