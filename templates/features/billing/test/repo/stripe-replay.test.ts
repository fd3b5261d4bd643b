import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it } from 'vitest';
import { app, filesLike, read } from './repository.ts';
import { runScript, standIn } from './stand-in.ts';

let database: DatabaseSync;

beforeEach(() => {
  database = new DatabaseSync(':memory:');
  for (const file of readdirSync(join(app, 'migrations')).filter((name) => name.endsWith('.sql'))) {
    database.exec(readFileSync(join(app, 'migrations', file), 'utf8'));
  }
  const due = 4_000_000_000_000;
  for (const name of ['a', 'b']) {
    database.exec(`INSERT INTO tenants (id, name, created_at) VALUES ('${name}', 'Acme', 1);
      INSERT INTO billing_accounts (tenant_id, customer_id, sync_due_at, created_at)
      VALUES ('${name}', 'cus_${name}', ${due}, 1)`);
  }
  database.exec(`INSERT INTO stripe_events VALUES
    ('evt_old', 'invoice.paid', 'cus_a', 'applied', 1, 1),
    ('evt_new', 'invoice.paid', 'cus_b', 'applied', 1, 2)`);
});

/** Runs the script, and its SQL on a database with the app's own schema. */
function replay(...words: string[]) {
  const found = '[{"results":[{"tenant_id":"a","customer_id":"cus_a"}]}]';
  const programs = standIn([{ when: 'RETURNING', prints: found }]);
  const ended = runScript('stripe-replay', words, programs);
  const [call = []] = programs.calls();
  const sql = call.at(call.indexOf('--command') + 1) ?? '';
  const rows = call.length === 0 ? [] : database.prepare(sql).all();
  return { ...ended, call: call.join(' '), rows };
}

const dueNow = () =>
  database.prepare('SELECT tenant_id FROM billing_accounts WHERE sync_due_at = 0').all();

describe('BILL-3 Stripe is asked again by hand', () => {
  it.each(['cus_a', 'evt_old'])('%s: about that customer, and about no other', (id) => {
    const { status, stdout, call } = replay(id, '--env', 'production');
    expect([status, stdout]).toEqual([0, 'cus_a of the tenant a will be asked about\n']);
    expect(call).toMatch(/ --json$/);
    expect(dueNow()).toEqual([{ tenant_id: 'a' }]);
  });

  it.each([
    [[], 'd1 execute DB --local --command'],
    [['--env', 'staging'], 'd1 execute DB --remote --env staging --command'],
    [['--env', 'production'], 'd1 execute DB --remote --env production --command'],
  ])('%j: in the database that is meant', (words, meant) => {
    expect(replay(...words).call).toContain(meant);
    expect(replay('cus_a', ...words).call).toContain(meant);
  });

  it('without an id the ledger is listed, the newest first, and nothing is changed', () => {
    const rest = { type: 'invoice.paid', outcome: 'applied', received: '1970-01-01 00:00:00' };
    expect(replay().rows).toEqual([
      { id: 'evt_new', customer_id: 'cus_b', ...rest },
      { id: 'evt_old', customer_id: 'cus_a', ...rest },
    ]);
    expect(dueNow()).toEqual([]);
  });

  it.each([
    ["cus_a' OR '1'='1"],
    ['acct_1'],
    ['cus_a', 'cus_b'],
    ['cus_a', '--env', 'development'],
    ['cus_a', '--all'],
  ])('%j is refused, and nothing runs', (...words) => {
    const { status, call } = replay(...words);
    expect([status, call]).toEqual([2, '']);
  });

  it.each([
    ['leads to nobody', {}, 'Nothing was done: cus_a leads to no customer of ours'],
    ['cannot be looked up', { fails: true }, 'the stand-in was told to fail'],
  ])('what %s is a failure, and says so', (_what, answer, said) => {
    const programs = standIn([{ when: 'RETURNING', ...answer }]);
    const { status, stdout, stderr } = runScript('stripe-replay', ['cus_a'], programs);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(said);
  });

  it('a list that cannot be had is a failure', () => {
    const programs = standIn([{ when: 'FROM stripe_events', fails: true }]);
    expect(runScript('stripe-replay', [], programs).status).toBe(1);
  });
});

describe('OBS-4 whoever is alerted that Stripe and the app disagree knows what to do', () => {
  const logged = filesLike('src/billing/*.ts').flatMap((file) =>
    [...read(file).matchAll(/log\(\s*'error',\s*'([^']+)'/g)].map(([, event = '']) => event),
  );
  const inRunbook = logged.filter((event) => event !== 'dependency failed');

  it.each(inRunbook)('%s: the runbook names it, and what to do', (event) => {
    const [seen = '', done = ''] = read('docs/runbooks/stripe-drift.md').split('**What to do.**');
    expect(seen).toContain(`\`${event}\``);
    expect(done).toContain(`\`${event}\`:`);
  });

  it('who takes an event of the other mode for a forged one is led here', () => {
    const [seen = ''] = read('docs/runbooks/forged-webhook.md').split('**What to do.**');
    expect(seen).toMatch(/`an event of the wrong mode`.*\(stripe-drift\.md\)/);
  });
});
