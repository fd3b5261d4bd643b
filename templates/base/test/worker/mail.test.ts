import { createScheduledController } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import worker from '../../src/index.ts';
import { messages, renderMail } from '../../src/mail/messages.ts';
import { freshEmail, newUser, password, rowsOf } from './arrange.ts';
import { Browser } from './browser.ts';
import { interceptD1 } from './doubles.ts';
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

describe('AUTH-5 a mail that asks for a proof leads to the page that takes it', () => {
  const token = 'T'.repeat(43);
  const to = 'a@b.example';
  const proving = {
    verifyEmail: ['verify-email', messages.verifyEmail(to, token)],
    resetPassword: ['reset-password', messages.resetPassword(to, token)],
    confirmOldEmail: ['confirm-email', messages.confirmOldEmail(to, 'new@b.example', token)],
    confirmNewEmail: ['confirm-email', messages.confirmNewEmail(to, token)],
    invitation: ['accept-invitation', messages.invitation(to, 'Acme', token)],
  } as const;

  it.each(Object.entries(proving))(
    '%s, with the token behind # and as a code to type, in text and in HTML',
    (_name, [page, message]) => {
      const mail = renderMail(message, 'https://app.example');
      const link = `https://app.example/${page}#token=${token}`;
      expect(mail.text.split('\n')).toContain(link);
      expect(mail.text.split('\n')).toContain(`Or enter this code: ${token}`);
      expect(mail.html.split('\n')).toContain(`<p><a href="${link}">${mail.subject}</a></p>`);
      expect(mail.html.split('\n')).toContain(`<p>Or enter this code: ${token}</p>`);
    },
  );

  it('and no other mail carries a link; a code to step up stands in both forms', () => {
    const others = Object.keys(messages).filter((name) => !(name in proving));
    expect(others.toSorted()).toEqual([
      'accountDeleted',
      'alreadySignedUp',
      'emailChanged',
      'mfaActivated',
      'mfaDisabled',
      'newDevice',
      'passwordChanged',
      'recoveryCodeUsed',
      'recoveryCodesReplaced',
      'stepUpCode',
    ]);
    const { text, html } = renderMail(messages.stepUpCode(to, token), 'https://app.example');
    for (const form of [text, html]) {
      expect(form).toContain(`Your code is ${token}.`);
      expect(form).not.toContain('https:');
    }
  });
});

describe('AUTH-5 a mail says what happened, and what to do if it was not you', () => {
  const token = 'T'.repeat(43);
  const to = 'a@b.example';
  type Told = readonly [Parameters<typeof renderMail>[0], happened: string, remedy: string];
  const told = {
    verifyEmail: [messages.verifyEmail(to, token), 'within 24 hours', 'ignore this mail'],
    alreadySignedUp: [messages.alreadySignedUp(to), 'an account already', 'nothing has changed'],
    resetPassword: [messages.resetPassword(to, token), 'once, for 30 minutes', 'ignore this mail'],
    passwordChanged: [messages.passwordChanged(to), 'logged out', 'ask for a new password'],
    confirmOldEmail: [
      messages.confirmOldEmail(to, 'new@b.example', token),
      'move to new@b.example. Confirm it here, logged in or with your password, and in the mail sent there, within an hour',
      'do not confirm, and change your password',
    ],
    confirmNewEmail: [messages.confirmNewEmail(to, token), 'within an hour', 'ignore this mail'],
    emailChanged: [messages.emailChanged(to), 'logged out', 'write to our support at once'],
    accountDeleted: [messages.accountDeleted(to), 'deleted', 'write to our support at once'],
    mfaActivated: [messages.mfaActivated(to), 'takes a code', 'write to our support at once'],
    mfaDisabled: [messages.mfaDisabled(to), 'only your password', 'change your password at once'],
    recoveryCodeUsed: [
      messages.recoveryCodeUsed(to),
      'It does not work again',
      'change your password at once and replace the codes',
    ],
    recoveryCodesReplaced: [
      messages.recoveryCodesReplaced(to),
      'the ones before no longer work',
      'change your password at once and replace the codes again',
    ],
    newDevice: [
      messages.newDevice(to, 'Firefox on Linux'),
      'it does not know: Firefox on Linux.',
      'change your password and log out everywhere',
    ],
    invitation: [
      messages.invitation(to, 'Acme', token),
      '“Acme”. Accept within seven days',
      'ignore',
    ],
    stepUpCode: [messages.stepUpCode(to, token), 'once, for ten minutes', 'log out everywhere'],
  } as const satisfies Record<keyof typeof messages, Told>;

  it.each(Object.entries(told))('%s, in text and in HTML', (_name, [message, happened, remedy]) => {
    const { text, html } = renderMail(message, 'https://app.example');
    for (const form of [text, html]) {
      expect(form).toContain(happened);
      expect(form).toMatch(/not you|do not know|did not ask/);
      expect(form).toContain(remedy);
    }
  });
});

