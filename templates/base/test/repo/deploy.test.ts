import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { lintMigrations } from '../../scripts/database/lint.ts';
import { app } from './repository.ts';
import { read } from './repository.ts';
import { appServer, type AppServer } from './app-server.ts';
import { startScript, standIn, type Answer } from './stand-in.ts';

// Rehearsed: wrangler, git and the deployed app are stand-ins. That the real ones do as these is for a person to show.

const before = '11111111-1111-4111-8111-111111111111';
const after = '22222222-2222-4222-8222-222222222222';
const bookmark = '00000085-0000024c-00004c6d-8e61117bf38d7adb71b934ebbf891683';
const applied_at = '2026-05-01 10:00:00';
const migrations = readdirSync(join(app, 'migrations')).filter((file) => file.endsWith('.sql'));

const well: readonly Answer[] = [
  { when: '--is-shallow-repository', prints: 'false' },
  { when: 'rev-parse', prints: 'abc1234' },
  { when: 'git rev-list', prints: 'fedcba9' },
  { when: 'git diff', prints: '' },
  { when: 'git status', prints: '' },
  { when: 'deployments status', prints: serving(before) },
  { when: 'time-travel info', prints: JSON.stringify({ bookmark }) },
  {
    when: 'd1_migrations',
    prints: JSON.stringify([{ results: migrations.map((name) => ({ name, applied_at })) }]),
  },
  { when: 'versions upload', prints: `Uploaded\nWorker Version ID: ${after}\n` },
];

function serving(...versions: readonly string[]): string {
  return JSON.stringify({
    id: 'a-deployment',
    versions: versions.map((version_id) => ({ version_id, percentage: 100 / versions.length })),
  });
}

