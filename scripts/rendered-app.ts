import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { resolveOptions, type GivenOptions } from '../generator/options.ts';
import { planFiles } from '../generator/plan.ts';
import { renderFiles } from '../generator/render.ts';
import { startProgram, success } from './child-process.ts';
import { hostEnvironment, hostPath, root } from './host-node.ts';
import { loadCatalog } from './templates.ts';

/** What an application keeps when it is rendered anew: what its tools made, not its source. */
const kept: ReadonlySet<string> = new Set(['node_modules', '.wrangler', '.installed']);

/** Renders the templates at hand into a folder, in place of what was rendered there before. */
export async function renderInto(
  directory: string,
  given: GivenOptions & { readonly name: string },
): Promise<void> {
  const catalog = await loadCatalog(join(root, 'templates'));
  const options = resolveOptions(given);
  const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const files = renderFiles(planFiles(catalog, options), options, { randomBytes });
  mkdirSync(directory, { recursive: true });
  for (const entry of readdirSync(directory)) {
    if (!kept.has(entry)) rmSync(join(directory, entry), { recursive: true });
  }
  for (const { path, content, executable } of files) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    if (executable) chmodSync(file, 0o755);
  }
}

/**
 * The environment in which an application's tools run here: the Node that runs this comes first,
 * since they need a newer one than the generator does; nothing of ours is in reach.
 */
export function appEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...environment } = hostEnvironment();
  return {
    ...environment,
    PATH: [dirname(process.execPath), hostPath()].join(delimiter),
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_HIDE_BANNER: 'true',
  };
}

/** Installs what the lock file says, unless this very lock file was installed before. */
export async function installDependencies(directory: string): Promise<void> {
  const lock = readFileSync(join(directory, 'package-lock.json'), 'utf8');
  const mark = join(directory, '.installed');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return;
  // An installation that is cut short must not pass for the one before it.
  rmSync(mark, { force: true });
  await runInApp(directory, 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(mark, lock);
}

/** Runs a program in the application, showing what it prints. @throws {Error} when it fails */
export async function runInApp(
  directory: string,
  program: string,
  words: readonly string[],
): Promise<void> {
  const started = startProgram(program, words, {
    cwd: directory,
    env: appEnvironment(),
    stdio: ['ignore', 'inherit', 'inherit'],
    ownGroup: true,
  });
  await success(started, `${program} ${words.join(' ')}`);
}

/** A development server of an application. */
export interface DevelopmentServer {
  readonly address: string;
  /** What it has printed so far. */
  readonly printed: () => string;
  /** Settles when it ended, whoever ended it. */
  readonly ended: Promise<unknown>;
  readonly stop: () => Promise<void>;
}

/** Starts `npm run dev` on a port of its own choice and waits until it answers. */
export async function startDevelopmentServer(directory: string): Promise<DevelopmentServer> {
  const port = await freePort();
  // Wrangler looks for a free port for its debugger as well, and two that start at once find the same.
  const ports = ['--port', String(port), '--inspector-port', String(await freePort())];
  const words = ['run', '--silent', 'dev', '--', ...ports];
  const { child, ended, hasEnded, stop } = startProgram('npm', words, {
    cwd: directory,
    env: appEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    ownGroup: true,
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
  const address = `http://localhost:${port}`;
  for (let waited = 0; waited < 60_000; waited += 100) {
    if (hasEnded()) throw new Error(`the development server ended:\n${printed}`);
    if (await answers(`${address}/health`)) return { address, printed: () => printed, ended, stop };
    await new Promise((settle) => setTimeout(settle, 100));
  }
  await stop();
  throw new Error(`the development server did not answer within a minute:\n${printed}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  // Below what a system gives to whoever asks for any port: that may be given away again before the server listens.
  const port = 12_000 + Math.floor(Math.random() * 20_000);
  return new Promise((settle) => {
    const server = createServer().once('error', () => settle(freePort()));
    server.listen(port, '127.0.0.1', () => server.close(() => settle(port)));
  });
}
