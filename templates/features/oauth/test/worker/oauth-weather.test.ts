import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readConfiguration, type Env } from '../../src/env.ts';
import { rowsOf } from './arrange.ts';
import { Browser, origin } from './browser.ts';
import { bindingsOf } from './environments.ts';
import { comeBack, connect, logInWith, newPerson, setOut } from './stand-in.ts';
import { oneStandIn, standIns } from './stand-ins.ts';

beforeEach(() => connect(standIns));
afterEach(() => {
  for (const standIn of standIns) standIn.instead = undefined;
});

type Weather = (request: Request, fair: () => Promise<Response | undefined>) => Promise<Response>;

/** Answers only when it is given up on, or after two seconds. */
const hang: Weather = (request) =>
  new Promise((resolve, reject) => {
    request.signal.addEventListener('abort', () => reject(new Error('given up')));
    void scheduler.wait(12_000).then(() => resolve(Response.json({})));
  });
const says =
  (body: string): Weather =>
  () =>
    Promise.resolve(new Response(body));
const withStatus =
  (status: number): Weather =>
  async (_request, fair) =>
    new Response((await fair())?.body, { status });

/** What it does, and what the log says was thrown, where that is not ours. */
const weathers: readonly (readonly [string, Weather, string?])[] = [
  ['is down', () => Promise.reject(new RangeError('no way to canary')), 'RangeError'],
  ['answers 500', withStatus(500)],
  ['answers 403', withStatus(403)],
  ['sends us elsewhere', () => Promise.resolve(Response.redirect('https://evil.example'))],
  ['answers no JSON', says('<html>'), 'SyntaxError'],
  ['answers nothing', says('')],
  ['answers a list', says('[]')],
  ['answers null', says('null')],
  ['answers an error', says('{"error":"bad_verification_code","error_description":"canary"}')],
  ['answers another type', says('{"access_token":7,"id_token":7}')],
  ['hangs', hang],
];

describe.each(oneStandIn.map((standIn) => [standIn.registration.name, standIn] as const))(
  'AUTH-6 when %s does not do as it must',
  (name, standIn) => {
    it.each(weathers.map(([what, weather, thrown = '']) => [what, weather, thrown] as const))(
      'because it %s, the login says so and nothing is stored',
      async (_what, weather, thrown) => {
        const timeout = AbortSignal.timeout.bind(AbortSignal);
        vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) =>
          timeout(ms === 5_000 ? 50 : ms),
        );
        const lines: string[] = [];
        vi.spyOn(console, 'warn').mockImplementation((line: string) => void lines.push(line));
        const person = newPerson();
        const browser = new Browser();
        const answer = await setOut(standIn, person, browser);
        const before = await Promise.all(['users', 'identities', 'sessions'].map(rowsOf));
        const { tokenEndpoint } = standIn.registration;
        standIn.instead = (request, fair) =>
          request.url === tokenEndpoint ? weather(request, fair) : undefined;
        const late = scheduler.wait(10_000).then(() => ({ location: 'still waiting' }));
        const visit = comeBack(standIn, answer, browser);
        const { location } = await Promise.race([visit, late]);
        await visit;
        expect(location).toBe('/login?error=provider_failed');
        expect(await Promise.all(['users', 'identities', 'sessions'].map(rowsOf))).toEqual(before);
        expect([...browser.cookies.keys()]).toEqual([]);
        const said = lines.join('\n');
        for (const part of ['provider_failed', `"dependency":"${name}"`, `"fault":"${thrown}`]) {
          expect(said).toContain(part);
        }
        expect(said).not.toContain(answer['code']);
        expect(said).not.toMatch(/canary|provider\.example|what the stand-in/);
      },
    );

    it('because its answer does not end, it is not read to the end', async () => {
      let chunks = 0;
      const endless = new ReadableStream<Uint8Array>({
        pull(controller) {
          chunks += 1;
          if (chunks > 1_000) controller.close();
          else controller.enqueue(new Uint8Array(16 * 1024).fill(32));
        },
      });
      const browser = new Browser();
      const answer = await setOut(standIn, newPerson(), browser);
      const { tokenEndpoint } = standIn.registration;
      standIn.instead = ({ url }) =>
        url === tokenEndpoint ? Promise.resolve(new Response(endless)) : undefined;
      const { location } = await comeBack(standIn, answer, browser);
      expect(location).toBe('/login?error=provider_failed');
      expect(chunks).toBeLessThan(20);
    });

    it('a second login goes through once it is well again', async () => {
      const browser = new Browser();
      const answer = await setOut(standIn, newPerson(), browser);
      expect((await comeBack(standIn, answer, browser)).location).toBe('/projects');
    });

    it('one client sets out 30 times in a quarter of an hour, and comes back as often', async () => {
      for (const last of ['start', 'callback']) {
        const browser = new Browser();
        const statuses: number[] = [];
        for (let requests = 0; requests < 31; requests += 1) {
          statuses.push((await browser.get(`/api/auth/oauth/${name}/${last}`)).status);
        }
        expect([statuses.indexOf(429), statuses[0]]).toEqual([30, 302]);
      }
    });

    it("a picture or a frame on another site uses up none of its visitors' logins", async () => {
      for (const last of ['start', 'callback']) {
        const browser = new Browser();
        const ask = (shownAs: string) =>
          browser.get(`/api/auth/oauth/${name}/${last}`, { 'Sec-Fetch-Dest': shownAs });
        for (let requests = 0; requests < 31; requests += 1) {
          const { status, json } = await ask(requests % 2 === 0 ? 'image' : 'iframe');
          expect([status, json?.code]).toEqual([403, 'origin_rejected']);
        }
        expect((await ask('document')).status).toBe(302);
      }
    });
  },
);