const workerName = (environment = 'production') => {
  const toml = readFileSync(join(app, 'wrangler.toml'), 'utf8');
  return new RegExp(`\\[env\\.${environment}\\]\\nname = "([^"]+)"`).exec(toml)?.[1];
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
async function deploy(
  differently: readonly Answer[] = [],
  words: readonly string[] = [],
  env: Record<string, string> = {},
) {
  const programs = standIn([...differently, ...well]);
  server.build = 'abc1234';
  server.asked.length = 0;
  const quick = ['--hold', '0', '--patience', '0', '--address', server.address];
  const all = ['production', ...quick, ...words];
  const ended = await startScript('deploy', all, programs, { cwd: work, env });
  const calls = programs.calls().map((call) => call.join(' ').replace(/^wrangler /, ''));
  return { ...ended, calls };
}

/** What a deployment reads, in a folder of its own, to be changed. */
function copyOfApp(): string {
  const scene = mkdtempSync(join(tmpdir(), 'copy-'));
  onTestFinished(() => rmSync(scene, { recursive: true, force: true }));
  const configuration = ['.ai', 'CHANGELOG.md', 'wrangler.toml', 'package.json'];
  for (const entry of ['scripts', 'migrations', ...configuration])
    cpSync(join(app, entry), join(scene, entry), { recursive: true });
  symlinkSync(join(app, 'node_modules'), join(scene, 'node_modules'));
  return scene;
}

/** Tries out a deployment of such a folder. */
function deployCopy(scene: string, environment: string, path: string) {
  const words = ['--experimental-strip-types', join(scene, 'scripts/deploy.ts'), environment];
  return spawnSync(process.execPath, [...words, '--dry-run'], {
    cwd: scene,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${path}:${process.env['PATH'] ?? ''}` },
  });
}

const newestRelease = () => {
  const name = readdirSync(join(work, 'releases')).toSorted().at(-1) ?? '';
  return JSON.parse(readFileSync(join(work, 'releases', name), 'utf8'));
};

describe('DEP-1 the way back is written before anything changes', () => {
  it('--dry-run builds, and changes nothing', async () => {
    const { status, calls } = await deploy([], ['--dry-run']);
    expect([status, ...calls.filter((call) => !call.startsWith('git'))]).toEqual([
      0,
      expect.stringMatching(/^d1 execute DB --remote --env staging /),
      'deploy --env production --dry-run',
    ]);
  });

  it('for staging it builds staging', async () => {
    const programs = standIn(well);
    const words = ['staging', '--dry-run'];
    const { status } = await startScript('deploy', words, programs, { cwd: work });
    const last = programs.calls().at(-1)?.join(' ');
    expect([status, last]).toEqual([0, 'wrangler deploy --env staging --dry-run']);
  });

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
    expect(stdout).toContain(
      `npx wrangler d1 time-travel restore DB --env production --bookmark ${bookmark}`,
    );
  });

  it('the pipeline, which keeps no file of it, shows it to whoever is on call', async () => {
    const summary = join(work, 'summary');
    writeFileSync(summary, '');
    expect((await deploy([], [], { GITHUB_STEP_SUMMARY: summary })).status).toBe(0);
    const shown = readFileSync(summary, 'utf8');
    expect(shown).toContain(`npm run rollback -- production --to ${before}`);
    expect(shown).toContain(`--bookmark ${bookmark}`);
  });

  it('asks about the environment that is deployed, before anything is changed', async () => {
    const { calls } = await deploy();
    expect(calls.filter((call) => !call.startsWith('git'))).toEqual([
      expect.stringMatching(/^d1 execute DB --remote --env staging /),
      'deployments status --env production --json',
      'd1 time-travel info DB --env production --json',
      'd1 migrations apply DB --remote --env production',
      `versions upload --env production --tag abc1234 --message abc1234, after ${before}`,
      `versions deploy ${after}@10% ${before}@90% --env production --yes`,
      `versions deploy ${after}@100% --env production --yes`,
      'triggers deploy --env production',
    ]);
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
    const { status, stdout, calls } = await deploy([], ['--first']);
    expect(status).toBe(0);
    expect(newestRelease()).toMatchObject({ version: null, bookmark });
    expect(stdout).toContain('there is no version before this one');
    expect(calls.at(-1)).toMatch(/^deploy --env production --tag abc1234/);
  });

  it('the first deployment is asked whether it is well, and the build that was meant, too', async () => {
    server.fails = true;
    const ill = await deploy([], ['--first']);
    server.fails = false;
    const other = await deploy([{ when: 'rev-parse --short', prints: 'def5678' }], ['--first']);
    for (const { status, stderr } of [ill, other]) {
      expect(status).toBe(1);
      expect(stderr).toContain('is not well');
    }
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

  it('refuses when another build serves than the one it was written for, and says how to go all the same', async () => {
    await deploy();
    for (const illness of [{ build: 'another' }, { fails: true, build: '' }]) {
      Object.assign(server, illness);
      const { status, calls, stderr } = await rollback(['production']);
      expect([status, calls]).toEqual([1, []]);
      expect(stderr).toContain(`--to ${before}`);
    }
    Object.assign(server, { build: 'abc1234', fails: false });
    expect((await rollback(['production'])).status).toBe(0);
  });

  it('fails when what serves afterwards is not well', async () => {
    server.fails = true;
    const { status, calls, stdout } = await rollback(['production', '--to', before]);
    server.fails = false;
    expect([status, calls.length]).toEqual([1, 1]);
    expect(stdout).toContain('the status of /health is 500');
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

describe('DEP-1 DEP-3 DEP-5 what serves is asked, and changed, in its environment and where that answers', () => {
  it.each(['staging', 'production'])('in %s, though nobody says where that is', async (name) => {
    const from = copyOfApp();
    const file = join(from, 'wrangler.toml');
    const origin = new RegExp(`(?<=\\[env\\.${name}\\.vars\\][^[]*APP_ORIGIN = ")[^"]*`);
    writeFileSync(file, readFileSync(file, 'utf8').replace(origin, server.address));
    server.build = 'abc1234';
    server.asked.length = 0;
    const run = async (script: string, ...words: readonly string[]) => {
      const programs = standIn(well);
      const ended = await startScript(script, [name, ...words], programs, { cwd: from, from });
      const calls = programs.calls().map((call) => call.join(' '));
      // Production asks what staging has.
      const its = calls.filter((call) => !/^git |d1_migrations/.test(call));
      expect(its.length).toBeGreaterThan(0);
      expect(its.filter((call) => !call.includes(` --env ${name}`))).toEqual([]);
      return ended;
    };
    const deployed = await run('deploy', '--hold', '0', '--patience', '0');
    const asked = server.asked.map(({ version }) => version);
    const rolledBack = await run('rollback');
    expect([deployed.status, rolledBack.status]).toEqual([0, 0]);
    expect(asked[0]).toBe(`${workerName(name)}="${after}"`);
    expect(server.asked.length).toBeGreaterThan(asked.length);
    const told = [
      `npm run rollback -- ${name} --to ${before}`,
      `npm run db:rollback -- ${name}`,
      `time-travel restore DB --env ${name} --bookmark ${bookmark}`,
    ];
    for (const way of told) expect(`${deployed.stdout}\n`).toContain(`${way}\n`);
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

  it('is asked for a while at a tenth, for a minute unless told otherwise', async () => {
    const { status } = await deploy([], ['--hold', '0.1']);
    expect(status).toBe(0);
    const asked = server.asked.filter(({ path }) => path === '/health');
    expect(asked.map(({ version }) => version !== undefined)).toEqual([true, true, false]);
    expect(read('scripts/deploy.ts')).toContain("hold: { type: 'string', default: '60' }");
    expect(read('scripts/deploy.ts')).toContain("patience: { type: 'string', default: '30' }");
  });

  it('and again and again for all of that minute', async () => {
    // A clock that goes on only where somebody waits, and then at once.
    const quicker = `import timers from 'node:timers/promises';
      import { syncBuiltinESMExports } from 'node:module';
      let now = Date.now();
      Date.now = () => now;
      timers.setTimeout = async (ms) => void (now += ms);
      syncBuiltinESMExports();`;
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(quicker)}`;
    expect((await deploy([], ['--hold', '60'], { NODE_OPTIONS })).status).toBe(0);
    const asked = server.asked.filter(({ path, version }) => path === '/health' && version);
    // Before all, and then every five seconds.
    expect(asked).toHaveLength(13);
  });

  it('one question that is lost is asked again, and goes back only when that fails as well', async () => {
    // The second question is the first of those that are asked for a while.
    server.isIll = (question) => question === 2;
    const patient = await deploy([], ['--hold', '0.1', '--patience', '10']);
    const hasty = await deploy([], ['--hold', '0.1']);
    server.isIll = () => false;
    expect([patient.status, hasty.status]).toEqual([0, 1]);
    expect(patient.calls.at(-1)).toBe('triggers deploy --env production');
    expect(hasty.calls.at(-1)).toContain(`rollback ${before} --env production`);
  });

  it.each([
    ['ill', (namesVersion: boolean) => !namesVersion],
    [
      'another build',
      (namesVersion: boolean) => {
        server.build = namesVersion ? 'abc1234' : 'another';
        return false;
      },
    ],
  ])('one that is %s only with all the traffic is taken back as well', async (_what, isIll) => {
    server.isIll = (_question, namesVersion) => isIll(namesVersion);
    const { status, calls } = await deploy();
    server.isIll = () => false;
    expect(status).toBe(1);
    expect(calls).toContain(`versions deploy ${after}@100% --env production --yes`);
    expect(calls.at(-1)).toContain(`rollback ${before} --env production`);
  });

  it.each([
    ['answers with another build', { build: 'another' }],
    ['fails', { fails: true }],
    ['lets a stranger in', { lets: true }],
    ['lets a login from elsewhere', { isOpenToOthers: true }],
    ['may be kept by a cache', { isKept: true }],
  ])('one that %s is taken back, and the way is said', async (_what, illness) => {
    Object.assign(server, illness);
    const programs = standIn(well);
    const quick = ['--hold', '0', '--patience', '0', '--address', server.address];
    const all = ['production', ...quick];
    const { status, stderr } = await startScript('deploy', all, programs, { cwd: work });
    Object.assign(server, {
      build: 'abc1234',
      fails: false,
      lets: false,
      isOpenToOthers: false,
      isKept: false,
    });
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

  it('one that cannot be taken back is not said to be', async () => {
    const fails = ['@100%', 'wrangler rollback'].map((when) => ({ when, fails: true }));
    const { status, stderr } = await deploy(fails);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/"wrangler rollback .*" failed/)]);
    expect(stderr).not.toContain('serves production again');
  });

  it.each([{ fails: true }, { dies: true }])('a migration that %o ends it there', async (how) => {
    const { status, calls } = await deploy([{ when: 'migrations apply', ...how }]);
    expect(status).toBe(1);
    expect(calls.at(-1)).toContain('migrations apply');
  });

  it('a version that wrangler does not name gets nothing', async () => {
    const { status, calls } = await deploy([{ when: 'versions upload', prints: 'Uploaded' }]);
    expect([status, calls.at(-1)]).toEqual([1, expect.stringContaining('versions upload')]);
  });

  it.each([
    [['development']],
    [['staging', 'production']],
    [['production', '--hold', 'sixty']],
    [['production', '--patience', 'some']],
    [[]],
  ])('refuses %j', async (words) => {
    const programs = standIn(well);
    const { status } = await startScript('deploy', words, programs, { cwd: work });
    expect([status, programs.calls()]).toEqual([2, []]);
  });

  it('what is deployed is a commit, and nothing but it', async () => {
    for (const answer of [
      { when: 'git status', prints: ' M src/app.ts' },
      { when: 'git status', prints: '', fails: true },
      { when: 'rev-parse', fails: true },
    ]) {
      const { status, calls } = await deploy([answer]);
      expect(status).toBe(1);
      expect(calls.filter((call) => !call.startsWith('git'))).toEqual([]);
    }
  });

  it.each(['staging', 'production'])(
    'in %s none is taken that breaks the version that serves, loses rows or has no way back',
    (environment) => {
      const scene = copyOfApp();
      const sql = 'ALTER TABLE users RENAME TO people;\nDELETE FROM outbox;\n';
      writeFileSync(join(scene, 'migrations/0099_harm.sql'), sql);
      const programs = standIn(well);
      const { status, stderr } = deployCopy(scene, environment, programs.directory);
      expect(status).toBe(1);
      expect(stderr).toContain('0099_harm.sql renames users: to people');
      expect(stderr).toContain('expand    add the new column or table');
      expect(stderr).toMatch(/0099_harm.*-- loses:/);
      expect(stderr).toContain('0099_harm needs its rollback file');
      expect(programs.calls().flat()).not.toContain('wrangler');
    },
  );

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
    const results = others.map((name) => ({ name, applied_at }));
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

  it('refuses one that reads otherwise than when staging ran it', async () => {
    const [, second = ''] = migrations;
    const changed = {
      when: `-- ${join(app, 'migrations', second)}`,
      prints: `M\tmigrations/${second}`,
    };
    const { status, stderr, calls } = await deploy([changed]);
    expect(status).toBe(1);
    expect(stderr).toContain(`${second} was changed after staging ran it, at ${applied_at}`);
    expect(stderr.match(/was changed/g)).toHaveLength(1);
    expect(calls.join('\n')).not.toContain('migrations apply');
    expect(calls).toContain(`git rev-list -1 --first-parent --before=${applied_at} +0000 HEAD`);
  });

  it.each([
    ['is cut off', { when: '--is-shallow-repository', prints: 'true' }],
    ['cannot be searched', { when: 'git rev-list', fails: true }],
    ['is too young', { when: 'git rev-list', prints: '' }],
    [
      'had no such file',
      { when: 'git diff --name-status', prints: 'A\tmigrations/0001_initial.sql' },
    ],
    ['cannot be compared', { when: 'git diff', fails: true }],
  ])('a history that %s does not count', async (_what, answer) => {
    const { status, calls } = await deploy([answer]);
    expect(status).toBe(1);
    expect(calls.join('\n')).not.toContain('migrations apply');
  });
});

