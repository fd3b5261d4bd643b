import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { knownSecrets, scanBundle, scanTree } from '../../scripts/secrets/places.ts';
import { findingsIn } from '../../scripts/secrets/rules.ts';
import { app, read } from './repository.ts';
import { runScript, standIn, type Answer } from './stand-in.ts';

let repository: string;

const git = (...words: readonly string[]) => {
  const name = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  const { status, stderr } = spawnSync('git', ['-C', repository, ...name, ...words]);
  expect([words, status, String(stderr)]).toEqual([words, 0, expect.anything()]);
};
const write = (file: string, text: string) => writeFileSync(join(repository, file), text);
const commit = (file: string, text: string) => {
  write(file, text);
  git('add', '--force', file);
  git('commit', '--quiet', '--message', file);
};

beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), 'scanned-'));
  git('init', '--quiet');
  write('.dev.vars', `HMAC_KEY="${local}"\nSHORT="abc"\n`);
  commit('.gitignore', '.dev.vars\n');
  commit('wrangler.toml', '[env.production.vars]\nAPP_ENV = "production"\n');
});
afterEach(() => {
  rmSync(repository, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

/** Put together here, so that no scanner stumbles over this file. */
const stripe = ['sk', 'live', 'a1B2c3D4e5F6g7H8i9J0k1L2'].join('_');
const local = 'the very value, that this machine has';

const scan = (answers: readonly Answer[] = [], words: readonly string[] = []) => {
  // The real git, and a stand-in for what builds the bundle.
  const clean = { when: '--outdir', builds: 'export default {};' };
  const programs = standIn([...answers, clean]);
  rmSync(join(programs.directory, 'git'));
  const env = { PATH: `${programs.directory}:${process.env['PATH'] ?? ''}` };
  return runScript('secrets-scan', words, programs, { cwd: repository, env });
};

describe('SEC-1 secrets are looked for wherever one could stand', () => {
  it('a clean repository passes', () => {
    const { status, stdout, stderr } = scan();
    expect([stderr, status, stdout]).toEqual(['', 0, 'No secret was found.\n']);
  });

  it('in the tree, also in what was not added yet', () => {
    mkdirSync(join(repository, 'test/deep'), { recursive: true });
    const files = ['notes.txt', 'README.md', 'test/notes.test.ts', 'test/deep/notes.json'];
    for (const file of files) write(file, `key: ${stripe}\n`);
    const { status, stderr } = scan();
    expect(status).toBe(1);
    const found = stderr.match(/^\S+(?=: a key of Stripe \(sk_live_…\)$)/gm);
    expect(found?.toSorted()).toEqual(files.toSorted());
    expect(stderr).not.toContain(stripe);
  });

  it('in the variables of an environment, by value and by name', () => {
    const names = ['SIGNING_KEY', 'A_SECRET', 'A_TOKEN', 'DB_PASSWORD', 'DB_PASSWD'];
    const variables = names.map((name) => `${name} = "short"\n`).join('');
    write('wrangler.toml', `[env.production.vars]\nPAY = "${stripe}"\n${variables}`);
    const { status, stderr } = scan();
    expect(status).toBe(1);
    expect(stderr).toContain('wrangler.toml env production vars.PAY: a key of Stripe');
    for (const name of names)
      expect(stderr).toContain(`vars.${name}: a variable with the name of a secret`);
  });

  it('in the bundle that would be deployed', () => {
    const built = { when: '--outdir', builds: `const key = '${stripe}';` };
    const { status, stderr } = scan([built]);
    expect(status).toBe(1);
    expect(stderr).toContain('bundle: index.js: a key of Stripe');
  });

  it.each([
    'index.js',
    'index.js.map',
    'chunks/chunk.mjs',
    'assets/styles.css',
    'assets/page.html',
    'assets/list.txt',
    'data.json',
  ])('in %s of the bundle, however deep it lies', (file) => {
    const bundle = join(repository, 'bundle');
    mkdirSync(dirname(join(bundle, file)), { recursive: true });
    writeFileSync(join(bundle, 'index.js'), 'export default {};');
    writeFileSync(join(bundle, file), `const key = '${stripe}';`);
    expect(scanBundle(bundle, [])).toEqual([
      expect.objectContaining({ what: 'a key of Stripe', place: `bundle: ${file}` }),
    ]);
  });

  it('a bundle that cannot be built, or is empty, does not count as clean', () => {
    expect(scan([{ when: '--outdir', fails: true }]).status).toBe(1);
    expect(scan([{ when: '--outdir', prints: '' }]).status).toBe(1);
  });

  it('a folder that git does not know does not count as clean', () => {
    vi.stubEnv('GIT_CEILING_DIRECTORIES', dirname(repository));
    rmSync(join(repository, '.git'), { recursive: true });
    const { status, stderr } = scan();
    expect([status, stderr]).toEqual([1, expect.stringContaining('not a git repository')]);
  });

  it('the values of this machine are found whatever they look like', () => {
    commit('deploy.sh', `curl -H "X: ${local}"\n`);
    const { status, stderr } = scan();
    expect(status).toBe(1);
    expect(stderr).toContain('deploy.sh: a secret of this machine (the very…)');
  });

  it('and wherever they stand, of whichever environment this machine has them', () => {
    const other = 'the value of staging, that this machine has';
    const short = 'twenty signs of that';
    write('.dev.vars.staging', `HMAC_KEY="${other}"\nCLIENT_ID="${short}"\n`);
    commit('.gitignore', '.dev.vars*\n');
    expect(knownSecrets(repository).toSorted()).toEqual([local, other, short].toSorted());
    commit('old.txt', `${other}\n`);
    git('rm', '--quiet', 'old.txt');
    git('commit', '--quiet', '--message', 'gone');
    write('wrangler.toml', `[env.production.vars]\nGREETING = "${other}"\n`);
    const { stderr } = scan([{ when: '--outdir', builds: `const greeting = '${local}';` }]);
    expect(stderr).toMatch(/^commit [0-9a-f]{7,}: a secret of this machine/m);
    expect(stderr).toContain('vars.GREETING: a secret of this machine');
    expect(stderr).toContain('bundle: index.js: a secret of this machine');
  });

  it.each([
    ['a signing secret of Stripe', ['whsec', 'a1B2c3D4e5F6g7H8i9J0k1L2m3'].join('_')],
    ['a token of GitHub', ['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_')],
    ['a key of Google', ['GOCSPX', 'a1B2c3D4e5F6g7H8i9J0k1L2'].join('-')],
    ['a key of Resend', ['re', 'a1B2c3D4', 'e5F6g7H8i9J0k1L2'].join('_')],
    ['a key of AWS', ['AKIA', 'A1B2C3D4E5F6G7H8'].join('')],
    ['a private key', ['-----BEGIN', 'RSA PRIVATE KEY-----'].join(' ')],
    ['a private key', ['-----BEGIN', 'PRIVATE KEY-----'].join(' ')],
    ...['sk_live', 'sk_test', 'rk_live', 'rk_test'].map((kind) => [
      'a key of Stripe',
      [kind, 'a1B2c3D4e5F6g7H8i9J0k1L2'].join('_'),
    ]),
    ...['gho', 'ghr', 'ghs', 'ghu'].map((kind) => [
      'a token of GitHub',
      [kind, 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_'),
    ]),
    ['a token of GitHub', ['github_pat', 'a1B2c3D4e5'.repeat(8)].join('_')],
    ['a key of Google', ['AIza', 'a1B2c3D'.repeat(5)].join('')],
    ['a key of AWS', ['ASIA', 'A1B2C3D4E5F6G7H8'].join('')],
    ['a token of npm', ['npm', 'a1B2c3D4e5F6'.repeat(3)].join('_')],
    ...['a', 'b', 'p', 'o', 's', 'r'].map((kind) => [
      'a token of Slack',
      [`xox${kind}`, '1234567890', 'a1B2c3D4e5F6'].join('-'),
    ]),
    ['a webhook', ['https://hooks.slack.com', 'services/T0A1B2/B0C1D2/a1B2c3'].join('/')],
    ...['sk', 'sk-ant', 'sk-proj'].map((kind) => [
      'a key of OpenAI or Anthropic',
      [kind, 'a1B2c3D4e5F6g7H8'.repeat(2)].join('-'),
    ]),
    [
      'a signed token',
      ['eyJ', 'hbGciOiJIUzI1NiJ9.eyJ', 'zdWIiOiIxMjM0NTY3ODkwIn0.', 'a1B2c3D4'.repeat(3)].join(''),
    ],
    ['a value under the name of a secret', ['ENCRYPTION_KEY=', 'Q1'.repeat(21), 'Q='].join('')],
    ...['SESSION_SECRET', 'DB_PASSWORD', 'DB_PASSWD', 'MAPS_APIKEY'].map((name) => [
      'a value under the name of a secret',
      [name, 'a1B2'.repeat(9)].join('='),
    ]),
    ['a value under the name of a secret', ['"apiToken": "', 'a1B2'.repeat(9), '"'].join('')],
  ])('%s is known', (what, text) => {
    expect(findingsIn(`before ${text}\n`, 'a file')).toEqual([
      expect.objectContaining({ what, place: 'a file' }),
    ]);
  });

  it.each([
    'integrity sha512-abcdefghijklmnopqrstuvwxyzABCDEFGHIJ',
    "STRIPE_SECRET_KEY: 'rk_live_of_the_tests',",
    "const token = 'T'.repeat(43);",
    "STRIPE_WEBHOOK_SECRET: 'whsec_of_the_stand_in_for_stripe',",
    'readonly ENCRYPTION_KEY_PREVIOUS?: string;',
  ])('"%s" is none', (text) => {
    expect(findingsIn(text, 'a file')).toEqual([]);
  });

  it('this app has none in any file that git would take', () => {
    git('init', '--quiet', join(repository, 'elsewhere'));
    vi.stubEnv('GIT_DIR', join(repository, 'elsewhere/.git'));
    vi.stubEnv('GIT_WORK_TREE', app);
    expect(scanTree(app, [])).toEqual([]);
  });
});

describe('SEC-3 the history is clean of secrets', () => {
  it('one that was committed once and deleted is found, in whichever branch', () => {
    commit('old.txt', `${stripe}\n`);
    git('rm', '--quiet', 'old.txt');
    git('commit', '--quiet', '--message', 'gone');
    commit('new.txt', 'nothing\n');
    const { status, stderr } = scan();
    expect(status).toBe(1);
    expect(stderr).toMatch(/^commit [0-9a-f]{7,}: a key of Stripe/m);
    git('checkout', '--quiet', '--orphan', 'clean');
    git('rm', '--quiet', '-r', '--force', '.');
    commit('.gitignore', '.dev.vars\n');
    commit('wrangler.toml', '');
    expect(scan().status).toBe(1);
  });

  it('also in the very first commit, to which nothing but a tag leads', () => {
    rmSync(join(repository, '.git'), { recursive: true });
    git('init', '--quiet', '--initial-branch=main');
    commit('old.txt', `${stripe}\n`);
    git('tag', 'kept');
    git('checkout', '--quiet', '--orphan', 'clean');
    git('rm', '--quiet', '--force', 'old.txt');
    commit('.gitignore', '.dev.vars\n');
    git('branch', '--quiet', '-D', 'main');
    const { status, stderr } = scan();
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^commit \w+: a key of Stripe/m)]);
  });

  it.each(['.env', '.env.production', '.dev.vars', '.dev.vars.staging', 'api/.env'])(
    '%s that was ever committed is found, whatever was in it',
    (file) => {
      mkdirSync(dirname(join(repository, file)), { recursive: true });
      commit(file, 'nothing\n');
      git('rm', '--quiet', file);
      git('commit', '--quiet', '--message', 'gone');
      const { status, stderr } = scan();
      expect(status).toBe(1);
      expect(stderr).toContain(`${file}: a file for secrets`);
    },
  );

  it('a file for examples may be committed, if no secret is in it', () => {
    commit('.dev.vars.example', 'HMAC_KEY=""\n');
    expect(scan()).toMatchObject({ status: 0, stderr: '' });
  });

  it.each([
    ['holds a byte that no text has', 'export.bin', `\0${stripe}\n`],
    ['is called binary', 'notes.txt', `${stripe}\n`],
  ])('also in a file that %s', (_what, file, text) => {
    commit('.gitattributes', 'notes.txt binary\n');
    write(file, text);
    git('add', file);
    expect(scan([], ['--staged']).stderr).toContain('what is staged: a key of Stripe');
    git('commit', '--quiet', '--message', file);
    git('rm', '--quiet', file);
    git('commit', '--quiet', '--message', 'gone');
    const { status, stderr } = scan();
    expect(status).toBe(1);
    expect(stderr).toMatch(/^commit [0-9a-f]{7,}: a key of Stripe/m);
  });

  it('whatever git is configured to show', () => {
    git('config', 'color.ui', 'always');
    git('config', 'diff.external', 'true');
    git('config', 'diff.hidden.textconv', 'true');
    commit('.gitattributes', '*.txt diff=hidden\n');
    commit('old.txt', `${stripe}\n`);
    git('rm', '--quiet', 'old.txt');
    git('commit', '--quiet', '--message', 'gone');
    const { status, stderr } = scan();
    expect(status).toBe(1);
    expect(stderr).toMatch(/^commit [0-9a-f]{7,}: a key of Stripe/m);
    write('staged.txt', `${stripe}\n`);
    git('add', 'staged.txt');
    expect(scan([], ['--staged']).stderr).toContain('what is staged: a key of Stripe');
  });

  it('a file that got the name of one for secrets', () => {
    git('config', 'diff.renames', 'copies');
    commit('notes.txt', 'one line\nanother line\nand a third\n');
    git('mv', 'notes.txt', '.env.production');
    expect(scan([], ['--staged']).stderr).toContain('.env.production: a file for secrets');
    git('commit', '--quiet', '--message', 'renamed');
    git('rm', '--quiet', '.env.production');
    git('commit', '--quiet', '--message', 'gone');
    const { status, stderr } = scan();
    expect(status).toBe(1);
    expect(stderr).toContain('.env.production: a file for secrets');
  });

  it('what was added while branches were merged', () => {
    commit('one.txt', 'one\n');
    git('checkout', '--quiet', '-b', 'other', 'HEAD~1');
    commit('two.txt', 'two\n');
    git('merge', '--quiet', '--no-commit', '--no-ff', '-');
    write('merged.txt', `${stripe}\n`);
    git('add', 'merged.txt');
    git('commit', '--quiet', '--message', 'merged');
    git('rm', '--quiet', 'merged.txt');
    git('commit', '--quiet', '--message', 'gone');
    const { status, stderr } = scan();
    expect(status).toBe(1);
    expect(stderr).toMatch(/^commit [0-9a-f]{7,}: a key of Stripe/m);
  });

  it('a part of a history does not count as clean', () => {
    commit('one.txt', 'one\n');
    const whole = repository;
    repository = mkdtempSync(join(tmpdir(), 'shallow-'));
    git('clone', '--quiet', '--depth', '1', `file://${whole}`, '.');
    const { status, stderr } = scan();
    rmSync(whole, { recursive: true, force: true });
    expect(status).toBe(1);
    expect(stderr).toContain('git fetch --unshallow');
  });

  it('a commit that holds one is refused', () => {
    write('staged.txt', `${stripe}\n`);
    expect(scan([], ['--staged']).status).toBe(0);
    git('add', 'staged.txt');
    expect(scan([], ['--staged']).status).toBe(1);
    write('staged.txt', `${local}\n`);
    git('add', 'staged.txt');
    expect(scan([], ['--staged']).status).toBe(1);
    git('reset', '--quiet');
    write('.env', '');
    git('add', '--force', '.env');
    expect(scan([], ['--staged']).status).toBe(1);
  });

  it('so is a file for secrets, though git does not know it yet, or knew it before', () => {
    write('.env', '');
    expect(scan().stderr).toContain('.env: a file for secrets');
    commit('.env', '');
    write('.env', 'NAME=more\n');
    git('add', '--force', '.env');
    expect(scan([], ['--staged']).stderr).toContain('.env: a file for secrets');
  });

  it('where nothing is installed, the hook lets it through, and says so', () => {
    const { status, stderr } = spawnSync(join(app, '.githooks/pre-commit'), { cwd: repository });
    expect([status, String(stderr)]).toEqual([0, expect.stringContaining('not looked at')]);
  });

  it('nothing that is ignored is taken back in', () => {
    expect(read('.gitignore').split('\n')).not.toContainEqual(expect.stringMatching(/^\s*!/));
  });

  it.each([
    [0, 0],
    [1, 1],
  ])('where the scan ends with %i, the hook does with %i', (code, expected) => {
    const programs = mkdtempSync(join(tmpdir(), 'npm-'));
    onTestFinished(() => rmSync(programs, { recursive: true, force: true }));
    const said = join(programs, 'said');
    writeFileSync(join(programs, 'npm'), `#!/bin/sh\necho "$@" > '${said}'\nexit ${code}\n`);
    chmodSync(join(programs, 'npm'), 0o755);
    const { status } = spawnSync(join(app, '.githooks/pre-commit'), {
      cwd: app,
      env: { ...process.env, PATH: `${programs}:${process.env['PATH'] ?? ''}` },
    });
    expect(status).toBe(expected);
    expect(readFileSync(said, 'utf8').trim()).toBe('run --silent secrets:scan -- --staged');
  });

  it('the hook runs that, and git can run the hook', () => {
    expect(read('.githooks/pre-commit')).toContain('secrets:scan -- --staged');
    expect(statSync(join(app, '.githooks/pre-commit')).mode & 0o111).not.toBe(0);
    expect(JSON.parse(read('package.json')).scripts['secrets:scan']).toBe(
      'node --experimental-strip-types --disable-warning=ExperimentalWarning scripts/secrets-scan.ts',
    );
  });
});
