import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lintMigrations } from '../../scripts/database/lint.ts';
import { app } from './repository.ts';
import { appServer, type AppServer } from './app-server.ts';
import { startScript, standIn, type Answer } from './stand-in.ts';

// Rehearsed: wrangler, git and the deployed app are stand-ins. That the real ones do as these is for a person to show.

const before = '11111111-1111-4111-8111-111111111111';
const after = '22222222-2222-4222-8222-222222222222';
const bookmark = '00000085-0000024c-00004c6d-8e61117bf38d7adb71b934ebbf891683';
const migrations = readdirSync(join(app, 'migrations')).filter((file) => file.endsWith('.sql'));

const well: readonly Answer[] = [
  { when: 'rev-parse', prints: 'abc1234' },
  { when: 'git status', prints: '' },
  { when: 'deployments status', prints: serving(before) },
  { when: 'time-travel info', prints: JSON.stringify({ bookmark }) },
  {
    when: 'd1_migrations',
    prints: JSON.stringify([{ results: migrations.map((name) => ({ name })) }]),
  },
  { when: 'versions upload', prints: `Uploaded\nWorker Version ID: ${after}\n` },
];

function serving(...versions: readonly string[]): string {
  return JSON.stringify({
    id: 'a-deployment',
    versions: versions.map((version_id) => ({ version_id, percentage: 100 / versions.length })),
  });
}

const workerName = () => {
  const toml = readFileSync(join(app, 'wrangler.toml'), 'utf8');
  return /\[env\.production\]\nname = "([^"]+)"/.exec(toml)?.[1];
};

let work: string;
let server: AppServer;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'work-'));
  server = await appServer();
});
afterAll(async () => {
  await server.close();
  rmSync(work, { recursive: true, force: true });
});

/** Deploys with stand-ins; `differently` comes before what goes well. */
async function deploy(differently: readonly Answer[] = [], words: readonly string[] = []) {
  const programs = standIn([...differently, ...well]);
  server.build = 'abc1234';
  const quick = ['--hold', '0', '--patience', '0', '--address', server.address];
  const all = ['production', ...quick, ...words];
  const ended = await startScript('deploy', all, programs, { cwd: work });
  const calls = programs.calls().map((call) => call.join(' ').replace(/^wrangler /, ''));
  return { ...ended, calls };
}

const newestRelease = () => {
  const name = readdirSync(join(work, 'releases')).toSorted().at(-1) ?? '';
  return JSON.parse(readFileSync(join(work, 'releases', name), 'utf8'));
};

describe('DEP-1 the way back is written before anything changes', () => {
  it('names the version that serves and the bookmark of the database', async () => {
    const { status, stdout } = await deploy();
    expect(status).toBe(0);
    expect(newestRelease()).toMatchObject({
      environment: 'production',
      commit: 'abc1234',
      version: before,
      bookmark,
    });
    expect(stdout).toContain(`npm run rollback -- production --to ${before}`);
    expect(stdout).toContain(`--bookmark ${bookmark}`);
  });

  it.each([
    ['the version that serves', { when: 'deployments status', fails: true }],
    ['the bookmark', { when: 'time-travel info', fails: true }],
    [
      'which of two versions serves',
      { when: 'deployments status', prints: serving(before, after) },
    ],
  ])('without %s nothing is changed', async (_what, answer) => {
    const { status, calls } = await deploy([answer]);
    expect(status).toBe(1);
    expect(calls.filter((call) => /apply|upload|versions deploy|^deploy /.test(call))).toEqual([]);
  });

  it('the first deployment has none, and has to say that it is the first', async () => {
    const { status, calls } = await deploy([], ['--first']);
    expect(status).toBe(0);
    expect(newestRelease()).toMatchObject({ version: null, bookmark });
    expect(calls.at(-1)).toMatch(/^deploy --env production --tag abc1234/);
  });

  it('the version that is uploaded says which one was before it', async () => {
    const { calls } = await deploy();
    const upload = calls.find((call) => call.startsWith('versions upload'));
    expect(upload).toContain(`--tag abc1234 --message abc1234, after ${before}`);
  });
});