describe('DEP-3 a history that was rewritten passes for no history', () => {
  it.each([
    ['no commit is as old as what staging ran', { when: 'git rev-list', prints: '' }],
    ['no commit of then has it', { when: 'git diff --name-status', prints: 'A\tmigrations/x.sql' }],
  ])('where %s, it refuses, and says what to do', async (_what, answer) => {
    const { status, stderr, calls } = await deploy([answer]);
    expect(status).toBe(1);
    for (const file of migrations) expect(stderr).toContain(`Whether ${file} was changed`);
    expect(stderr).toContain('npm run deploy -- staging');
    expect(calls.join('\n')).not.toContain('migrations apply');
  });
});

describe('DEP-3 git tells whether a migration reads otherwise than when staging ran it', () => {
  // The real git, with a history of three commits; wrangler alone is stood in for.
  const at = (day: number) => `2026-05-0${day}T12:00:00Z`;

  it.each([
    ['a day before there was any', '04-30', 'Whether first was changed'],
    ['the day before', '05-01', 'first was changed'],
    ['the day after', '05-03', null],
  ])('changed on the second day, and applied %s', async (_what, day, refusal) => {
    const scene = copyOfApp();
    writeFileSync(join(scene, '.gitignore'), 'node_modules\nreleases\n');
    const git = (date: string, ...words: string[]) => {
      const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
      const env = { ...process.env, GIT_COMMITTER_DATE: date, GIT_AUTHOR_DATE: date };
      const { status } = spawnSync('git', ['-C', scene, ...who, ...words], { env });
      expect([words, status]).toEqual([words, 0]);
    };
    const [first = ''] = migrations;
    git(at(1), 'init', '--quiet');
    git(at(1), 'add', '.');
    git(at(1), 'commit', '--quiet', '--message', 'as it was');
    appendFileSync(join(scene, 'migrations', first), '-- and more\n');
    appendFileSync(join(scene, 'CHANGELOG.md'), '\n');
    git(at(2), 'commit', '--quiet', '--all', '--message', 'changed');
    const results = migrations.map((name) => ({ name, applied_at: `2026-${day} 18:00:00` }));
    const programs = standIn([
      { when: 'd1_migrations', prints: JSON.stringify([{ results }]) },
      ...well,
    ]);
    rmSync(join(programs.directory, 'git'));
    const { status, stderr } = deployCopy(scene, 'production', programs.directory);
    const [told = null] = stderr.match(/^.*was changed/m) ?? [];
    expect([status, told]).toEqual([
      refusal === null ? 0 : 1,
      refusal?.replace('first', first) ?? null,
    ]);
  });
});
