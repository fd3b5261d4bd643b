import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scheduler } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { unstable_startWorker as startWorker } from 'wrangler';
import * as z from 'zod';
import {
  appEnvironment,
  startDevelopmentServer,
  type DevelopmentServer,
} from '../../scripts/rendered-app.ts';
import { runCli } from '../cli/command-line.ts';
import { filesBelow } from '../files-below.ts';
import { HttpClient, totp } from './http-client.ts';

// One application, made as a user makes it, is shared by all of these: installing takes its time.
const parent = realpathSync(mkdtempSync(join(tmpdir(), 'stackbilder-e2e-')));
const app = join(parent, 'my-app');

beforeAll(async () => {
  const made = await runCli(['my-app', '--yes', '--no-git'], {
    cwd: parent,
    env: appEnvironment(),
  });
  if (made.code !== 0) throw new Error(made.stderr);
});

afterAll(() => rmSync(parent, { recursive: true, force: true }));

/** Runs one of the application's commands; what it prints appears when it fails. */
const run = (program: string, ...words: string[]): string =>
  execFileSync(program, words, {
    cwd: app,
    env: appEnvironment(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1e8,
  });
const script = (name: string, ...words: string[]) =>
  run('npm', 'run', '--silent', name, '--', ...words);
/** What a command prints, however it ends: what `prove` has to say is wanted most where it fails. */
const printedBy = (name: string, ...words: string[]) =>
  spawnSync('npm', ['run', '--silent', name, '--', ...words], {
    cwd: app,
    env: appEnvironment(),
    encoding: 'utf8',
    maxBuffer: 1e8,
  }).stdout;

describe('the default application, installed from the registry', () => {
  it('installs exactly what its lock file says', () => {
    expect(readdirSync(app)).toContain('node_modules');
    expect(run('npm', 'ls', '--all', '--depth=0')).toContain('hono@');
  });

  it.each(['typecheck', 'lint', 'format:check', 'test'])('%s passes', (name) => {
    expect(() => script(name)).not.toThrow();
  });

  it('test runs both kinds of tests where there are more cores than here', () => {
    const pretense = join(parent, 'eight-cores.cjs');
    writeFileSync(
      pretense,
      "require('node:os').availableParallelism = () => 8; require('node:module').syncBuiltinESMExports();",
    );
    const files = ['worker', 'repo'].map((folder) => `test/${folder}/secrets.test.ts`);
    const { status, stdout, stderr } = spawnSync('npx', ['vitest', 'run', ...files], {
      cwd: app,
      env: { ...appEnvironment(), NODE_OPTIONS: `--require ${pretense}` },
      encoding: 'utf8',
    });
    expect({ status, printed: status === 0 ? '' : stdout + stderr }).toEqual({
      status: 0,
      printed: '',
    });
  });

  it('what nobody reviewed fails its tests by name, until somebody did', async () => {
    const changes = {
      'src/ops/health.ts': (text: string) =>
        text.replace(
          'export const healthRoutes = [\n',
          "$&  route({\n    method: 'GET',\n    path: '/new',\n    access: access.public,\n    input: z.strictObject({}),\n    handler: async ({ c }) => c.body(null, 204),\n  }),\n",
        ),
      'migrations/0001_initial.sql': (text: string) =>
        `${text}\nCREATE TABLE notes (id TEXT PRIMARY KEY) STRICT;\n`,
      'wrangler.toml': (text: string) =>
        text.replace('[version_metadata]', '[[kv_namespaces]]\nbinding = "NOTES"\n\n$&'),
    };
    const kept = new Map(
      [...Object.keys(changes), ...filesBelow(join(app, '.ai')).map((path) => `.ai/${path}`)].map(
        (path) => [path, readFileSync(join(app, path), 'utf8')],
      ),
    );
    onTestFinished(() => {
      for (const [path, text] of kept) writeFileSync(join(app, path), text);
    });
    for (const [path, change] of Object.entries(changes))
      writeFileSync(join(app, path), change(kept.get(path) ?? ''));

    const inventoryTests = () =>
      spawnSync('npx', ['vitest', 'run', 'inventory.test'], {
        cwd: app,
        env: appEnvironment(),
        encoding: 'utf8',
      });
    const failed = inventoryTests();
    expect(failed.status).toBe(1);
    // The Worker's tests colour what differs, whatever NO_COLOR says.
    const printed = stripVTControlCharacters(failed.stdout + failed.stderr);
    for (const added of ['"GET /new"', '"notes"', '"NOTES"'])
      expect(printed).toMatch(new RegExp(`^\\s*[+-] +${added},$`, 'm'));
    expect(printed).toContain('create-stackbilder-app governance');

    const { code, stdout } = await runCli(['governance', 'my-app'], { cwd: parent });
    expect(code).toBe(0);
    const inventory = join(app, '.ai/inventory.json');
    for (const [added, threat] of [
      ['route GET /new', 'flood'],
      ['table notes', 'lost-data'],
      ['binding NOTES', 'database-dump'],
    ] as const) {
      expect(stdout).toContain(`${added}: name the threats it meets in .ai/inventory.json`);
      const name = added.slice(added.indexOf(' ') + 1);
      const text = readFileSync(inventory, 'utf8');
      writeFileSync(inventory, text.replace(`"${name}": []`, `"${name}": ["${threat}"]`));
    }
    const passed = inventoryTests();
    expect([passed.status, passed.status === 0 ? '' : passed.stdout]).toEqual([0, '']);
  });

  // All of them take more than an hour: `npm run app -- prove`. Which test to ask first is kept here, since most of the time
  // goes into tests that notice nothing: `npm run app -- prove --some 2` writes it anew, into .prove/ of the application.
  it('prove turns the first sabotages of each control red', () => {
    cpSync(join(import.meta.dirname, 'noticed.json'), join(app, '.prove', 'noticed.json'));
    const report = z
      .object({
        controls: z.array(
          z.object({
            id: z.string(),
            sabotages: z.array(z.looseObject({ name: z.string(), result: z.string() })),
          }),
        ),
        red: z.number(),
        total: z.number(),
      })
      .parse(JSON.parse(printedBy('prove', '--json', '--some', '2')));
    const others = report.controls.flatMap(({ sabotages }) =>
      sabotages.filter(({ result }) => result !== 'red'),
    );
    expect(others).toEqual([]);
    expect(report.red).toBe(report.total);
    expect(report.controls).toHaveLength(53);
    expect(report.controls.filter(({ sabotages }) => sabotages.length < 2)).toEqual([]);

    // A part of the sabotages is no proof, so nothing is called proven, and everything applies.
    const { controls, counts } = z
      .object({
        controls: z.array(z.object({ id: z.string(), state: z.string() })),
        counts: z.record(z.string(), z.number()),
      })
      .parse(JSON.parse(printedBy('readiness', '--json')));
    expect(controls.map(({ id }) => id).toSorted()).toEqual(
      report.controls.map(({ id }) => id).toSorted(),
    );
    expect(counts).toMatchObject({ open: 53, proven: 0, 'not applicable': 0 });
  });
});

describe('the default application, served by wrangler dev', () => {
  let server: DevelopmentServer;

  beforeAll(async () => {
    script('db:migrate');
    script('db:seed');
    server = await startDevelopmentServer(app);
  });

  afterAll(() => server.stop());

  it('takes somebody from signing up to being refused after logging out', async () => {
    const client = new HttpClient(server.address);
    const ask = (...request: Parameters<HttpClient['ask']>) => client.ask(...request);
    const account = { email: 'new@example.com', password: 'correct horse battery' };
    expect(await ask('GET', '/api/me')).toMatchObject({ status: 401 });
    expect(await ask('POST', '/api/auth/signup', { ...account, name: 'New' })).toMatchObject({
      status: 202,
    });
    const token = await client.mailedToken(account.email);
    expect(await ask('POST', '/api/auth/verify-email', { token })).toMatchObject({ status: 204 });
    expect(await ask('POST', '/api/auth/login', account)).toMatchObject({
      status: 200,
      json: { status: 'ok' },
    });
    expect([...client.cookies.keys()]).toContain('sid');
    expect(await ask('GET', '/api/me')).toMatchObject({
      status: 200,
      json: { user: { email: account.email, emailVerified: true, mfaEnabled: false } },
    });
    const tenant = await ask('POST', '/api/tenants', { name: 'Acme' });
    expect(tenant.status).toBe(201);
    const { id } = z.object({ id: z.string() }).parse(tenant.json);
    const project = await ask('POST', `/api/tenants/${id}/projects`, { name: 'Apollo' });
    expect(project).toMatchObject({ status: 201, json: { name: 'Apollo' } });
    expect(await ask('GET', `/api/tenants/${id}/projects`)).toMatchObject({
      json: { items: [{ name: 'Apollo' }], nextCursor: null },
    });

    const enrolled = await ask('POST', '/api/auth/mfa/enroll');
    const { secret } = z.object({ secret: z.string() }).parse(enrolled.json);
    const code = totp(secret, Date.now());
    const activated = await ask('POST', '/api/auth/mfa/activate', { code });
    const { recoveryCodes } = z
      .object({ recoveryCodes: z.array(z.string()).length(10) })
      .parse(activated.json);
    expect(await ask('POST', '/api/auth/logout')).toMatchObject({ status: 204 });
    expect(await ask('POST', '/api/auth/login', account)).toMatchObject({
      status: 200,
      json: { status: 'mfa_required' },
    });
    expect(await ask('GET', '/api/me')).toMatchObject({ status: 401 });
    // It was used already, to switch the second factor on.
    expect(await ask('POST', '/api/auth/mfa/verify', { code })).toMatchObject({ status: 401 });
    const recovery = { code: recoveryCodes[0] };
    expect(await ask('POST', '/api/auth/mfa/verify', recovery)).toMatchObject({ status: 200 });
    // The clocks of a phone and of the app may be half a minute apart.
    const next = { code: totp(secret, Date.now() + 30_000) };
    expect(await ask('POST', '/api/auth/step-up', next)).toMatchObject({ status: 204 });
    expect(await ask('POST', '/api/auth/step-up', next)).toMatchObject({ status: 401 });
    expect(await ask('GET', '/api/me')).toMatchObject({ json: { user: { mfaEnabled: true } } });

    const captured = client.cookies.get('sid') ?? '';
    expect(await ask('POST', '/api/auth/logout')).toMatchObject({ status: 204 });
    client.cookies.set('sid', captured);
    expect(await ask('GET', '/api/me')).toMatchObject({ status: 401 });
    expect(await ask('GET', `/api/tenants/${id}/projects`)).toMatchObject({ status: 401 });
  });

  it('lets in who the seeds made', async () => {
    const client = new HttpClient(server.address);
    const ada = { email: 'ada@example.com', password: 'local development' };
    expect(await client.ask('POST', '/api/auth/login', ada)).toMatchObject({ status: 200 });
    expect(await client.ask('GET', '/api/tenants')).toMatchObject({
      json: { items: [{ name: 'Analytical Engines', role: 'owner' }] },
    });
  });

  // The last, since it keeps this process waiting until the server has closed the connections to it.
  it('rehearses a restore, and notices a dump that lacks a row', async () => {
    // What the app counted is written five seconds after the requests before; then the database is still.
    await scheduler.wait(6_000);
    const drill = (...words: string[]) =>
      spawnSync('npm', ['run', '--silent', 'db:restore-drill', '--', ...words], {
        cwd: app,
        env: appEnvironment(),
        encoding: 'utf8',
      });
    const whole = drill();
    expect([whole.status, whole.stdout]).toEqual([
      0,
      expect.stringContaining('equal   projects: '),
    ]);
    expect(whole.stdout).not.toContain('DIFFERS');
    const backups = join(app, 'backups');
    const dump = readdirSync(backups).find((name) => name.endsWith('.sql')) ?? '';
    const lines = readFileSync(join(backups, dump), 'utf8').split('\n');
    const lost = lines.findIndex((line) => line.startsWith('INSERT INTO "projects"'));
    expect(lost).toBeGreaterThan(0);
    const broken = join(parent, 'broken.sql');
    writeFileSync(broken, lines.toSpliced(lost, 1).join('\n'));
    const lacking = drill('--dump', broken);
    expect([lacking.status, lacking.stdout]).toEqual([
      1,
      expect.stringContaining('The backup does not restore: projects'),
    ]);
  });
});

describe('what a deployment would ship', () => {
  /** Runs the Worker as one environment of wrangler.toml has it, asked for under a public name. */
  async function statusAt(url: string, environment: string, vars: Record<string, string> = {}) {
    const { hostname, protocol } = new URL(url);
    const worker = await startWorker({
      config: join(app, 'wrangler.toml'),
      env: environment,
      bindings: Object.fromEntries(
        Object.entries(vars).map(([name, value]) => [name, { type: 'plain_text', value }]),
      ),
      dev: {
        logLevel: 'none',
        server: { port: 0 },
        inspector: false,
        watch: false,
        origin: { hostname, secure: protocol === 'https:' },
      },
    });
    try {
      return (await worker.fetch(url)).status;
    } finally {
      await worker.dispose();
    }
  }

  it('nothing of dev/ is in the bundle', () => {
    run('npx', 'wrangler', 'deploy', '--dry-run', '--env=production', '--outdir=bundle');
    const bundle = readFileSync(join(app, 'bundle', 'index.js'), 'utf8');
    expect(bundle).toContain('/api/auth/login');
    expect(bundle).not.toMatch(/DEV_MAILBOX|STRIPE_STAND_IN|local development/i);
  });

  it('a bare "wrangler deploy" has no APP_ENV, and the app refuses every request', async () => {
    expect(run('npx', 'wrangler', 'deploy', '--dry-run', '--env=')).not.toContain('APP_ENV');
    expect(await statusAt('https://my-app.example.workers.dev/health', '')).toBe(503);
    expect(await statusAt('http://localhost/health', '')).toBe(503);
  });

  it('with APP_ENV set to development, it answers on this machine and on no public address', async () => {
    const development = {
      APP_ENV: 'development',
      STRIPE_SECRET_KEY: 'rk_test_of_an_account',
      STRIPE_WEBHOOK_SECRET: 'whsec_of_an_endpoint_in_test_mode',
      STRIPE_PRICE_PRO: 'price_pro',
      STRIPE_PRICE_BUSINESS: 'price_business',
    };
    expect(await statusAt('https://my-app.example.workers.dev/health', '', development)).toBe(503);
    expect(await statusAt('http://localhost/health', '', development)).toBe(200);
    expect(await statusAt('http://localhost/dev/mailbox', '', development)).toBe(404);
  });

  it('deploy names the environment or does nothing', () => {
    const deploy = (...words: string[]) =>
      spawnSync('npm', ['run', '--silent', 'deploy', '--', ...words], {
        cwd: app,
        env: appEnvironment(),
        encoding: 'utf8',
      });
    for (const words of [
      [],
      ['--dry-run'],
      ['development'],
      ['staging', 'x'],
      ['staging', '--x'],
    ]) {
      const { status, stderr } = deploy(...words);
      expect([words, status, stderr.split('\n')[0]]).toEqual([
        words,
        2,
        'Usage: npm run deploy -- staging|production [--dry-run] [--first] [--hold SECONDS] [--patience SECONDS]',
      ]);
    }
    expect(deploy('staging', '--dry-run')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('commit what you deploy first'),
    });
    const git = (...words: string[]) =>
      run('git', '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...words);
    git('init', '--quiet');
    git('commit', '--quiet', '--allow-empty', '--message', 'First');
    expect(deploy('staging', '--dry-run')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('Commit what you deploy first; these files differ'),
    });
    git('add', '--all');
    git('commit', '--quiet', '--no-verify', '--message', 'Second');
    const { status, stdout } = deploy('staging', '--dry-run');
    expect(status).toBe(0);
    expect(stdout).toContain('env.APP_ENV ("staging")');
  });

  it('production answers once its addresses and secrets are configured, and not before', async () => {
    expect(run('npx', 'wrangler', 'deploy', '--dry-run', '--env=production')).toContain('APP_ENV');
    const addresses = {
      APP_ORIGIN: 'https://app.example.com',
      LINK_BASE_URL: 'https://app.example.com',
      MAIL_FROM: 'hello@app.example.com',
    };
    // .dev.vars has the other secrets.
    const secrets = {
      GOOGLE_CLIENT_ID: 'google',
      GOOGLE_CLIENT_SECRET: 'a secret',
      GITHUB_CLIENT_ID: 'github',
      GITHUB_CLIENT_SECRET: 'a secret',
      STRIPE_SECRET_KEY: 'rk_live_of_an_account',
      STRIPE_WEBHOOK_SECRET: 'whsec_of_an_endpoint_in_live_mode',
    };
    const prices = { STRIPE_PRICE_PRO: 'price_pro', STRIPE_PRICE_BUSINESS: 'price_business' };
    const at = (path: string, vars: Record<string, string>) =>
      statusAt(`https://app.example.com${path}`, 'production', vars);
    expect(await at('/health', {})).toBe(503);
    expect(await at('/health', addresses)).toBe(503);
    expect(await at('/health', secrets)).toBe(503);
    expect(await at('/health', { ...addresses, ...secrets })).toBe(503);
    expect(await at('/health', { ...addresses, ...secrets, ...prices })).toBe(200);
    expect(await at('/dev/mailbox', { ...addresses, ...secrets, ...prices })).toBe(404);
  });
});