describe('OBS-2 mail rests unreadable and goes out once', () => {
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

describe('ERR-4 mail that fails is tried again', () => {
  it('after half a minute, two minutes, ten, an hour and three hours; then it is given up', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    await env.DB.prepare('DELETE FROM outbox').run();
    post.isDown = true;
    let now = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now });
    await signUp();
    for (const [failed, seconds] of [30, 120, 600, 3_600, 10_800].entries()) {
      const due = now + seconds * 1_000;
      await runAt(due - 1);
      expect(await rowsOf('outbox')).toMatchObject([{ attempts: failed + 1, dead_at: null }]);
      await runAt(due);
      now = due;
    }
    expect(await rowsOf('outbox')).toMatchObject([{ attempts: 6, dead_at: now }]);
  });

  it('all that waits goes out in one run, what waits longest first', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    await env.DB.prepare('DELETE FROM outbox').run();
    post.isDown = true;
    const start = Date.now();
    const waiting: unknown[] = [];
    for (let seconds = 0; seconds < 3; seconds += 1) {
      vi.useFakeTimers({ toFake: ['Date'], now: start + seconds * 1_000 });
      waiting.push(await signUp());
    }
    post.isDown = false;
    await runAt(start + 60_000);
    const sent = post.sent.map(({ to }) => to).filter((to) => waiting.includes(to));
    expect(sent).toEqual(waiting);
  });

  it('twenty in a run, so that the next may begin', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    await env.DB.prepare('DELETE FROM outbox').run();
    post.isDown = true;
    await signUp();
    await env.DB.prepare(
      `INSERT INTO outbox SELECT outbox.id || value, payload, request_id, 0, 0, created_at, NULL
       FROM outbox, json_each(?1)`,
    )
      .bind(JSON.stringify([...Array(20).keys()]))
      .run();
    post.isDown = false;
    await runAt(Date.now() + 60_000);
    expect(await rowsOf('outbox')).toHaveLength(1);
  });

  it('by nobody else while one still tries, which takes twenty seconds at most', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    await env.DB.prepare('DELETE FROM outbox').run();
    post.isDown = true;
    await signUp();
    const due = Date.now() + 31_000;
    let tries = 0;
    const run = async (now: number): Promise<void> => {
      vi.useFakeTimers({ toFake: ['Date'], now });
      const send = async () => {
        tries += 1;
        if (tries === 1) await run(due + 20_000);
        return { messageId: '' };
      };
      await worker.scheduled(createScheduledController(), { ...env, EMAIL: { send } });
    };
    await run(due);
    expect(tries).toBe(1);
    expect(await rowsOf('outbox')).toEqual([]);
  });

  it('one that is given up takes no other with it', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const now = Date.now();
    await env.DB.prepare('DELETE FROM outbox').run();
    await env.DB.prepare(
      `INSERT INTO outbox (id, payload, request_id, attempts, next_attempt_at, created_at)
       VALUES ('given up', '', '', 5, 0, 0), ('waits', '', '', 0, ?1, 0)`,
    )
      .bind(now + 60_000)
      .run();
    await runAt(now);
    const dead = (await rowsOf('outbox')).map(({ id, dead_at }) => [id, dead_at]);
    expect(dead).toEqual([
      ['given up', now],
      ['waits', null],
    ]);
  });

  it('and once more where D1 does not take that it was sent, which is a fault', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const browser = new Browser();
    const DB = interceptD1((sql) => {
      if (sql.startsWith('DELETE FROM outbox')) throw new Error('D1 is down');
    });
    browser.env = { ...browser.env, DB };
    await browser.post('/api/auth/signup', { email: freshEmail(), password, name: 'Ada' });
    expect(log.mock.calls.join()).toContain('"task":"deliver mail"');
  });

  it('one that cannot be read holds up no other', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    await env.DB.prepare(
      `INSERT INTO outbox (id, payload, request_id, next_attempt_at, created_at)
       VALUES ('unreadable', 'sealed with a key that is gone', 'of-old', 0, 0)`,
    ).run();
    expect(post.to(await signUp())).toHaveLength(1);
    expect(log.mock.calls.join()).toContain('mail failed');
  });

  it('one to an address as long as they may be, which names another, goes out the first time', async () => {
    const [email = '', moved = ''] = [0, 1].map((one) => `${"'".repeat(235)}${one}@long.example`);
    const { browser, userId } = await newUser();
    await env.DB.prepare('UPDATE users SET email = ?2 WHERE id = ?1').bind(userId, email).run();
    expect((await browser.post('/api/me/email', { email: moved })).status).toBe(202);
    for (const address of [email, moved]) expect(post.to(address)).toHaveLength(1);
  });

  it('and comes from the address of the app, as it does the first time', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const early = await signUp();
    post.isDown = true;
    const late = await signUp();
    post.isDown = false;
    await runAt(Date.now() + 31_000);
    for (const email of [early, late]) {
      expect(post.to(email).map(({ from }) => from)).toEqual(['hello@app.example']);
    }
  });
});
