import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { endedSince } from '../../scripts/database/tombstones.ts';
import { app, read } from './repository.ts';
import { standIn, type Answer } from './stand-in.ts';

// Rehearsed: wrangler is a stand-in. That the real one does as it does is for a person to show.

/** A copy of what the scripts need, in which a stand-in takes the place of wrangler. */
function newCopy(answers: readonly Answer[] = []) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'database-scripts-')));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const part of ['migrations', 'scripts', 'package.json', 'wrangler.toml']) {
    cpSync(join(app, part), join(folder, part), { recursive: true });
  }
  const wrangler = standIn(answers);
  mkdirSync(join(folder, 'node_modules'));
  wrangler.modules(join(folder, 'node_modules'));
  const run = (name: string, ...words: string[]) => {
    const script = join(folder, 'scripts', `${name}.ts`);
    const types = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
    const { status, stdout, stderr } = spawnSync(process.execPath, [...types, script, ...words], {
      cwd: folder,
      encoding: 'utf8',
      // Also where a script asks through npx, and for git.
      env: {
        ...process.env,
        PATH: [wrangler.directory, dirname(process.execPath)].join(delimiter),
      },
    });
    return { status, stdout, stderr, calls: wrangler.calls().map((call) => call.join(' ')) };
  };
  const backups = () => readdirSync(join(folder, 'backups')).toSorted();
  return { folder, run, backups, files: () => wrangler.files() };
}

const rows = (...results: unknown[]) => JSON.stringify([{ results }]);
const dumped = { when: 'd1 export', dumps: 'CREATE TABLE notes (id TEXT);\n' };
const isRead = (call: string) => / --json --command SELECT /.test(call);

describe('DB-6 db:backup', () => {
  it('exports once, and measures before and after', () => {
    const { run, backups, folder } = newCopy([dumped]);
    const { status, calls } = run('db-backup', 'production');
    expect(status).toBe(0);
    const writing = calls.filter((call) => !isRead(call));
    expect(writing).toEqual([
      expect.stringMatching(/^d1 export DB --remote --env production --output .*\.sql\.partial$/),
    ]);
    expect([isRead(calls.at(0) ?? ''), isRead(calls.at(-1) ?? '')]).toEqual([true, true]);
    expect(calls.filter((call) => !call.includes('--remote --env production'))).toEqual([]);
    expect(backups()).toEqual([
      expect.stringMatching(/^production-.*\.json$/),
      expect.stringMatching(/^production-.*\.sql$/),
    ]);
    const [manifest = ''] = backups();
    expect(JSON.parse(readFileSync(join(folder, 'backups', manifest), 'utf8'))).toMatchObject({
      place: 'production',
    });
    // A table of any size fits into the answers of D1.
    const limits = calls.flatMap((call) => [...call.matchAll(/ LIMIT (\d+)/g)]);
    expect(new Set(limits.map(([, limit]) => limit))).toEqual(new Set(['2000']));
  });

  it.skipIf(process.platform === 'win32')('nobody else on the machine may read it', () => {
    const { run, backups, folder } = newCopy([dumped]);
    run('db-backup');
    const modes = backups().map((name) => statSync(join(folder, 'backups', name)).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600]);
  });

  const inVain = [{ fails: true }, { dumps: 'CREATE TABLE no', fails: true }, { dies: true }];
  it.each(inVain)('is not taken where the export %o, and nothing looks like one', (how) => {
    const { run, backups } = newCopy([{ when: 'd1 export', ...how }]);
    const { status, stderr } = run('db-backup');
    expect(status).toBe(1);
    expect(stderr).toMatch(/the stand-in was told to fail|wrangler was ended by SIGKILL/);
    expect(backups()).toEqual([]);
  });
});

