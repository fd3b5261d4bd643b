import { createScheduledController } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import worker from '../../src/index.ts';
import { messages, renderMail } from '../../src/mail/messages.ts';
import { freshEmail, password, rowsOf } from './arrange.ts';
import { Browser } from './browser.ts';
import { post } from './post.ts';

afterEach(() => {
  post.isDown = false;
});

const signUp = async () => {
  const email = freshEmail();
  await new Browser().post('/api/auth/signup', { email, password, name: 'Ada' });
  return email;
};
/** The scheduled handler, as it would run at a time. */
const runAt = async (now: number) => {
  vi.useFakeTimers({ toFake: ['Date'], now });
  await worker.scheduled(createScheduledController(), { ...env, EMAIL: post });
};

describe('OBS-2 mail rests unreadable and goes out once', () => {
  it('carries a link on the configured address, with the token behind #, and the bare token', () => {
    const token = 'T'.repeat(43);
    const mail = renderMail(messages.verifyEmail('a@b.example', token), 'https://app.example');
    expect(mail.text).toContain(`https://app.example/verify-email#token=${token}\n`);
    expect(mail.text).toContain(`this code: ${token}\n`);
    expect(mail.html).toContain(`href="https://app.example/verify-email#token=${token}"`);
  });

  it('escapes what a person chose', () => {
    const mail = renderMail(
      messages.newDevice('a@b.example', `<img src=x onerror="alert('1')">&`),
      'https://app.example',
    );
    expect(mail.html).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;');
  });

  it('tells which request it belongs to', async () => {
    const email = freshEmail();
    const body = { email, password, name: 'Ada' };
    const { headers } = await new Browser().post('/api/auth/signup', body);
    expect(post.to(email)[0]?.headers).toEqual({ 'X-Request-Id': headers.get('X-Request-Id') });
  });

  it('waits in the outbox while the service is down, unreadable there, and goes out once', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    post.isDown = true;
    const email = await signUp();
    expect(post.to(email)).toEqual([]);
    expect(await rowsOf('outbox')).toHaveLength(1);
    expect(JSON.stringify(await rowsOf('outbox'))).not.toContain(email);
    post.isDown = false;
    await runAt(Date.now() + 1_000);
    expect(post.to(email)).toEqual([]);
    const due = Date.now() + 31_000;
    await Promise.all([runAt(due), runAt(due)]);
    expect(post.to(email)).toHaveLength(1);
    expect(await rowsOf('outbox')).toEqual([]);
  });

  it('is given up after the last attempt, and kept to be looked at', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    post.isDown = true;
    await signUp();
    let now = Date.now();
    for (let attempts = 0; attempts < 7; attempts += 1) {
      now += 24 * 60 * 60 * 1_000;
      await runAt(now);
    }
    expect(await rowsOf('outbox')).toEqual([
      expect.objectContaining({ attempts: 6, dead_at: expect.any(Number) }),
    ]);
  });
});
