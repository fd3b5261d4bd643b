import { listDurableObjectIds } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import * as passwords from '../../src/auth/password.ts';
import { hmac } from '../../src/limits/keys.ts';
import { freshEmail, newUser, newUserWithoutPassword, password } from './arrange.ts';
import { post } from './post.ts';
import { Browser, type Answer } from './browser.ts';

/** The statuses of one request made over and over. */
async function repeat(times: number, ask: () => Promise<Answer>): Promise<number[]> {
  const statuses: number[] = [];
  while (statuses.length < times) statuses.push((await ask()).status);
  return statuses;
}
const times = (count: number, status: number) => Array<number>(count).fill(status);

describe('API-2 guesses are counted where they are made', () => {
  const everyPasswordIsWrong = () => vi.spyOn(passwords, 'verifyPassword').mockResolvedValue(false);

  it('a browser the account knows fails ten times, then waits', async () => {
    const { email } = await newUser();
    const browser = new Browser();
    await browser.post('/api/auth/login', { email, password });
    expect(browser.cookies.has('__Host-device')).toBe(true);
    everyPasswordIsWrong();
    const statuses = await repeat(11, () =>
      browser.post('/api/auth/login', { email, password: 'not this one' }),
    );
    expect(statuses).toEqual([...times(10, 401), 429]);
  });

  it('who holds a session steps up wrongly five times, then waits', async () => {
    const { browser } = await newUser();
    everyPasswordIsWrong();
    const statuses = await repeat(6, () =>
      browser.post('/api/auth/step-up', { password: 'not this one' }),
    );
    expect(statuses).toEqual([...times(5, 401), 429]);
  });

  it('giving one back refills one, not all', async () => {
    const limiter = env.RATE_LIMITER.getByName(crypto.randomUUID());
    for (let takes = 0; takes < 3; takes += 1) await limiter.take(3, 60);
    await limiter.giveBack();
    const taken = [await limiter.take(3, 60), await limiter.take(3, 60)];
    expect(taken.map(({ allowed }) => allowed)).toEqual([true, false]);
  });
});

describe('API-2 an address gets five mails an hour, whoever asks for them', () => {
  it.each(['/api/auth/verify-email/send', '/api/auth/step-up/email'])('by %s', async (path) => {
    const { browser } = await newUserWithoutPassword();
    expect(await repeat(6, () => browser.post(path))).toEqual([...times(5, 202), 429]);
  });

  it('by /api/me/email, from however many accounts, and none of them is told', async () => {
    const email = freshEmail();
    const statuses = await repeat(6, async () => {
      const { browser } = await newUser();
      return browser.post('/api/me/email', { email });
    });
    expect(statuses).toEqual(times(6, 202));
    expect(post.to(email)).toHaveLength(5);
  });
});

describe('API-2 the names of the counters give nothing away', () => {
  it('they are keyed hashes of the address or the account, never the text itself', async () => {
    const visitor = new Browser();
    const email = freshEmail();
    await visitor.post('/api/auth/password/forgot', { email });
    const stored = (await listDurableObjectIds(env.RATE_LIMITER)).map(String);
    const idOf = (name: string) => String(env.RATE_LIMITER.idFromName(name));
    for (const text of [
      `forgotten password by client|${visitor.address}`,
      `mail by address|${email}`,
    ]) {
      expect(stored).toContain(idOf(await hmac(env.HMAC_KEY, text)));
      expect(stored).not.toContain(idOf(text));
    }
  });
});
