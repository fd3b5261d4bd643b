import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { root } from '../../scripts/host-node.ts';
import { appEnvironment } from '../../scripts/rendered-app.ts';
import { processesMarked } from './traces.ts';

/** Starts `npm run demo` as a terminal does, in a process group of its own, and with a temporary folder of its own. */
function startDemo() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'stackbilder-demo-test-')));
  const mark = `STACKBILDER_TEST=${randomUUID()}`;
  const [name = '', value] = mark.split('=');
  const child = spawn('npm', ['run', '--silent', 'demo'], {
    cwd: root,
    env: { ...appEnvironment(), TMPDIR: folder, [name]: value },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
  const ended = new Promise<number | NodeJS.Signals | null>((settle) =>
    child.once('close', (code, signal) => settle(code ?? signal)),
  );
  const { pid } = child;
  if (pid === undefined) throw new Error('npm cannot be started');
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const application = () => {
    const scratch = readdirSync(folder).find((entry) => entry.startsWith('stackbilder-demo-'));
    return join(folder, scratch ?? 'none', 'demo');
  };
  return {
    ended,
    application,
    printed: () => printed,
    processes: () => processesMarked(mark, folder),
    scratchFolders: () => readdirSync(folder).filter((entry) => entry.startsWith('stackbilder-')),
    /** What Ctrl-C does: every process of the terminal's foreground gets the signal. */
    pressCtrlC: () => process.kill(-pid, 'SIGINT'),
    /** What `kill` does: npm alone gets the signal. */
    terminate: () => process.kill(pid, 'SIGTERM'),
    async until(what: string, condition: () => boolean): Promise<void> {
      for (let waited = 0; !condition(); waited += 50) {
        if (waited > 600_000 || child.exitCode !== null)
          throw new Error(`${what} did not happen:\n${printed}`);
        await pause(50);
      }
    },
  };
}

// npm ends as its shell did: by the signal, or with the code that stands for it.
const endings = { pressCtrlC: ['SIGINT', 130], terminate: ['SIGTERM', 143, 129] };

type Demo = ReturnType<typeof startDemo>;

function expectNoTrace(demo: Demo): void {
  expect(demo.processes()).toEqual([]);
  expect(demo.scratchFolders()).toEqual([]);
}

// Whose processes are whose is read from /proc.
describe.skipIf(process.platform !== 'linux')('npm run demo', () => {
  test.each(['pressCtrlC', 'terminate'] as const)(
    'serves an application to whoever has the printed login, and leaves no trace after %s',
    async (stop) => {
      const demo = startDemo();
      await demo.until('serving', () => demo.printed().includes('Login:'));
      const [, address = ''] = /answers at (\S+?)\. /.exec(demo.printed()) ?? [];
      const [, email, password] = /Login: (\S+), password: (.+)/.exec(demo.printed()) ?? [];
      const headers = { Origin: address, 'Content-Type': 'application/json' };
      const logIn = (body: unknown) =>
        fetch(`${address}/api/auth/login`, { method: 'POST', headers, body: JSON.stringify(body) });
      expect((await logIn({ email, password: 'another password' })).status).toBe(401);
      const response = await logIn({ email, password });
      expect(response.status).toBe(200);
      const [cookie = ''] = response.headers.getSetCookie();
      const me = await fetch(`${address}/api/me`, {
        headers: { Cookie: cookie.split(';')[0] ?? '' },
      });
      expect(await me.json()).toMatchObject({ user: { email } });

      expect(demo.processes().join('\n')).toMatch(/workerd/);
      expect(demo.scratchFolders()).toHaveLength(1);
      demo[stop]();
      expect(endings[stop]).toContain(await demo.ended);
      expectNoTrace(demo);
      await expect(fetch(address)).rejects.toThrow('fetch failed');
    },
  );

  test.each(['pressCtrlC', 'terminate'] as const)(
    'leaves no trace after %s while it installs',
    async (stop) => {
      const demo = startDemo();
      const installing = () => existsSync(join(demo.application(), 'node_modules'));
      await demo.until('installing', installing);
      expect(demo.processes().join('\n')).toMatch(/npm ci/);
      demo[stop]();
      expect(endings[stop]).toContain(await demo.ended);
      expectNoTrace(demo);
      expect(demo.printed()).not.toMatch(/\bat .*:\d+|Error/);
    },
  );

  test('leaves no trace after Ctrl-C while the server starts', async () => {
    const demo = startDemo();
    await demo.until('starting', () => /wrangler.*\bdev\b/.test(demo.processes().join('\n')));
    expect(demo.printed()).not.toContain('Login:');
    demo.pressCtrlC();
    expect(endings.pressCtrlC).toContain(await demo.ended);
    expectNoTrace(demo);
  });
});
