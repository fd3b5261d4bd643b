import { createScheduledController } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { leftUnder, nameOfKey } from '../../scripts/secrets/key-name.ts';
import { registry } from '../../scripts/secrets/registry.ts';
import { cookieMaxAgeSeconds } from '../../src/auth/cookie.ts';
import { sealSeed, unsealSeed } from '../../src/auth/mfa-code.ts';
import * as passwords from '../../src/auth/password.ts';
import { readConfiguration, type Env } from '../../src/env.ts';
import worker from '../../src/index.ts';
import { freshEmail, newUser, password, rowsOf } from './arrange.ts';
import { betweenSteps, newUserWithMfa, pass } from './authenticator.ts';
import { Browser } from './browser.ts';
import { interceptD1 } from './doubles.ts';
import { post } from './post.ts';

afterEach(() => {
  post.isDown = false;
});

const fresh = 'a fresh key that only the tests of rotation use';
/** As `npm run secrets:rotate` leaves an environment, and as it is once the rotation is over. */
const during = (name: 'HMAC_KEY' | 'ENCRYPTION_KEY'): Partial<Env> => ({
  [name]: fresh,
  [`${name}_PREVIOUS`]: env[name],
});
const over = (name: 'HMAC_KEY' | 'ENCRYPTION_KEY'): Partial<Env> => ({ [name]: fresh });

const inNight = (changes: Partial<Env>) =>
  worker.scheduled(createScheduledController({ cron: '17 3 * * *' }), {
    ...env,
    EMAIL: post,
    ...changes,
  });

/** Whether the account tells this browser from a stranger, once strangers have used up all guesses. */
const isKnown = async (device: string, email: string, changes: Partial<Env>) => {
  const browser = new Browser();
  browser.env = { ...browser.env, ...changes };
  browser.cookies.set('__Host-device', device);
  const wrong = vi.spyOn(passwords, 'verifyPassword').mockResolvedValue(false);
  for (let guesses = 0; guesses < 10; guesses += 1) {
    const stranger = new Browser();
    stranger.env = { ...stranger.env, ...changes };
    await stranger.post('/api/auth/login', { email, password: 'a wrong guess' });
  }
  wrong.mockRestore();
  const answer = await browser.post('/api/auth/login', { email, password });
  return answer.status === 200;
};

describe('SEC-2 HMAC_KEY can be replaced while browsers know the old one', () => {
  it('what the key before signed is good while it is there', async () => {
    const { email } = await newUser();
    const browser = new Browser();
    await browser.post('/api/auth/login', { email, password });
    const device = browser.cookies.get('__Host-device') ?? '';
    expect(await isKnown(device, email, during('HMAC_KEY'))).toBe(true);
  });

  it('which the steps of a rotation say to be as long as a browser holds what it signed', () => {
    const steps = registry.find(({ name }) => name === 'HMAC_KEY')?.steps.join('\n');
    expect(steps).toContain(`After ${cookieMaxAgeSeconds.device / 86_400} days no browser`);
  });

  it('what is signed from then on is signed with the new one', async () => {
    const { email } = await newUser();
    const browser = new Browser();
    browser.env = { ...browser.env, ...during('HMAC_KEY') };
    await browser.post('/api/auth/login', { email, password });
    const device = browser.cookies.get('__Host-device') ?? '';
    expect(await isKnown(device, email, over('HMAC_KEY'))).toBe(true);
  });

  it('and no longer', async () => {
    const { email } = await newUser();
    const browser = new Browser();
    await browser.post('/api/auth/login', { email, password });
    const device = browser.cookies.get('__Host-device') ?? '';
    expect(await isKnown(device, email, over('HMAC_KEY'))).toBe(false);
  });
});

