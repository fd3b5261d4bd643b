import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { appServer, type AppServer } from './app-server.ts';
import { startScript, standIn } from './stand-in.ts';

// Rehearsed: the app that is asked is a stand-in, whose illnesses a test chooses.

let server: AppServer;
let well: Partial<AppServer>;

beforeAll(async () => {
  server = await appServer();
  server.build = 'abc1234';
  well = { ...server };
});
afterEach(() => {
  Object.assign(server, well);
});
afterAll(() => server.close());

const account = { SMOKE_EMAIL: 'smoke@example.com', SMOKE_PASSWORD: 'a password of staging' };
/** Lets the deadlines of a script end in a hundredth of their time. */
const quicker = 'const late=AbortSignal.timeout;AbortSignal.timeout=(ms)=>late(ms/100)';
const hurried = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURI(quicker)}` };
const smoke = (words: readonly string[] = [], env: Record<string, string> = account) =>
  startScript('smoke', [server.address, ...words], standIn(), { env });

describe('DEP-5 the smoke test tells a deployment that is ill from one that is well', () => {
  it('one that is well passes, and is asked for all there is to ask', async () => {
    server.asked.length = 0;
    const { status, stdout } = await smoke(['--limit', '--build', 'abc1234']);
    expect([status, stdout]).toEqual([0, `${server.address} is well.\n`]);
    const paths = server.asked.map(({ path }) => path);
    expect(paths.filter((path) => path === '/api/me')).toHaveLength(3);
    expect(paths.filter((path) => path === '/api/auth/logout')).toHaveLength(1);
    expect(paths.filter((path) => path === '/api/auth/password/forgot').length).toBeGreaterThan(1);
  });

  it.each([
    ['fails', { fails: true }, 'the status of /health is 500, not 200'],
    ['is another build', { build: 'another' }, 'the build is another, not abc1234'],
    ['is another app', { isAnother: true }, 'what /health says is up, not ok'],
    ['refuses as another app would', { isAnother: true }, 'its code is login_first'],
    ['lets a stranger in', { lets: true }, '/api/me without a session is 200, not 401'],
    ['takes a login from another site', { isOpenToOthers: true }, 'from another site is undefined'],
    ['may be kept by caches', { isKept: true }, 'Cache-Control of /health is null'],
    ['still opens to a session that was ended', { forgets: true }, 'answer 200 204 200'],
    ['does not know the account', { hasAccount: false }, 'logging in answers 401'],
    ['never refuses', { limit: 1_000 }, 'no limit refused 40 requests'],
  ])('one that %s does not, and it says so', async (_what, illness, says) => {
    Object.assign(server, illness);
    const { status, stdout } = await smoke(['--limit', '--build', 'abc1234']);
    expect([status, stdout]).toEqual([1, expect.stringContaining(says)]);
    expect(stdout).not.toContain('is well');
  });

  it('one that does not answer at all is not well', async () => {
    const nowhere = startScript('smoke', ['http://127.0.0.1:9'], standIn(), { env: account });
    expect(await nowhere).toMatchObject({ status: 1 });
  });

  it('one that takes questions and answers none is not well, and holds nobody up', async () => {
    server.hangs = true;
    const late = wait(10_000).then(() => 'it still waits');
    const asked = smoke([], { ...account, ...hurried });
    expect(await Promise.race([asked, late])).toMatchObject({ status: 1 });
  });

  it('a session that nobody has is asked for, so that the database has to answer', async () => {
    server.asked.length = 0;
    await smoke();
    const [asked] = server.asked.filter(({ path }) => path === '/api/me');
    const cookie = expect.stringMatching(/^__Host-sid=[\w-]{43}$/);
    expect(asked).toMatchObject({ cookie });
  });

  it('without an account it says what it did not look at', async () => {
    const env = { SMOKE_EMAIL: '', SMOKE_PASSWORD: '' };
    const { status, stdout } = await smoke([], env);
    expect([status, stdout]).toEqual([0, expect.stringContaining('Not looked at')]);
  });

  it.each([
    { SMOKE_EMAIL: '', SMOKE_PASSWORD: '' },
    { ...account, SMOKE_EMAIL: '' },
    { ...account, SMOKE_PASSWORD: '' },
  ])('with --login it fails without an account, and says what to set: %o', async (env) => {
    const { status, stdout } = await smoke(['--login'], env);
    expect([status, stdout]).toEqual([1, expect.stringContaining('Set both')]);
    expect(stdout).not.toContain('is well');
    expect(await smoke(['--login'])).toMatchObject({ status: 0 });
  });

  it.each([[[]], [['no address']], [['https://app.example', 'another']]])(
    'refuses %j',
    async (words) => {
      expect((await startScript('smoke', words, standIn())).status).toBe(2);
    },
  );
});

describe('OBS-4 a test of the alerts fails where nobody is told', () => {
  const test = (env: Record<string, string> = {}) =>
    startScript('alerts-test', [server.address], standIn(), {
      env: { OPERATIONS_TOKEN: 'what opens to those who operate the app', ...env },
    });

  it('some channel has to take it', async () => {
    expect(await test()).toMatchObject({ status: 0 });
  });

  it.each([
    ['nothing is configured', { mail: 'not configured', webhook: 'not configured' }],
    ['one of two fails', { mail: 'sent', webhook: 'failed' }],
    ['all fail', { mail: 'failed', webhook: 'not configured' }],
  ])('where %s it fails', async (_what, alerts) => {
    Object.assign(server, { alerts });
    expect(await test()).toMatchObject({ status: 1 });
  });

  it('where the app refuses, or does not answer, it fails', async () => {
    server.fails = true;
    expect((await test()).status).toBe(1);
    const nowhere = ['http://127.0.0.1:9'];
    const env = { OPERATIONS_TOKEN: 'a token' };
    expect((await startScript('alerts-test', nowhere, standIn(), { env })).status).toBe(1);
    server.hangs = true;
    const late = wait(10_000).then(() => 'it still waits');
    expect(await Promise.race([test(hurried), late])).toMatchObject({ status: 1 });
  });
});

describe('SEC-1 what opens to those who operate the app is sent to the app alone', () => {
  it.each(['http://app.example.com', 'ftp://app.example.com'])(
    'and not to %s, where others could read it',
    async (address) => {
      const env = { OPERATIONS_TOKEN: 'a token' };
      const { status, stderr } = await startScript('alerts-test', [address], standIn(), { env });
      expect([status, stderr]).toEqual([2, expect.stringContaining('only sent over https')]);
    },
  );
});
