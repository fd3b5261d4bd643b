import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { routes } from '../../src/app.ts';
import * as passwords from '../../src/auth/password.ts';
import { faults } from '../../src/ops/faults.ts';
import { internals, withoutTokens } from './answer-check.ts';
import { newUser } from './arrange.ts';
import { Browser, freshAddress, origin } from './browser.ts';
import { drawnRequest, type DrawnRequest } from './fuzz-requests.ts';
import { newPerson } from './team.ts';
import { newFurnishedTeam } from './tenant-routes.ts';

const atOnce = 20;
const [count, seed] = [Number(env.FUZZ_REQUESTS), Number(env.FUZZ_SEED)];

/** Everybody who can ask, in a tenant of their own for each round. */
async function newCast() {
  const { owner, member, ids } = await newFurnishedTeam();
  const cast = {
    owner: owner.browser,
    member: member.browser,
    stranger: (await newPerson()).browser,
    nobody: new Browser(),
  };
  const names: Readonly<Record<string, string>> = {
    ...ids,
    email: owner.email,
    provider: 'google',
  };
  const fill = (text: string) =>
    text.replace(/\{(\w+)\}/g, (_, name: string) => names[name] ?? name);
  return { cast, fill };
}

function bodyOf(
  { body, isForm }: DrawnRequest,
  fill: (text: string) => string,
): BodyInit | undefined {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return body;
  if (!isForm) return fill(JSON.stringify(body));
  const form = new FormData();
  const png = Uint8Array.fromBase64('iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB');
  for (const [name, value] of Object.entries(body)) {
    const isFile = value === '{file}' || value === '{empty file}';
    if (isFile) form.append(name, new File(value === '{file}' ? [png] : [], 'a.png'));
    else form.append(name, String(value));
  }
  return form;
}

/** The texts in a body that look like the inside, as JSON writes them once they are canonical. */
function alarmingTextsIn(body: DrawnRequest['body']): string[] {
  const texts: string[] = [];
  JSON.stringify(body, (_key, value: unknown) => {
    if (typeof value === 'string') texts.push(value.normalize('NFC').trim());
    return value;
  });
  return texts
    .filter((text) => internals.test(text))
    .map((text) => JSON.stringify(text).slice(1, -1));
}

/** As a browser of ours sends it, but for what was drawn. */
function requestOf(drawn: DrawnRequest, browser: Browser, fill: (text: string) => string): Request {
  const body = bodyOf(drawn, fill);
  const headers = new Headers({
    Origin: origin,
    Cookie: browser.cookieHeader(),
    'CF-Connecting-IP': freshAddress(),
  });
  if (body !== undefined && !(body instanceof FormData)) {
    headers.set('Content-Type', 'application/json');
  }
  if (drawn.path.startsWith('/ready') || drawn.path.startsWith('/ops')) {
    headers.set('Authorization', `Bearer ${env.OPERATIONS_TOKEN}`);
  }
  for (const [name, value] of Object.entries(drawn.headers)) headers.set(name, value);
  const takesNone = ['GET', 'HEAD', 'get'].includes(drawn.method);
  return new Request(origin + fill(drawn.path), {
    method: drawn.method,
    headers,
    ...(!takesNone && body !== undefined && { body }),
  });
}

describe('API-1 whatever is sent, nothing breaks and nothing of the inside is told', () => {
  it(`${count} requests drawn from openapi.json and from what has broken programs before`, async () => {
    // The users of every file share one hash, which must be a real one.
    await newUser();
    // A hash takes as long as a hundred requests, and what it is asked is not drawn.
    vi.spyOn(passwords, 'verifyPassword').mockResolvedValue(true);
    vi.spyOn(passwords, 'hashPassword').mockResolvedValue('a hash');
    for (const method of ['info', 'warn', 'error'] as const) {
      vi.spyOn(console, method).mockImplementation(() => {});
    }
    const sink = vi.spyOn(faults, 'sink').mockImplementation(() => {});
    const statuses = new Map<number, number>();
    const worked = new Set<string>();
    const round = fc.asyncProperty(
      fc.array(drawnRequest, { minLength: atOnce, maxLength: atOnce, size: 'max' }),
      async (drawn) => {
        const { cast, fill } = await newCast();
        const sent = drawn.flatMap(({ body }) => alarmingTextsIn(body));
        for (const one of drawn) {
          const request = requestOf(one, cast[one.who], fill);
          const { status, text } = await cast[one.who].fetch(request);
          const told = JSON.stringify({
            ...one,
            status,
            text,
          });
          // What a client wrote it may read again, though it look like the inside; but no error repeats it.
          const ours =
            status < 400 ? sent.reduce((rest, it) => rest.replaceAll(it, ''), text) : text;
          if (status >= 500 || internals.test(withoutTokens(ours)) || sink.mock.calls.length > 0) {
            throw new Error(`${JSON.stringify(sink.mock.calls)} ${told.slice(0, 2_000)}`);
          }
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          const { pathname } = new URL(request.url);
          const asked = routes.find(
            ({ method, path }) =>
              method === one.method &&
              new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`).test(pathname),
          );
          if (asked !== undefined && ![401, 403, 404, 429].includes(status)) worked.add(asked.path);
        }
      },
    );
    await fc.assert(round, { seed, numRuns: Math.ceil(count / atOnce), endOnFailure: true });
    const told = [...statuses].toSorted(([one], [other]) => one - other);
    vi.restoreAllMocks();
    // oxlint-disable-next-line no-console -- what a run was, so that it can be run again
    console.log(
      `FUZZ_SEED=${seed}: ${told.map(([status, times]) => `${times} × ${status}`).join(', ')}`,
    );
    const share = (holds: (status: number) => boolean) =>
      told.filter(([status]) => holds(status)).reduce((sum, [, times]) => sum + times, 0) / count;
    // It would prove little, were most of them turned away at the door.
    expect(share((status) => status < 400)).toBeGreaterThan(0.15);
    expect(share((status) => status === 429)).toBeLessThan(0.02);
    expect(share((status) => ![401, 403, 404, 429].includes(status))).toBeGreaterThan(0.5);
    const reachable = new Set(
      routes.filter(({ access }) => access.kind !== 'webhook').map(({ path }) => path),
    );
    expect(worked.size / reachable.size).toBeGreaterThan(count < 5_000 ? 0.8 : 0.99);
  }, 1_800_000);
});
