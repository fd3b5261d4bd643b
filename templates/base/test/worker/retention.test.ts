import { createScheduledController } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { Database } from '../../src/db/database.ts';
import { mintRequestId } from '../../src/http/context.ts';
import worker from '../../src/index.ts';
import { createLogger } from '../../src/ops/logger.ts';
import { removeOldRows } from '../../src/ops/retention.ts';
import { freshEmail, newUser, password, rowsOf } from './arrange.ts';
import { Browser } from './browser.ts';
import { interceptD1 } from './doubles.ts';
import { post } from './post.ts';

const day = 24 * 60 * 60 * 1_000;
const rowsOfUser = async (table: string, userId: string) =>
  (await rowsOf(table)).filter(({ user_id }) => user_id === userId);
const logger = createLogger(mintRequestId());
const removeAt = (now: number) => removeOldRows({ database: Database.open(env), logger }, now);

/** A user of whom there is a row of every kind that ends by itself. */
async function newUserWithEverything() {
  const user = await newUser();
  await new Browser().post('/api/auth/password/forgot', { email: user.email });
  await user.browser.post('/api/auth/step-up', { password });
  await user.browser.post('/api/me/email', { email: freshEmail() });
  return user;
}

describe('OBS-2 what has ended is removed in time, and nothing else', () => {
  // The days from now after which a row ends, and those for which it is kept from then on.
  it.each([
    ['sessions', 30 * day, 30 * day],
    ['one_time_tokens', 30 * 60 * 1_000, day],
    ['email_changes', 60 * 60 * 1_000, day],
    ['security_events', 0, 365 * day],
  ])('%s', async (table, endsAfter, keptFor) => {
    const { userId } = await newUserWithEverything();
    const end = Date.now() + endsAfter + keptFor;
    await removeAt(end - 60_000);
    expect(await rowsOfUser(table, userId)).not.toEqual([]);
    await removeAt(end + 60_000);
    expect(await rowsOfUser(table, userId)).toEqual([]);
    expect(await rowsOf('users')).toContainEqual(expect.objectContaining({ id: userId }));
  });

  it('mail that was given up, and not the one that still waits', async () => {
    const now = Date.now();
    await env.DB.batch(
      [null, now - 8 * day, now - 6 * day].map((deadAt, index) =>
        env.DB.prepare(
          `INSERT INTO outbox (id, payload, request_id, next_attempt_at, created_at, dead_at)
           VALUES (?1, '', '', ?2, ?2, ?3)`,
        ).bind(`mail ${index}`, now - 9 * day, deadAt),
      ),
    );
    await removeAt(now);
    expect((await rowsOf('outbox')).map(({ id }) => id)).toEqual(['mail 0', 'mail 2']);
  });

  it('the id of a deleted user, when no backup can know them any more', async () => {
    const { browser, userId } = await newUser();
    await browser.delete('/api/me');
    const deleted = async () => (await rowsOf('deleted_users')).map(({ id }) => id);
    await removeAt(Date.now() + 100 * day - 60_000);
    expect(await deleted()).toContain(userId);
    await removeAt(Date.now() + 100 * day + 60_000);
    expect(await deleted()).toEqual([]);
  });

  it('counts of requests, after a day', async () => {
    const now = Date.now();
    const count = (minute: number) =>
      env.DB.prepare('INSERT INTO request_counts VALUES (?1, ?2, 1, 1, 0, 0, 0, 0, 0)')
        .bind(minute, 'api/auth')
        .run();
    await count(now - day - 60_000);
    await count(now - day + 60_000);
    await removeAt(now);
    expect((await rowsOf('request_counts')).map(({ minute }) => minute)).toEqual([
      now - day + 60_000,
    ]);
  });

  it('more rows than one statement takes', async () => {
    const { userId } = await newUser();
    await env.DB.prepare(
      `INSERT INTO security_events (id, user_id, kind, created_at)
       SELECT value || ?1, ?1, 'logged_in', value FROM json_each(?2)`,
    )
      .bind(userId, JSON.stringify(Array.from({ length: 2_500 }, (_, index) => index)))
      .run();
    await removeAt(Date.now());
    expect(await rowsOfUser('security_events', userId)).toEqual([]);
  });

  it('at night, when no mail goes out; and at no other time', async () => {
    const now = Date.now();
    await newUserWithEverything();
    const runAt = (cron: string) =>
      worker.scheduled(createScheduledController({ cron, scheduledTime: now + 99 * day }), {
        ...env,
        EMAIL: post,
      });
    const before = await rowsOf('sessions');
    await runAt('* * * * *');
    expect(await rowsOf('sessions')).toEqual(before);
    await runAt('17 3 * * *');
    expect(await rowsOf('sessions')).toEqual([]);
  });
});

describe('ERR-2 old rows of one kind that cannot be removed', () => {
  it('are told of by the name of their statement, and keep no others', async () => {
    const { userId } = await newUserWithEverything();
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const DB = interceptD1((sql) => {
      if (sql.startsWith('DELETE FROM sessions')) throw new Error('canary');
    });
    const cron = createScheduledController({
      cron: '17 3 * * *',
      scheduledTime: Date.now() + 500 * day,
    });
    await worker.scheduled(cron, { ...env, DB });
    expect(await rowsOfUser('sessions', userId)).not.toEqual([]);
    const later = ['one_time_tokens', 'email_changes', 'security_events'];
    for (const table of later) expect(await rowsOfUser(table, userId)).toEqual([]);
    expect(logged.mock.calls.map(([line]) => JSON.parse(String(line)))).toMatchObject([
      { task: 'remove old rows', statement: 'retention.sessions' },
    ]);
  });
});

describe('ERR-2 a night without a database', () => {
  it('is logged under the name of each work, and none keeps the next from being tried', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const fail = () => {
      throw new Error('canary');
    };
    const previous = { ENCRYPTION_KEY_PREVIOUS: 'the key that was in use before this one' };
    const broken = { ...env, ...previous, DB: interceptD1(fail) };
    await worker.scheduled(createScheduledController({ cron: '17 3 * * *' }), broken);
    const lines = logged.mock.calls.join('\n');
    expect(lines).toContain('"task":"remove old rows"');
    expect(lines).toContain('"task":"reseal seeds"');
    expect(lines).not.toContain('canary');
  });
});

describe('ERR-2 a minute without a database', () => {
  it('is logged under the name of each work as well, and of nothing that holds them together', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const DB = interceptD1(() => {
      throw new Error('canary');
    });
    await worker.scheduled(createScheduledController({ cron: '* * * * *' }), { ...env, DB });
    const tasks = logged.mock.calls.map(([line]) => JSON.parse(String(line)).task);
    expect(tasks).toEqual(
      expect.arrayContaining(['raise alerts', 'deliver mail', 'purge tenants']),
    );
    expect(tasks).not.toContain('all');
  });
});
