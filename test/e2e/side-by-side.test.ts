import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare, type V4WorkerOptions } from 'miniflare';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { root } from '../../scripts/host-node.ts';
import { renderInto } from '../../scripts/rendered-app.ts';

/** What a release adds: the column, and code that cannot do without it. */
const expand = 'ALTER TABLE projects ADD COLUMN summary TEXT;';
const inOldCode = [
  'INSERT INTO projects (tenant_id, id, name, description, created_at)',
  'SELECT ?1, ?2, ?3, ?4, ?5 FROM tenants',
] as const;
const inNewCode = [
  'INSERT INTO projects (tenant_id, id, name, description, summary, created_at)',
  'SELECT ?1, ?2, ?3, ?4, ?4, ?5 FROM tenants',
] as const;

const parent = realpathSync(mkdtempSync(join(tmpdir(), 'stackbilder-side-by-side-')));
const app = join(parent, 'my-app');
const origin = 'http://localhost';
let miniflare: Miniflare;

/** One release of the application as a Worker; both are bound to the same database, sessions and limiter. */
async function release(name: 'before' | 'after'): Promise<V4WorkerOptions> {
  const { outputFiles } = await build({
    entryPoints: [join(app, 'src/index.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2024',
    write: false,
    external: ['cloudflare:*', 'node:*'],
    loader: { '.txt': 'text' },
    nodePaths: [join(root, 'node_modules')],
    logLevel: 'error',
  });
  const [{ text: contents } = { text: '' }] = outputFiles;
  return {
    name,
    modules: [{ type: 'ESModule', path: 'index.js', contents }],
    compatibilityDate: '2026-10-20',
    bindings: {
      APP_ENV: 'development',
      HMAC_KEY: 'h'.repeat(40),
      ENCRYPTION_KEY: 'e'.repeat(40),
      OPERATIONS_TOKEN: 'o'.repeat(40),
    },
    d1Databases: { DB: 'shared' },
    kvNamespaces: { SESSIONS: 'shared' },
    durableObjects: {
      RATE_LIMITER: { className: 'RateLimiter', scriptName: 'before', useSQLite: true },
    },
    ratelimits: { FLOOD_LIMITER: { namespace_id: '1001', simple: { limit: 100_000, period: 60 } } },
    email: { send_email: [{ name: 'EMAIL' }] },
    versionMetadata: 'CF_VERSION',
  };
}

async function migrate(sql: string): Promise<void> {
  const database = await miniflare.getD1Database('DB', 'before');
  // D1 takes one statement at a time; those of a trigger belong together.
  const withoutComments = sql.replace(/^\s*--.*$/gm, '');
  for (const statement of withoutComments.split(/;\s*\n(?=\s*(?:CREATE|ALTER|INSERT|$))/)) {
    if (statement.trim() !== '') await database.prepare(statement).run();
  }
}

/** Asks one release; an address of its own for each request keeps limits of clients out of it. */
let asked = 0;
async function ask(worker: string, method: string, path: string, session = '', body?: unknown) {
  asked += 1;
  const fetcher = await miniflare.getWorker(worker);
  return fetcher.fetch(origin + path, {
    method,
    headers: {
      Origin: origin,
      'CF-Connecting-IP': `203.0.${Math.floor(asked / 250) % 250}.${asked % 250}`,
      ...(session !== '' && { Cookie: session }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

beforeAll(async () => {
  await renderInto(app, {
    name: 'my-app',
    oauth: [],
    billing: false,
    uploads: false,
    pages: false,
  });
  const before = await release('before');
  const file = join(app, 'src/db/statements/projects.ts');
  let text = readFileSync(file, 'utf8');
  for (const [index, old] of inOldCode.entries()) {
    if (text.split(old).length !== 2) throw new Error(`projects.ts does not have "${old}" once`);
    text = text.replace(old, inNewCode[index] ?? '');
  }
  writeFileSync(file, text);
  const after = await release('after');
  miniflare = new Miniflare(
    convertV4MiniflareOptions({
      workers: [before, after],
      // The lines of some thousand requests.
      handleStructuredLogs() {},
    }),
  );
  const folder = join(app, 'migrations');
  for (const name of readdirSync(folder)
    .filter((one) => one.endsWith('.sql'))
    .toSorted())
    await migrate(readFileSync(join(folder, name), 'utf8'));
});

afterAll(async () => {
  await miniflare?.dispose();
  rmSync(parent, { recursive: true, force: true });
});

describe('DEP-5 two releases serve side by side while the schema changes below them', () => {
  it('and no request is dropped', { timeout: 60_000 }, async () => {
    const account = { email: 'ada@example.com', password: 'correct horse battery staple' };
    await ask('before', 'POST', '/api/auth/signup', '', { ...account, name: 'Ada' });
    const login = await ask('before', 'POST', '/api/auth/login', '', account);
    const session = login.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ');
    const made = await ask('before', 'POST', '/api/tenants', session, { name: 'Acme' });
    const { id: tenantId } = z.object({ id: z.string() }).parse(await made.json());
    const projects = `/api/tenants/${tenantId}/projects`;

    // The share of the new release, in hundredths, as `deploy` sets it.
    let share = 0;
    let isOver = false;
    const sent = { before: 0, after: 0 };
    const failed: string[] = [];
    const send = async (method: string, path: string, body?: unknown) => {
      const worker = Math.random() * 100 < share ? 'after' : 'before';
      sent[worker] += 1;
      try {
        const response = await ask(worker, method, path, session, body);
        const text = await response.text();
        if (!response.ok) failed.push(`${worker}: ${method} ${path} answers ${response.status}`);
        return text;
      } catch (error) {
        failed.push(`${worker}: ${method} ${path}: ${String(error)}`);
        return '';
      }
    };
    const visit = async () => {
      while (!isOver) {
        const text = await send('POST', projects, { name: 'Apollo', description: 'a text' });
        const { id } = z
          .object({ id: z.string() })
          .catch({ id: 'none' })
          .parse(text && JSON.parse(text));
        await send('GET', projects);
        await send('PATCH', `${projects}/${id}`, { description: 'another text' });
        await send('DELETE', `${projects}/${id}`);
        await send('GET', '/api/me');
      }
    };
    const visitors = Array.from({ length: 3 }, visit);
    await wait(2_000);
    const migratedAfter = sent.before;
    await migrate(`${expand}\n`);
    await wait(1_000);
    for (const next of [10, 100]) {
      share = next;
      await wait(3_000);
    }
    // And back, as a rollback does: the code before runs on the schema after.
    share = 0;
    await wait(2_000);
    isOver = true;
    await Promise.all(visitors);
    const all = sent.before + sent.after;
    console.log(
      `Side by side: ${all} requests sent (${sent.before} to the release before, ${sent.after} to the one after), migrated after ${migratedAfter}, ${failed.length} failed.`,
    );
    expect(failed).toEqual([]);
    expect(migratedAfter).toBeGreaterThan(10);
    expect(sent.before).toBeGreaterThan(migratedAfter);
    expect(sent.after).toBeGreaterThan(10);
  });

  it('the new release needs the column: it was the migration that let it serve', async () => {
    const database = await miniflare.getD1Database('DB', 'before');
    const { results } = await database.prepare('PRAGMA table_info(projects)').all();
    expect(results.map(({ name }) => name)).toContain('summary');
  });
});