describe.each(oneStandIn)('OBS-3 a login with a provider is one trace', (standIn) => {
  it('what it is asked for a code carries that of the answer', async () => {
    const { answer } = await logInWith(standIn, newPerson());
    const [[asked] = []] = vi.mocked(globalThis.fetch).mock.calls;
    const traced = asked instanceof Request && asked.headers.get('traceparent');
    expect(traced).toContain(`-${answer.headers.get('X-Request-Id')}-`);
  });
});

describe('AUTH-6 a provider the app does not know', () => {
  it.each(['apple', 'constructor', '__proto__', 'toString', 'x'.repeat(64)])(
    '%s is not there',
    async (name) => {
      for (const last of ['start', 'callback']) {
        expect((await new Browser().get(`/api/auth/oauth/${name}/${last}`)).status).toBe(404);
      }
    },
  );
});

describe.each(standIns.map(({ registration }) => [registration.name.toUpperCase()] as const))(
  'SEC-1 what %s gave out when the app was registered',
  (prefix) => {
    const names = [`${prefix}_CLIENT_ID`, `${prefix}_CLIENT_SECRET`] as const;
    const read = (changed: Record<string, string>) =>
      readConfiguration({ ...env, ...changed } satisfies Env, new URL(origin));

    it.each(names)('the app refuses to start without %s', (name) => {
      expect(() => read({ [name]: '' })).toThrow(`The secret ${name} is missing`);
      const neither = Object.fromEntries(names.map((one) => [one, '']));
      expect(() => read(neither)).toThrow(`The secret ${names[0]} is missing`);
    });

    it('development goes without both, but not without one', async () => {
      const [id, secret] = names;
      const browser = new Browser();
      browser.env = { ...bindingsOf('development'), [id]: '', [secret]: '' };
      const path = `http://localhost/api/auth/oauth/${prefix.toLowerCase()}/start`;
      expect((await browser.get(path)).status).toBe(404);
      browser.env = { ...browser.env, [id]: 'an id' };
      expect((await browser.get(path)).status).toBe(503);
      browser.env = { ...browser.env, [secret]: 'a secret' };
      const { headers, status } = await browser.get(path);
      expect(status).toBe(302);
      expect(headers.get('Location')).toContain('client_id=an+id');
      expect(headers.getSetCookie()[0]).toMatch(/^oauth=/);
    });
  },
);
