import { createScheduledController } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import worker from '../../src/index.ts';
import { mailTransport } from '../../src/mail/transport.ts';
import { freshEmail, newUser, password, rowsOf } from './arrange.ts';
import { Browser } from './browser.ts';

/** Stands in for Resend, at the edge of the app: what it was asked, in order. */
function standIn(answer: (request: Request) => Promise<Response>) {
  const asked: Request[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
    const request = new Request(input, init);
    asked.push(request.clone());
    return answer(request);
  });
  return asked;
}

const accept = () => Promise.resolve(Response.json({ id: crypto.randomUUID() }));
const mail = {
  id: 'the id of a mail',
  from: 'hello@app.example',
  to: 'ada@example.com',
  subject: 'Hello',
  text: 'Hello',
  html: '<p>Hello</p>',
  requestId: 'the id of a request',
};

/** What a deployment is given: nothing in place of Resend. */
const { EMAIL: _, ...deployed } = env;

async function signUp() {
  const browser = new Browser();
  browser.env = deployed;
  const email = freshEmail();
  const answer = await browser.post('/api/auth/signup', { email, password, name: 'Ada' });
  return { email, answer };
}

describe('SEC-5 mail goes to Resend, and only there', () => {
  it('with the key, and nothing but the mail', async () => {
    const asked = standIn(accept);
    const { email } = await signUp();
    expect(asked.map(({ method, url, redirect }) => [method, url, redirect])).toEqual([
      ['POST', 'https://api.resend.com/emails', 'manual'],
    ]);
    const [request] = asked;
    expect(request?.headers.get('Authorization')).toBe(`Bearer ${env.RESEND_API_KEY}`);
    expect(request?.headers.get('User-Agent')).toBeTruthy();
    expect(request?.headers.get('Content-Type')).toBe('application/json');
    expect(await request?.json()).toEqual({
      from: 'hello@app.example',
      to: email,
      subject: 'Confirm your address',
      text: expect.stringContaining('https://app.example/verify-email#token='),
      html: expect.stringContaining('https://app.example/verify-email#token='),
      headers: { 'X-Request-Id': expect.stringMatching(/^[0-9a-f]{32}$/) },
    });
    expect(await rowsOf('outbox')).toEqual([]);
  });

  it('says at each attempt that it is the same mail', async () => {
    const asked = standIn(accept);
    await mailTransport(deployed)(mail);
    await mailTransport(deployed)(mail);
    expect(asked.map(({ headers }) => headers.get('Idempotency-Key'))).toEqual([mail.id, mail.id]);
  });

  it('which no other mail is, of the same request or before', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    await env.DB.prepare('DELETE FROM outbox').run();
    const statuses = [503, 503, 200, 200];
    const asked = standIn(async () => new Response('', { status: statuses.shift() ?? 500 }));
    const { browser } = await newUser();
    browser.env = deployed;
    await browser.post('/api/me/email', { email: freshEmail() });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
    await worker.scheduled(createScheduledController(), deployed);
    const keys = asked.map(({ headers }) => headers.get('Idempotency-Key'));
    expect(keys).toHaveLength(4);
    expect(new Set(keys).size).toBe(2);
    expect(await rowsOf('outbox')).toEqual([]);
  });

  it('without a key the app refuses to answer', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { RESEND_API_KEY: __, ...withoutKey } = env;
    const browser = new Browser();
    browser.env = withoutKey;
    expect((await browser.get('/health')).status).toBe(503);
    expect(String(logged.mock.lastCall)).toContain('RESEND_API_KEY is missing');
  });
});

describe('OBS-4 an alert is a mail of its own', () => {
  it('which Resend does not drop for the one before', async () => {
    const asked = standIn(accept);
    const browser = new Browser();
    browser.env = { ...deployed, ALERT_EMAIL: 'oncall@app.example' };
    const operator = { Authorization: `Bearer ${env.OPERATIONS_TOKEN}` };
    for (let alerts = 0; alerts < 2; alerts += 1) {
      const { json } = await browser.post('/ops/alerts/test', undefined, operator);
      expect(json.mail).toBe('sent');
    }
    expect(new Set(asked.map(({ headers }) => headers.get('Idempotency-Key'))).size).toBe(2);
  });
});

describe('OBS-3 a mail belongs to the request that caused it', () => {
  it('to Resend, and to whoever gets it', async () => {
    const asked = standIn(accept);
    const id = (await signUp()).answer.headers.get('X-Request-Id');
    expect(asked[0]?.headers.get('traceparent')).toContain(`-${id}-`);
    expect(await asked[0]?.json()).toMatchObject({ headers: { 'X-Request-Id': id } });
  });
});

describe('ERR-4 a mail service that fails loses no mail and shows no user', () => {
  it.each([
    ['refuses', () => Promise.resolve(new Response('canary', { status: 422 }))],
    ['has too much to do', () => Promise.resolve(new Response('canary', { status: 429 }))],
    ['leads elsewhere', () => Promise.resolve(Response.redirect('https://evil.example', 307))],
    ['is down', () => Promise.reject(new Error('canary'))],
  ])('when it %s', async (_what, answer) => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    standIn(answer);
    const before = (await rowsOf('outbox')).length;
    expect((await signUp()).answer.status).toBe(202);
    expect(await rowsOf('outbox')).toHaveLength(before + 1);
    expect(logged.mock.calls.join('\n')).not.toContain('canary');
  });

  it('when it hangs', async () => {
    const timeouts = vi.spyOn(AbortSignal, 'timeout');
    standIn(({ signal }) => (signal.aborted ? Promise.reject(new Error('late')) : accept()));
    timeouts.mockImplementation(() => AbortSignal.abort());
    await expect(mailTransport(deployed)(mail)).rejects.toThrow(/./);
    expect(timeouts.mock.calls).toEqual([[10_000]]);
  });
});