describe('DEP-1 a rollback needs no thinking', () => {
  const rollback = async (words: readonly string[], answers: readonly Answer[] = []) => {
    const programs = standIn(answers);
    const address = ['--address', server.address];
    const all = [...words, ...address];
    const ended = await startScript('rollback', all, programs, { cwd: work });
    return { ...ended, calls: programs.calls().map((call) => call.join(' ')) };
  };

  it('goes back to the version that the newest deployment wrote down', async () => {
    await deploy();
    await deploy([{ when: 'deployments status', prints: serving(after) }]);
    const { status, calls } = await rollback(['production']);
    expect(status).toBe(0);
    expect(calls).toEqual([
      `wrangler rollback ${after} --env production --yes --message rollback to ${after}`,
    ]);
  });

  it('or to the one that is named', async () => {
    const { status, calls } = await rollback(['staging', '--to', after]);
    expect(status).toBe(0);
    expect(calls[0]).toContain(`wrangler rollback ${after} --env staging`);
  });

  it('says so where no way back was written, and where wrangler fails', async () => {
    expect(await rollback(['staging'])).toMatchObject({ status: 1, calls: [] });
    const failing = await rollback(
      ['production', '--to', before],
      [{ when: 'rollback', fails: true }],
    );
    expect(failing.status).toBe(1);
  });

  it.each([[['development']], [['production', 'staging']], [[]]])('refuses %j', async (words) => {
    expect(await rollback(words)).toMatchObject({ status: 2, calls: [] });
  });
});

describe('DEP-5 a version takes over step by step', () => {
  it('migrates, uploads, gives a tenth, asks that version, then gives it all', async () => {
    server.asked.length = 0;
    const { calls } = await deploy();
    expect(calls.slice(-5)).toEqual([
      'd1 migrations apply DB --remote --env production',
      `versions upload --env production --tag abc1234 --message abc1234, after ${before}`,
      `versions deploy ${after}@10% ${before}@90% --env production --yes`,
      `versions deploy ${after}@100% --env production --yes`,
      'triggers deploy --env production',
    ]);
    const versions = server.asked.map(({ version }) => version);
    expect(versions.slice(0, 3)).toEqual(Array(3).fill(`${workerName()}="${after}"`));
    expect(versions.slice(3)).toEqual([undefined, undefined, undefined]);
  });

  it.each([
    ['answers with another build', { build: 'another' }],
    ['fails', { fails: true }],
    ['lets a stranger in', { lets: true }],
  ])('one that %s is taken back, and the way is said', async (_what, illness) => {
    Object.assign(server, illness);
    const programs = standIn(well);
    const quick = ['--hold', '0', '--patience', '0', '--address', server.address];
    const all = ['production', ...quick];
    const { status, stderr } = await startScript('deploy', all, programs, { cwd: work });
    Object.assign(server, { build: 'abc1234', fails: false, lets: false });
    expect(status).toBe(1);
    expect(stderr).toContain(`npm run rollback -- production --to ${before}`);
    const last = programs.calls().at(-1)?.join(' ');
    expect(last).toContain(`wrangler rollback ${before} --env production --yes`);
    expect(programs.calls().join('\n')).not.toContain('@100%');
  });

  it('one that cannot have its share is taken back as well', async () => {
    const { status, calls } = await deploy([{ when: '@10%', fails: true }]);
    expect(status).toBe(1);
    expect(calls.at(-1)).toContain(`rollback ${before}`);
  });

  it('a migration that fails ends it before a version is there', async () => {
    const { status, calls } = await deploy([{ when: 'migrations apply', fails: true }]);
    expect(status).toBe(1);
    expect(calls.at(-1)).toContain('migrations apply');
  });

  it('what is deployed is a commit, and nothing but it', async () => {
    for (const answer of [
      { when: 'git status', prints: ' M src/app.ts' },
      { when: 'rev-parse', fails: true },
    ]) {
      const { status, calls } = await deploy([answer]);
      expect(status).toBe(1);
      expect(calls.filter((call) => !call.startsWith('git'))).toEqual([]);
    }
  });

  it('every migration there is leaves the version before it whole', () => {
    const read = migrations.map((file) => ({
      name: file.replace(/\.sql$/, ''),
      sql: readFileSync(join(app, 'migrations', file), 'utf8'),
    }));
    expect(read.length).toBeGreaterThan(0);
    expect(lintMigrations(read)).toEqual([]);
  });
});

describe('DEP-3 production gets no migration that staging has not had', () => {
  it('refuses, and names it, before anything else is asked', async () => {
    const [first = '', ...others] = migrations;
    const results = others.map((name) => ({ name }));
    const lacking = { when: 'd1_migrations', prints: JSON.stringify([{ results }]) };
    const { status, stderr, calls } = await deploy([lacking]);
    expect(status).toBe(1);
    expect(stderr).toContain(`${first} was not applied in staging`);
    expect(calls.filter((call) => !call.startsWith('git'))).toEqual([
      expect.stringContaining('d1 execute DB --remote --env staging'),
    ]);
  });

  it('a staging that cannot be asked does not count', async () => {
    const { status, calls } = await deploy([{ when: 'd1_migrations', fails: true }]);
    expect(status).toBe(1);
    expect(calls.join('\n')).not.toContain('apply');
  });
});
