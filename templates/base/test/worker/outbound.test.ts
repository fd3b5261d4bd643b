import { describe, expect, it, vi } from 'vitest';
import { outbound } from '../../src/http/outbound.ts';
import { freshEmail, password } from './arrange.ts';
import { Browser } from './browser.ts';

const requestId = '0123456789abcdef0123456789abcdef';
const listed = 'https://api.pwnedpasswords.com/range/00000';

/** The world outside: what it was asked. */
function world(answer: (request: Request) => Promise<Response> = async () => new Response('ok')) {
  const asked: Request[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
    const request = new Request(input, init);
    asked.push(request);
    return answer(request);
  });
  return asked;
}
const call = outbound({ requestId, patienceMs: 1_000, host: 'configured.example' });

describe('SEC-5 the app calls the hosts on its list, and no other', () => {
  it.each([listed, 'https://configured.example/x'])('%s is called', async (url) => {
    const asked = world();
    expect((await call(url)).status).toBe(200);
    expect(asked.map((request) => request.url)).toEqual([url]);
  });

  it.each([
    'http://api.pwnedpasswords.com/range/00000',
    'https://evil.example/',
    'https://api.pwnedpasswords.com.evil.example/',
    'https://evil-api.pwnedpasswords.com/',
    'https://api.pwnedpasswords.com:8443/',
    'https://api.pwnedpasswords.com@evil.example/',
    'https://evil.example/?https://api.pwnedpasswords.com/',
    'https://169.254.169.254/latest/meta-data',
    'https://localhost/',
    'data:text/plain,hello',
  ])('%s is not', async (url) => {
    const asked = world();
    await expect(call(url)).rejects.toThrow(expect.objectContaining({ name: 'HostRefused' }));
    expect(asked).toEqual([]);
  });

  it('nor is where a listed host leads, even if the caller would follow', async () => {
    const asked = world(() => Promise.resolve(Response.redirect('https://evil.example/')));
    const answer = await call(listed, { redirect: 'follow' });
    expect([answer.status, asked.length, asked[0]?.redirect]).toEqual([302, 1, 'manual']);
  });
});

describe('ERR-2 a call that nobody answers ends', () => {
  const hanging = (request: Request) =>
    new Promise<Response>((_, reject) => {
      request.signal.addEventListener('abort', () => reject(new Error('given up')));
    });

  it('after its time', async () => {
    world(hanging);
    const soon = outbound({ requestId, patienceMs: 50 });
    const late = scheduler.wait(2_000).then(() => 'still waiting');
    const given = soon(listed).catch(() => 'given up');
    expect(await Promise.race([given, late])).toBe('given up');
  });

  it('after its time, though the answer has begun', async () => {
    world(async ({ signal }) => {
      const body = new ReadableStream({
        start: (controller) => {
          signal.addEventListener('abort', () => controller.error(new Error('given up')));
        },
      });
      return new Response(body);
    });
    const soon = outbound({ requestId, patienceMs: 50 });
    const late = scheduler.wait(2_000).then(() => 'still waiting');
    const given = soon(listed)
      .then((response) => response.text())
      .catch(() => 'given up');
    expect(await Promise.race([given, late])).toBe('given up');
  });

  it('or when its caller says so', async () => {
    world(hanging);
    const controller = new AbortController();
    const late = scheduler.wait(900).then(() => 'still waiting');
    const given = call(listed, { signal: controller.signal }).catch(() => 'given up');
    controller.abort();
    expect(await Promise.race([given, late])).toBe('given up');
  });
});

describe('OBS-3 a call outside that a request makes carries its trace', () => {
  it('the same trace, and another span each time', async () => {
    const asked = world();
    await call(listed, { headers: { traceparent: 'forged' } });
    await call(listed);
    const sent = asked.map(({ headers }) => headers.get('traceparent') ?? '');
    for (const line of sent)
      expect(line).toMatch(/^00-0123456789abcdef0123456789abcdef-[\da-f]{16}-01$/);
    expect(sent[0]).not.toBe(sent[1]);
  });

  it('that of the answer that a client sees', async () => {
    const asked = world(async () => new Response(''));
    const browser = new Browser();
    browser.env = { ...browser.env, BREACH_LIST_URL: 'https://api.pwnedpasswords.com/range/' };
    const body = { email: freshEmail(), password, name: 'Ada' };
    const answer = await browser.post('/api/auth/signup', body);
    const trace = asked[0]?.headers.get('traceparent')?.split('-')[1];
    expect(trace).toBe(answer.headers.get('X-Request-Id'));
  });
});