describe('DB-6 db:restore-drill', () => {
  const inCopy = (...results: unknown[]) => [
    dumped,
    { when: '--yes --file' },
    { when: '--persist-to', prints: rows(...results) },
  ];

  const recordIn = (folder: string): unknown => {
    const drills = join(folder, 'backups', 'drills');
    const records = readdirSync(drills);
    expect(records).toHaveLength(1);
    return JSON.parse(readFileSync(join(drills, records[0] ?? ''), 'utf8'));
  };

  /** Where copies were made. */
  const restoredIn = (calls: readonly string[]) => {
    const folders = calls.flatMap((call) => / --persist-to (\S+)/.exec(call)?.slice(1) ?? []);
    expect(folders.length).toBeGreaterThan(0);
    return folders;
  };

  it('reads what was restored, writes into nothing else, and leaves no copy', () => {
    const { run, backups, folder } = newCopy(inCopy());
    const { status, stdout, calls } = run('db-restore-drill', 'production');
    expect([status, stdout]).toEqual([0, expect.stringContaining('Everything came back.')]);
    const inProduction = calls.filter((call) => call.includes('--remote'));
    expect(inProduction.filter((call) => !isRead(call))).toHaveLength(1);
    const writing = calls.filter((call) => call.includes('--file'));
    expect(writing.length).toBeGreaterThan(0);
    for (const call of writing) expect(call).toMatch(/--local --persist-to \S+ --yes --file/);
    expect(restoredIn(calls).filter(existsSync)).toEqual([]);
    expect(backups()).toContain('drills');
    expect(recordIn(folder)).toMatchObject({ place: 'production', isRestored: true });
  });

  it('says that the backup it takes stays, and whose data that holds', () => {
    const { run, backups } = newCopy(inCopy());
    const { stdout } = run('db-restore-drill', '--help');
    expect(stdout).toMatch(/in backups\/ the backup it took, which holds everybody's data/);
    run('db-restore-drill', 'production');
    expect(backups()).toContainEqual(expect.stringMatching(/^production-.*\.sql$/));
  });

  it('takes the dump that is named, with its manifest, and what has ended until today', () => {
    const { run, folder } = newCopy(inCopy());
    const dump = join(folder, 'kept.sql');
    writeFileSync(dump, 'CREATE TABLE notes (id TEXT);\n');
    const takenAt = '2026-01-31T12:00:00.000Z';
    const parts = Array<string>(64).fill(createHash('sha256').digest('hex'));
    const before = { sqlite_master: { rows: 0, parts } };
    const tombstones = { tenants: [], users: ['whom production no longer knows'] };
    const manifest = { place: 'production', takenAt, before, after: before, tombstones };
    writeFileSync(join(folder, 'kept.json'), JSON.stringify(manifest));
    const { status, calls } = run('db-restore-drill', 'production', '--dump', dump);
    expect([status, calls.filter((call) => call.startsWith('d1 export'))]).toEqual([0, []]);
    expect(calls.find((call) => call.includes('--file'))).toMatch(new RegExp(`--file ${dump}$`));
    const sha256 = createHash('sha256').update(readFileSync(dump)).digest('hex');
    expect(recordIn(folder)).toMatchObject({
      dump: { file: 'kept.sql', takenAt, sha256 },
      endedAgain: { tenants: 0, users: 0 },
    });
    const elsewhere = run('db-restore-drill', 'staging', '--dump', dump);
    expect([elsewhere.status, elsewhere.calls]).toEqual([1, calls]);
    expect(elsewhere.stderr).toContain('kept.sql is a backup of production, not of staging');
  });

  it('a copy that holds something else, be it long, is told from the database, and recorded', () => {
    const sql = 'x'.repeat(2 ** 21);
    const other = { type: 'table', name: 'other', tbl_name: 'other', sql, id: 'x' };
    const { run, folder } = newCopy(inCopy({ ...other, deletes_at: 1 }));
    const { status, stdout } = run('db-restore-drill', 'production');
    expect([status, stdout]).toEqual([1, expect.stringContaining('DIFFERS sqlite_master')]);
    expect(recordIn(folder)).toMatchObject({ place: 'production', isRestored: false });
  });

  it('a dump that the import refuses is said to be the reason', () => {
    const { run } = newCopy([dumped, { when: '--yes --file', fails: true }]);
    const { status, stdout, stderr, calls } = run('db-restore-drill');
    expect([status, stderr]).toEqual([1, expect.stringContaining('D1 does not take the dump')]);
    expect(stdout).toContain('The backup does not restore');
    expect(restoredIn(calls).filter(existsSync)).toEqual([]);
  });

  it('a copy that cannot be asked is another reason', () => {
    const { run } = newCopy([
      dumped,
      { when: '--yes --file' },
      { when: '--persist-to', fails: true },
    ]);
    const { status, stderr } = run('db-restore-drill');
    expect([status, stderr]).toEqual([1, expect.stringContaining('was told to fail')]);
    expect(stderr).not.toContain('does not take the dump');
  });
});

describe('DB-6 db:tombstones', () => {
  const manifestWith = (folder: string, count: number) => {
    const ids = Array.from({ length: count }, () => crypto.randomUUID());
    const file = join(folder, 'manifest.json');
    writeFileSync(
      file,
      JSON.stringify({
        place: 'production',
        takenAt: new Date().toISOString(),
        before: {},
        after: {},
        tombstones: { tenants: [...ids, 'kept'].map((id) => [id, 1]), users: ids },
      }),
    );
    return { file, ids };
  };

  it('says what it would do, and does nothing without --yes', () => {
    const { run, folder } = newCopy();
    const { file } = manifestWith(folder, 2);
    const { status, stdout, calls } = run('db-tombstones', 'production', '--from', file);
    expect([status, calls.filter((call) => !isRead(call))]).toEqual([0, []]);
    expect(stdout).toContain('--yes would end again 3 tenants and 2 users in production');
  });

  it('takes none of another place, unless that is named', () => {
    const { run, folder } = newCopy();
    const { file } = manifestWith(folder, 2);
    const refused = run('db-tombstones', 'staging', '--from', file, '--yes');
    expect([refused.status, refused.calls]).toEqual([1, []]);
    expect(refused.stderr).toContain('is a backup of production');
    expect(run('db-tombstones', 'staging', '--from', file, '--of', 'prod').status).toBe(2);
    const named = run('db-tombstones', 'staging', '--from', file, '--of', 'production');
    expect([named.status, named.stdout]).toEqual([0, expect.stringContaining('in staging')]);
  });

  it('refuses one from before somebody ended, which it would undo, and names the newest', () => {
    const { run, folder } = newCopy([
      { when: 'deletes_at >', prints: rows({ id: 'frozen', deletes_at: 9 }) },
    ]);
    const { file } = manifestWith(folder, 2);
    mkdirSync(join(folder, 'backups'));
    for (const name of ['production-2026-01-31', 'production-2026-02-01', 'staging-2026-03-01'])
      writeFileSync(join(folder, 'backups', `${name}.json`), '{}');
    for (const words of [[], ['--yes']]) {
      const refused = run('db-tombstones', 'production', '--from', file, ...words);
      expect([refused.status, refused.calls.filter((call) => !isRead(call))]).toEqual([1, []]);
      expect(refused.stderr).toContain('ended in production: tenant frozen.');
      expect(refused.stderr).toMatch(/production-2026-02-01\.json\.$/m);
    }
  });

  it('knows who ended later than a backup, and not who ended by it', async () => {
    const takenAt = Date.parse('2026-05-01T10:00:00.000Z');
    const date = takenAt + 7 * 24 * 60 * 60 * 1_000;
    const database = new DatabaseSync(':memory:');
    database.exec(`CREATE TABLE tenants (id TEXT, deletes_at INTEGER, purged_at INTEGER);
      CREATE TABLE deleted_users (id TEXT, deleted_at INTEGER);
      INSERT INTO tenants VALUES ('in use', NULL, NULL), ('before', ${date}, NULL),
        ('by it', ${date + 5}, NULL), ('since', ${date + 1}, NULL), ('gone', ${date + 1}, 1);
      INSERT INTO deleted_users VALUES ('before', ${takenAt}), ('by it', ${takenAt + 5}), ('since', ${takenAt + 1});`);
    const ask = (sql: readonly string[]) => sql.map((one) => database.prepare(one).all());
    const tombstones = {
      tenants: [['by it', date + 5]] satisfies [[string, number]],
      users: ['by it'],
    };
    expect(await endedSince(ask, tombstones, takenAt)).toEqual(['tenant since', 'user since']);
    // The grace of a tenant is what the app gives it.
    const graceIn = (file: string) => /^const graceMs = .*;$/m.exec(read(file))?.[0] ?? file;
    expect(graceIn('scripts/database/tombstones.ts')).toBe(graceIn('src/tenancy/settings.ts'));
  });

  it('sets any number of them at once, from a file, and names who has no owner then', () => {
    const { run, folder, files } = newCopy([
      { when: 'memberships WHERE role', prints: rows({ id: 'left alone' }) },
      { when: 'deletion_cancelled', prints: rows({ tenant_id: 'kept', at: 2 }) },
    ]);
    const { file, ids } = manifestWith(folder, 4_000);
    const { status, stdout, calls } = run('db-tombstones', 'production', '--from', file, '--yes');
    expect([status, stdout]).toEqual([
      0,
      expect.stringContaining('Tenant left alone has no owner'),
    ]);
    const [writing, ...others] = calls.filter((call) => !isRead(call));
    expect([writing, others]).toEqual([
      expect.stringMatching(/^d1 execute DB --remote --env production --yes --file /),
      [],
    ]);
    // Who is left alone is known when all are gone; and of the file nothing stays.
    const [looking] = calls.filter((call) => call.includes('memberships WHERE role'));
    expect(calls.indexOf(looking ?? '')).toBeGreaterThan(calls.indexOf(writing ?? ''));
    expect(existsSync(/ --file (\S+)/.exec(writing ?? '')?.[1] ?? '.')).toBe(false);
    const [sql = ''] = files();
    expect([stdout, sql.includes('kept')]).toEqual([
      expect.stringContaining('Tenant kept is'),
      false,
    ]);
    expect(ids.filter((id) => sql.split(id).length !== 5)).toEqual([]);
    expect(Math.max(...calls.map(({ length }) => length))).toBeLessThan(2_000);
  });
});

const names = readdirSync(join(app, 'migrations')).filter((name) => name.endsWith('.sql'));
const staging = (ran: readonly string[]): Answer => ({
  when: '--env staging --json',
  prints: rows(...ran.map((name) => ({ name, applied_at: '2026-05-01 10:00:00' }))),
});
const gitIsWell: readonly Answer[] = [
  { when: '--is-shallow-repository', prints: 'false' },
  { when: 'git diff', prints: '' },
  { when: 'git status', prints: '' },
  { when: 'git ', prints: 'abc1234' },
];
const applying = (calls: readonly string[]) => calls.filter((call) => call.includes(' apply '));

describe('DEP-3 db:migrate is no way around staging', () => {
  it.each([
    ['staging has none of them', [staging([]), ...gitIsWell], 'was not applied in staging'],
    ['staging lacks the last', [staging(names.slice(0, -1)), ...gitIsWell], 'was not applied'],
    ['staging does not tell', [{ ...staging(names), fails: true }, ...gitIsWell], 'was not asked'],
    [
      'files are in no commit',
      [{ when: 'git status', prints: '?? migrations/0099_x.sql' }, staging(names), ...gitIsWell],
      'Commit what you deploy first',
    ],
  ])('in production nothing is applied where %s', (_what, answers, said) => {
    const { status, stderr, calls } = newCopy(answers).run('db-migrate', 'production');
    expect([status, applying(calls)]).toEqual([1, []]);
    expect(stderr).toContain(said);
  });
});

describe('DB-4 db:migrate', () => {
  it.each([
    [[], '--local'],
    [['staging'], '--remote --env staging'],
    [['production'], '--remote --env production'],
  ])('%j: applies there and nowhere else', (words, place) => {
    const { status, calls } = newCopy([staging(names), ...gitIsWell]).run('db-migrate', ...words);
    const changing = calls.filter((call) => !isRead(call) && !call.startsWith('git '));
    expect([status, changing]).toEqual([0, [`d1 migrations apply DB ${place}`]]);
  });

  it.each([{ fails: true }, { dies: true }])('is not done where it %o', (how) => {
    const { run } = newCopy([{ when: 'migrations apply', ...how }, staging(names), ...gitIsWell]);
    const { status, calls } = run('db-migrate', 'production');
    expect([status, applying(calls).length]).toEqual([1, 1]);
  });
});

describe('DB-4 db:rollback', () => {
  const newest = readdirSync(join(app, 'migrations')).filter((name) => name.endsWith('.sql'));
  const applied = (name: string) => [{ when: 'd1_migrations', prints: rows({ name }) }];
  const last = newest.toSorted().at(-1) ?? '';

  it.each(['staging', 'production'])('changes nothing in %s without --yes', (place) => {
    const { run } = newCopy(applied(last));
    const { status, stdout, calls } = run('db-rollback', place);
    expect([status, calls.filter((call) => !isRead(call))]).toEqual([0, []]);
    expect(stdout).toContain(`This is what --yes would run in ${place}.`);
  });

  it('asks for the one that was applied last', () => {
    const { calls } = newCopy(applied(last)).run('db-rollback', 'production');
    const [, sql = ''] = / --command (SELECT .*)$/.exec(calls.find(isRead) ?? '') ?? [];
    const database = new DatabaseSync(':memory:');
    database.exec('CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT)');
    const insert = database.prepare('INSERT INTO d1_migrations (name) VALUES (?)');
    for (const name of newest.toSorted()) insert.run(name);
    expect(database.prepare(sql).all()).toEqual([{ name: last }]);
  });

  it('undoes the newest migration there when told so, in one file with its row', () => {
    const { run, files } = newCopy(applied(last));
    const { status, calls } = run('db-rollback', 'production', '--yes');
    expect(status).toBe(0);
    expect(calls.filter((call) => !isRead(call))).toEqual([
      expect.stringMatching(/^d1 execute DB --remote --env production --yes --file /),
    ]);
    const undone = files().map((sql) => sql.trimEnd());
    expect(undone).toEqual([
      expect.stringMatching(
        new RegExp(`DROP [^]*DELETE FROM d1_migrations WHERE name = '${last}';$`),
      ),
    ]);
  });

  it('refuses what cannot be undone, and says why', () => {
    const { run, folder } = newCopy(applied('0099_merged.sql'));
    const sql = '-- irreversible: rows were merged\nUPDATE notes SET body = id;\n';
    writeFileSync(join(folder, 'migrations/0099_merged.sql'), sql);
    const { status, stderr, calls } = run('db-rollback', 'production', '--yes');
    expect([status, calls.filter((call) => !isRead(call))]).toEqual([1, []]);
    expect(stderr).toContain('0099_merged.sql cannot be undone: rows were merged');
  });

  it.each(['0099_of_other_code.sql', ''])('refuses what it has no way back for: %s', (name) => {
    const { run } = newCopy(name === '' ? [] : applied(name));
    const { status, calls } = run('db-rollback', 'production', '--yes');
    expect([status, calls.filter((call) => !isRead(call))]).toEqual([1, []]);
  });
});
