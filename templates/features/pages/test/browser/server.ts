import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const root = join(import.meta.dirname, '../..');
const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js');

/** `wrangler dev` on a port and with a database of its own, which go away with it. */
export interface Server {
  readonly origin: string;
  stop(): Promise<void>;
}

/** Starts what `npm run dev` serves. @throws {Error} with what it printed, if it does not answer within a minute */
export async function startServer(): Promise<Server> {
  const state = mkdtempSync(join(tmpdir(), 'browser-tests-'));
  const persist = ['--persist-to', state];
  const migrating = run(['d1', 'migrations', 'apply', 'DB', '--local', ...persist]);
  await migrating.ended;
  const port = await freePort();
  const development = ['dev', 'dev/index.ts', '--var', 'APP_ENV:development'];
  const serving = run([...development, '--port', String(port), ...persist]);
  const origin = `http://localhost:${port}`;
  const stop = async () => {
    serving.child.kill('SIGTERM');
    await serving.ended;
    rmSync(state, { recursive: true, force: true, maxRetries: 3 });
  };
  for (let waited = 0; waited < 60_000; waited += 200) {
    if (await answers(`${origin}/health`)) return { origin, stop };
    await pause(200);
  }
  await stop();
  throw new Error(`the server did not answer:\n${migrating.printed()}${serving.printed()}`);
}

function run(words: readonly string[]) {
  const child: ChildProcess = spawn(process.execPath, [wrangler, ...words], {
    cwd: root,
    env: {
      ...process.env,
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
      WRANGLER_SEND_METRICS: 'false',
      WRANGLER_HIDE_BANNER: 'true',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
  }
  const ended = new Promise<void>((settle) => child.once('close', () => settle()));
  return { child, ended, printed: () => printed };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((settle, refuse) => {
    const server = createServer().once('error', refuse);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') refuse(new Error('no port'));
        else settle(address.port);
      });
    });
  });
}