describe('SEC-2 ENCRYPTION_KEY can be replaced while seeds and mails are sealed with the old one', () => {
  const logIn = async (userId: string, code: string, changes: Partial<Env>) => {
    const { browser, verify } = await betweenSteps(userId);
    browser.env = { ...browser.env, ...changes };
    vi.spyOn(console, 'error').mockImplementation(() => {});
    return (await verify(code)).status;
  };

  it('a second factor works under both, and after a night without the key before', async () => {
    const { userId, authenticator } = await newUserWithMfa();
    const nextCode = () => authenticator.nextCode();
    expect(await logIn(userId, await nextCode(), during('ENCRYPTION_KEY'))).toBe(200);
    const before = await rowsOf('mfa');
    await inNight(during('ENCRYPTION_KEY'));
    expect(await rowsOf('mfa')).not.toEqual(before);
    expect(await logIn(userId, await nextCode(), over('ENCRYPTION_KEY'))).toBe(200);
    expect(await logIn(userId, await nextCode(), {})).toBe(500);
  });

  it('without the key before, and without that night, it opens to nobody but by a recovery code', async () => {
    const { userId, authenticator, recoveryCodes } = await newUserWithMfa();
    expect(await logIn(userId, await authenticator.nextCode(), over('ENCRYPTION_KEY'))).toBe(500);
    expect(await logIn(userId, recoveryCodes[0] ?? '', over('ENCRYPTION_KEY'))).toBe(200);
  });

  it('the log tells when the key before is no longer needed, and the steps say to wait for it', async () => {
    await newUserWithMfa();
    const lines: { event: string; count?: number }[] = [];
    vi.spyOn(console, 'info').mockImplementation((line) => void lines.push(JSON.parse(line)));
    await inNight(during('ENCRYPTION_KEY'));
    await inNight(during('ENCRYPTION_KEY'));
    const counts = lines
      .filter(({ event }) => event === 'seeds found under the key before')
      .map(({ count }) => count);
    expect(counts[0]).toBeGreaterThan(0);
    expect(counts[1]).toBe(0);
    const steps = registry.find(({ name }) => name === 'ENCRYPTION_KEY')?.steps.join('\n');
    expect(steps).toContain('the log says "seeds found under the key before" with count 0');
  });

  it('the command that rotates knows the key in use by what it has sealed', async () => {
    const { userId } = await newUserWithMfa();
    const own = (await rowsOf('mfa')).find((row) => row['user_id'] === userId);
    const [name] = String(own?.['seed_ciphertext']).split('.');
    expect(name).toBe(nameOfKey(env.ENCRYPTION_KEY ?? ''));
  });

  it('the command that finishes counts what another key has sealed: seeds, and mails that wait', async () => {
    for (const table of ['mfa', 'outbox']) await env.DB.prepare(`DELETE FROM ${table}`).run();
    const left = (key: string) => env.DB.prepare(leftUnder(nameOfKey(key))).first();
    expect(await left(fresh)).toEqual({ seeds: 0, mails: 0 });
    await newUserWithMfa();
    post.isDown = true;
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const stranger = { email: freshEmail(), password, name: 'Eve' };
    await new Browser().post('/api/auth/signup', stranger);
    expect(await left(fresh)).toEqual({ seeds: 1, mails: 1 });
    expect(await left(env.ENCRYPTION_KEY ?? '')).toEqual({ seeds: 0, mails: 0 });
    await env.DB.prepare('UPDATE outbox SET dead_at = 1').run();
    expect(await left(fresh)).toEqual({ seeds: 1, mails: 0 });
  });

  it('however many there are, and though some open to nobody', async () => {
    const { userId } = await newUserWithMfa();
    const seedOf = async () =>
      (await rowsOf('mfa')).find((row) => row['user_id'] === userId)?.['seed_ciphertext'];
    const before = await seedOf();
    // They come first in the order of ids, and are as many as are read at once.
    const [others, theirFactors] = [
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
       INSERT INTO users (id, email, name, created_at)
       SELECT '!' || i, i || '@many.example', 'Ada', 0 FROM n`,
      `INSERT INTO mfa (user_id, seed_ciphertext, created_at)
       SELECT users.id, mfa.seed_ciphertext, 0 FROM users, mfa
       WHERE users.id LIKE '!%' AND mfa.user_id = ?1`,
    ];
    await env.DB.prepare(others).run();
    await env.DB.prepare(theirFactors).bind(userId).run();
    onTestFinished(() => void env.DB.prepare(`DELETE FROM users WHERE id LIKE '!%'`).run());
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const told = vi.spyOn(console, 'info').mockImplementation(() => {});
    await inNight(during('ENCRYPTION_KEY'));
    expect(await seedOf()).not.toBe(before);
    expect(told.mock.calls.join()).toMatch(/"seeds found under the key before".*"count":1\d\d\b/);
    expect(log.mock.calls.join()).toContain('"event":"a seed cannot be resealed"');
    expect(log.mock.calls.join()).toContain('"userId":"!7"');
  });

  it('a hundred with one statement, so that no number of them breaks the night off', async () => {
    await env.DB.prepare('DELETE FROM mfa').run();
    const at = new URL('https://app.example');
    const seed = new Uint8Array(20).fill(7);
    const people = Array.from({ length: 250 }, (_, index) => `!${index}`);
    const before = readConfiguration(env, at);
    const sealed = people.map(async (id) => [
      id,
      await sealSeed({ configuration: before }, id, seed),
    ]);
    const rows = JSON.stringify(await Promise.all(sealed));
    for (const insert of [
      `INSERT INTO users (id, email, name, created_at)
       SELECT value ->> 0, value ->> 0 || '@many.example', 'Ada', 0 FROM json_each(?1)`,
      `INSERT INTO mfa (user_id, seed_ciphertext, created_at)
       SELECT value ->> 0, value ->> 1, 0 FROM json_each(?1)`,
    ]) {
      await env.DB.prepare(insert).bind(rows).run();
    }
    onTestFinished(() => void env.DB.prepare(`DELETE FROM users WHERE id LIKE '!%'`).run());
    const asked: string[] = [];
    const DB = interceptD1((sql) => void (/\bmfa\b/.test(sql) && asked.push(sql.slice(0, 6))));
    await inNight({ ...during('ENCRYPTION_KEY'), DB });
    expect(asked).toEqual(['SELECT', 'UPDATE', 'SELECT', 'UPDATE', 'SELECT', 'UPDATE']);
    asked.length = 0;
    await inNight({ ...during('ENCRYPTION_KEY'), DB });
    expect(asked).toEqual(['SELECT']);
    const configuration = readConfiguration({ ...env, ...over('ENCRYPTION_KEY') }, at);
    const opened = (await rowsOf('mfa')).map(async (row) =>
      unsealSeed({ configuration }, String(row['user_id']), String(row['seed_ciphertext'])),
    );
    expect(await Promise.all(opened)).toEqual(people.map(() => seed));
  });

  it('a factor that is replaced meanwhile stays as it was replaced', async () => {
    const { userId } = await newUserWithMfa();
    const seedOf = async () =>
      (await rowsOf('mfa')).find((row) => row['user_id'] === userId)?.['seed_ciphertext'];
    const prepare = vi.spyOn(crypto.subtle, 'decrypt');
    prepare.mockImplementationOnce(async (...parameters) => {
      await env.DB.prepare(`UPDATE mfa SET seed_ciphertext = 'replaced' WHERE user_id = ?1`)
        .bind(userId)
        .run();
      prepare.mockRestore();
      return crypto.subtle.decrypt(...parameters);
    });
    await env.DB.prepare('DELETE FROM mfa WHERE user_id != ?1').bind(userId).run();
    await inNight(during('ENCRYPTION_KEY'));
    expect(await seedOf()).toBe('replaced');
  });

  it('a mail that waits goes out', async () => {
    const { email } = await newUser();
    vi.spyOn(console, 'error').mockImplementation(() => {});
    post.isDown = true;
    await new Browser().post('/api/auth/password/forgot', { email });
    post.isDown = false;
    pass(60_000);
    const rotated = { ...env, EMAIL: post, ...during('ENCRYPTION_KEY') };
    await worker.scheduled(createScheduledController(), rotated);
    expect(post.to(email)).toHaveLength(1);
  });
});

describe('SEC-2 a key before is as good a key', () => {
  it.each(['HMAC_KEY_PREVIOUS', 'ENCRYPTION_KEY_PREVIOUS', 'OPERATIONS_TOKEN_PREVIOUS'])(
    '%s',
    (name) => {
      const read = (value: string) =>
        readConfiguration({ ...env, [name]: value }, new URL('https://app.example'));
      expect(() => read('x'.repeat(31))).toThrow(`${name} is shorter`);
      const { previousHmacKey, previousEncryptionKey } = read('');
      expect([previousHmacKey, previousEncryptionKey]).toEqual([null, null]);
    },
  );
});
