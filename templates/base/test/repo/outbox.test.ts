import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { degradation } from '../degradation.ts';
import { app, read } from './repository.ts';
import { runScript, standIn } from './stand-in.ts';

let folder: string;
let database: DatabaseSync;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'outbox-'));
  database = new DatabaseSync(join(folder, 'database'));
  for (const file of readdirSync(join(app, 'migrations')).filter((name) => name.endsWith('.sql'))) {
    database.exec(readFileSync(join(app, 'migrations', file), 'utf8'));
  }
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

const dead = '11111111-1111-4111-8111-111111111111';
const waiting = '22222222-2222-4222-8222-222222222222';

const fill = () => {
  const insert = database.prepare(
    `INSERT INTO outbox (id, payload, request_id, attempts, next_attempt_at, created_at, dead_at)
     VALUES (?, 'sealed', 'a-request', ?, 9, 1, ?)`,
  );
  insert.run(dead, 6, 2);
  insert.run(waiting, 1, null);
};
/** Runs the script, and its SQL on a database with the app's own schema; `results` are what D1 answers. */
const outbox = (words: readonly string[], results: readonly object[] = [{ id: 'one' }]) => {
  const programs = standIn([{ when: 'execute', prints: JSON.stringify([{ results }]) }]);
  const ended = runScript('outbox', words, programs);
  const sql = programs.calls()[0]?.at(-1) ?? '';
  return { ...ended, calls: programs.calls(), rows: sql === '' ? [] : database.prepare(sql).all() };
};
const rowOf = (id: string) => database.prepare('SELECT * FROM outbox WHERE id = ?').get(id);

describe('ERR-4 mail that was given up can be looked at and put back', () => {
  it('lists by id what was given up first, and never what is in it', () => {
    fill();
    const { status, rows, calls } = outbox(['list', '--env', 'production']);
    expect(status).toBe(0);
    expect(rows.map(({ id }) => id)).toEqual([dead, waiting]);
    expect(JSON.stringify(rows)).not.toContain('sealed');
    expect(calls[0]?.join(' ')).toContain('d1 execute DB --remote --env production');
  });

  it('shows which wait and which were given up, how old they are, and which request they are of', () => {
    const request_id = 'a-request';
    const created_at = Date.now() - 7 * 60_000;
    const { stdout } = outbox(
      ['list'],
      [
        { id: dead, request_id, attempts: 6, created_at, dead_at: 2 },
        { id: waiting, request_id, attempts: 1, created_at, dead_at: null },
      ],
    );
    expect(stdout.trimEnd().split('\n')).toEqual([
      `${dead}  given up  6 attempts, 7 minutes old, request a-request`,
      `${waiting}  waits     1 attempts, 7 minutes old, request a-request`,
    ]);
  });

  it('says whose mail was put back, and fails where there was none, or D1 was not asked', () => {
    const { status, stdout, calls } = outbox(['requeue', 'all', '--env', 'production'], []);
    expect([status, stdout]).toEqual([1, expect.stringMatching(/^0 of .+ in production/)]);
    expect(calls[0]?.join(' ')).toContain('d1 execute DB --remote --env production');
    for (const words of [['list'], ['requeue', dead]]) {
      const failing = standIn([{ when: 'execute', fails: true }]);
      const ended = runScript('outbox', words, failing);
      expect([ended.status, ended.stderr]).toEqual([1, expect.stringContaining('was not asked')]);
    }
  });

  it('puts back the one that is named, to be tried at once and as often as new mail', () => {
    fill();
    const { status } = outbox(['requeue', dead]);
    expect(status).toBe(0);
    const row = rowOf(dead);
    expect(row).toMatchObject({ dead_at: null, attempts: 0 });
    expect(Number(row?.['next_attempt_at'])).toBeLessThanOrEqual(Date.now());
    expect(rowOf(waiting)).toMatchObject({ attempts: 1, next_attempt_at: 9 });
  });

  it('mail that still waits is left alone', () => {
    fill();
    outbox(['requeue', waiting]);
    outbox(['requeue', 'all']);
    expect(rowOf(waiting)).toMatchObject({ attempts: 1, next_attempt_at: 9 });
    expect(rowOf(dead)).toMatchObject({ dead_at: null });
  });

  it.each([
    [['requeue']],
    [['requeue', "x' OR 1=1 --"]],
    [['list', 'x']],
    [['list', '--env', 'x']],
  ])('refuses %j', (words) => {
    expect(outbox(words)).toMatchObject({ status: 2, calls: [] });
  });
});

describe('ERR-4 the policy is written down as it is tested', () => {
  it('docs/degradation.md has a row for each cell, in its words, and no others', () => {
    const rows = [
      ...read('docs/degradation.md').matchAll(
        /^\| (.+) \| (throws|hangs|stale|lies) \| (.+) \|$/gm,
      ),
    ];
    const written = rows.map(([, dependency, failure, does]) => ({ dependency, failure, does }));
    expect(written).toEqual(degradation);
  });
});
