import { createScheduledController } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { routes } from '../../src/app.ts';
import worker from '../../src/index.ts';
import { newUser } from './arrange.ts';
import { Browser } from './browser.ts';
import { post } from './post.ts';

afterEach(() => {
  post.isDown = false;
});

const shape = /^[0-9a-f]{32}$/;

/** Every line that is written from now on, with its id. */
const listen = () => {
  const lines: { event: string; requestId: string }[] = [];
  for (const level of ['info', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation((line) => void lines.push(JSON.parse(line)));
  }
  return lines;
};
const runAt = async (now: number) => {
  vi.useFakeTimers({ toFake: ['Date'], now });
  await worker.scheduled(createScheduledController(), { ...env, EMAIL: post });
};

describe('OBS-3 one id follows a request through all it causes', () => {
  it.each(routes)(
    '$method $path answers with it, in the header and in the error',
    async (route) => {
      const forged = 'f'.repeat(32);
      const path = route.path.replace(/:\w+/g, () => crypto.randomUUID());
      const lines = listen();
      const answer = await new Browser().send(route.method, path, undefined, {
        'X-Request-Id': forged,
        'Cf-Ray': forged,
        traceparent: `00-${forged}-${'f'.repeat(16)}-01`,
      });
      const id = answer.headers.get('X-Request-Id');
      expect(id).toMatch(shape);
      expect(id).not.toBe(forged);
      const isError = answer.status >= 400;
      expect(answer.json?.requestId).toBe(isError ? id : undefined);
      expect(lines.length).toBeGreaterThan(0);
      expect(new Set(lines.map(({ requestId }) => requestId))).toEqual(new Set([id]));
    },
  );

  it.each([
    ['X-Request-Id', 'f'.repeat(32)],
    ['X-Request-Id', '0b0f8a52-9f0c-4f7e-8b1e-0123456789ab'],
    ['X-Correlation-Id', 'f'.repeat(32)],
    ['Request-Id', 'f'.repeat(32)],
    ['X-Trace-Id', 'f'.repeat(32)],
    ['X-Amzn-Trace-Id', `Root=1-${'f'.repeat(8)}-${'f'.repeat(24)}`],
    ['X-B3-TraceId', 'f'.repeat(32)],
    ['CF-Ray', 'f'.repeat(32)],
    ['traceparent', `00-${'f'.repeat(32)}-${'f'.repeat(16)}-01`],
    ['traceparent', `00-${'f'.repeat(32)}-${'f'.repeat(16)}-00`],
  ])('one that a client sends as %s: %s is not taken over', async (name, value) => {
    const lines = listen();
    const { headers } = await new Browser().get('/health', { [name]: value });
    const id = headers.get('X-Request-Id') ?? '';
    expect(id).toMatch(shape);
    expect(value.replaceAll('-', '')).not.toContain(id);
    expect(lines.map(({ requestId }) => requestId)).toEqual([id]);
  });

  it('the line of a request says who sent it, and in which tenant of theirs', async () => {
    const { browser, userId } = await newUser();
    const { json: tenant } = await browser.post('/api/tenants', { name: 'Acme' });
    const [tenantId, elsewhere] = [tenant.id, crypto.randomUUID()];
    const lines = listen();
    await browser.get(`/api/tenants/${tenantId}/projects`);
    await browser.get(`/api/tenants/${elsewhere}/projects`);
    await browser.get('/api/me');
    await new Browser().get('/api/me');
    const route = '/api/tenants/:tenantId/projects';
    const requests = lines.filter(({ event }) => event === 'request');
    expect(requests).toEqual([
      expect.objectContaining({ route, status: 200, userId, tenantId }),
      expect.objectContaining({ route, status: 404, userId }),
      expect.objectContaining({ route: '/api/me', status: 200, userId }),
      expect.objectContaining({ route: '/api/me', status: 401 }),
    ]);
    expect(requests.map((line) => 'tenantId' in line)).toEqual([true, false, false, false]);
    expect(requests.map((line) => 'userId' in line)).toEqual([true, true, true, false]);
  });

  it('no two requests share it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => new Browser().get('/health')),
    );
    expect(new Set(answers.map(({ headers }) => headers.get('X-Request-Id'))).size).toBe(20);
  });

  it('work by the clock has one for its run, and takes it outside', async () => {
    const sent: Request[] = [];
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      sent.push(new Request(input, init));
      return new Response('');
    });
    const now = Date.now() + 3_600_000;
    await env.DB.prepare(
      `INSERT INTO request_counts VALUES (?1, 'api/things', 20, 20, 0, 0, 0, 0, 0)`,
    )
      .bind(now)
      .run();
    const lines = listen();
    vi.useFakeTimers({ toFake: ['Date'], now });
    const bindings = {
      ...env,
      EMAIL: post,
      ALERT_EMAIL: 'traced@app.example',
      ALERT_WEBHOOK_URL: 'https://hooks.example/alerts',
    };
    await worker.scheduled(createScheduledController({ scheduledTime: now }), bindings);
    const id = lines.find(({ event }) => event === 'alert raised')?.requestId;
    expect(id).toMatch(shape);
    const [alert] = sent.filter(({ url }) => url === 'https://hooks.example/alerts');
    expect(alert?.headers.get('traceparent')).toContain(`-${id}-`);
    expect(await alert?.json()).toMatchObject({ requestId: id });
    const [mail] = post.to('traced@app.example');
    expect(mail?.headers).toEqual({ 'X-Request-Id': id });
  });

  it('mail that goes out later carries it, and so do the lines about its failures', async () => {
    const { email } = await newUser();
    post.isDown = true;
    const lines = listen();
    const { headers } = await new Browser().post('/api/auth/password/forgot', { email });
    const id = headers.get('X-Request-Id');
    await runAt(Date.now() + 60_000);
    const failures = lines.filter(({ event }) => event === 'mail failed');
    expect(failures).toEqual(
      ['attempt 1', 'attempt 2'].map((task) =>
        expect.objectContaining({
          requestId: id,
          task,
          fault: expect.stringMatching(/^Error at /),
        }),
      ),
    );
    post.isDown = false;
    await runAt(Date.now() + 600_000);
    expect(post.to(email)[0]?.headers).toEqual({ 'X-Request-Id': id });
  });

  it('work that fails after the response keeps it', async () => {
    const { email } = await newUser();
    vi.spyOn(env.SESSIONS, 'put').mockRejectedValue(new Error('KV is down'));
    const lines = listen();
    const body = { email, password: 'correct horse battery staple' };
    const { headers } = await new Browser().post('/api/auth/login', body);
    expect(lines.map(({ event }) => event)).toContain('background task failed');
    for (const { requestId } of lines) expect(requestId).toBe(headers.get('X-Request-Id'));
  });

  it('what runs by the clock has one of its own each time', async () => {
    const lines = listen();
    const broken = { ...env, APP_ENV: '' };
    for (let runs = 0; runs < 2; runs += 1) {
      await worker.scheduled(createScheduledController(), broken);
    }
    expect(new Set(lines.map(({ requestId }) => requestId)).size).toBe(2);
    for (const { requestId } of lines) expect(requestId).toMatch(shape);
  });
});
