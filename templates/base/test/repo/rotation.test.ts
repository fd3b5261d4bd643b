import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configurationOf } from '../../scripts/deployment/wrangler.ts';
import { nameOfKey } from '../../scripts/secrets/key-name.ts';
import { registry } from '../../scripts/secrets/registry.ts';
import { dayAfter, noteRotation, rotationsIn } from '../../scripts/secrets/table.ts';
import { app, read } from './repository.ts';
import { givenOutAs } from './secret-values.ts';
import { asTerminal, runScript, standIn } from './stand-in.ts';

let work: string;

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'rotation-'));
  mkdirSync(join(work, 'docs'));
  cpSync(join(app, 'docs/rotation.md'), join(work, 'docs/rotation.md'));
});
afterEach(() => {
  rmSync(work, { recursive: true, force: true });
});

const current = 'the value that is in use, as the vault has it';

/** What becomes of setting secrets, which are set, and whether wrangler tells. */
interface Outcome {
  readonly fails?: boolean;
  readonly dies?: boolean;
  readonly set?: readonly string[];
  readonly lists?: boolean;
  /** What is set once it was told to set something; 'untold' where wrangler does not tell then. */
  readonly setAfter?: readonly string[] | 'untold';
  readonly isTerminal?: boolean;
  /** The names of the keys that have sealed the seeds of the environment. */
  readonly sealedBy?: readonly string[];
  /** How much the key before has sealed. */
  readonly left?: Readonly<Record<'seeds' | 'mails', number>>;
}

/** Rotates with a stand-in for wrangler; `secrets` is what it was told to set. */
const rotate = (words: readonly string[], input = '', outcome: Outcome = {}) => {
  const { fails = false, dies = false, set = [], lists = true, setAfter = set } = outcome;
  const printed = (names: readonly string[]) => JSON.stringify(names.map((name) => ({ name })));
  const listed = { when: 'secret list', prints: printed(set), fails: !lists };
  const isUntold = setAfter === 'untold';
  const listedAfter = {
    when: 'secret list',
    after: 'secret bulk',
    prints: isUntold ? '' : printed(setAfter),
    fails: isUntold,
  };
  const results = (outcome.sealedBy ?? []).map((name) => ({ name }));
  const sealed = { when: 'FROM mfa', prints: JSON.stringify([{ results }]) };
  const { left = { seeds: 0, mails: 0 } } = outcome;
  const counted = { when: 'AS seeds', prints: JSON.stringify([{ results: [left] }]) };
  const programs = standIn([
    { when: 'secret bulk', fails, dies },
    listedAfter,
    listed,
    counted,
    sealed,
  ]);
  const env = outcome.isTerminal === true ? asTerminal('secrets-rotate') : {};
  const ended = runScript('secrets-rotate', words, programs, { cwd: work, input, env });
  const secrets = programs.inputs().map((text) => JSON.parse(text));
  return { ...ended, calls: programs.calls().map((call) => call.join(' ')), secrets };
};
const table = () => rotationsIn(readFileSync(join(work, 'docs/rotation.md'), 'utf8'));
const rowOf = (name: string) => table().find((row) => row.name === name);

describe('SEC-2 each secret has an owner, an age, and a way to be replaced', () => {
  const rows = rotationsIn(read('docs/rotation.md'));
  const required = configurationOf('production').secrets;

  it('the table has a row for each secret that wrangler.toml demands or names, and no others', () => {
    const optional = [...read('wrangler.toml').matchAll(/^# {3}(\w+) {2,}/gm)].map(
      ([, name = '']) => name,
    );
    expect(required.length).toBeGreaterThan(2);
    expect(optional.length).toBeGreaterThan(2);
    const named = [...required, ...optional].filter((name) => !name.endsWith('_PREVIOUS'));
    expect(rows.map(({ name }) => name).toSorted()).toEqual(named.toSorted());
    expect(registry.map(({ name }) => name).toSorted()).toEqual(named.toSorted());
  });

  it.each(rows)('$name has an owner, and a next day that follows from its last', (row) => {
    const days = registry.find(({ name }) => name === row.name)?.days ?? 0;
    expect(row.owner).toMatch(/\w/);
    const isNew = row.last === 'never';
    expect(row.next).toBe(isNew ? 'at launch' : dayAfter(row.last, days));
  });

  it.each(rows)('$name is not overdue', ({ last, next }) => {
    const today = new Date().toISOString().slice(0, 10);
    expect(last === 'never' || next >= today).toBe(true);
  });

  it.each(registry)('$name says what it may do, and what to do', (secret) => {
    const { mayDo, steps, days, made, readsPrevious } = secret;
    expect(steps.join(' ').includes('--finish')).toBe(readsPrevious);
    expect(mayDo.length).toBeGreaterThan(20);
    expect(steps.join(' ').length).toBeGreaterThan(40);
    expect(days).toBeGreaterThan(0);
    expect(made === 'here' || /standard input|hand it over/.test(steps.join(' '))).toBe(true);
  });

  it('none that opens something is good for more than a year', () => {
    const opens = registry.filter(({ mayDo }) => !mayDo.startsWith('nothing:'));
    expect(opens.filter(({ days }) => days > 365)).toEqual([]);
    expect(opens.length).toBeGreaterThan(2);
  });

  it('one that is overdue is noticed, and what was rotated is written down', () => {
    const text = noteRotation(read('docs/rotation.md'), 'HMAC_KEY', '2030-01-01', 365);
    const row = rotationsIn(text).find(({ name }) => name === 'HMAC_KEY');
    expect(row).toMatchObject({ last: '2030-01-01', next: '2031-01-01' });
    expect(text.length).toBe(read('docs/rotation.md').length);
  });
});

describe('SEC-2 rotating is one command', () => {
  it.each(registry.filter(({ made, readsPrevious }) => made === 'here' && readsPrevious))(
    '$name: the new and the current value are set in one request',
    ({ name, days }) => {
      const { status, stdout, calls, secrets } = rotate([name, '--env', 'production'], current);
      expect(status).toBe(0);
      const asking = 'wrangler d1 execute DB --remote --env production --json --command ';
      expect(calls.map((call) => (call.startsWith(asking) ? asking : call))).toEqual([
        ...(name === 'ENCRYPTION_KEY' ? [asking] : []),
        'wrangler secret list --env production',
        'wrangler secret bulk --env production',
      ]);
      const value = stdout.trim();
      expect(Buffer.from(value, 'base64')).toHaveLength(32);
      expect(secrets).toEqual([{ [name]: value, [`${name}_PREVIOUS`]: current }]);
      const today = new Date().toISOString().slice(0, 10);
      expect(rowOf(name)).toMatchObject({ last: today, next: dayAfter(today, days) });
      expect(rowOf('ALERT_WEBHOOK_URL')?.last).toBe('never');
    },
  );

  it('each new value is another', () => {
    const values = [1, 2].map(
      () => rotate(['HMAC_KEY', '--env', 'staging'], current).secrets[0]['HMAC_KEY'],
    );
    expect(new Set(values).size).toBe(2);
  });

  it('without the current value nothing is set: what rests on it would be lost', () => {
    for (const input of ['', 'too short']) {
      expect(rotate(['ENCRYPTION_KEY', '--env', 'production'], input)).toMatchObject({
        status: 1,
        calls: [],
        stdout: '',
      });
    }
  });

  it('an ENCRYPTION_KEY that has sealed no second factor is not the current one: that would be lost', () => {
    const words = ['ENCRYPTION_KEY', '--env', 'production'];
    const others = ['00000000', 'ffffffff'];
    const wrong = rotate(words, current, { sealedBy: others });
    expect([wrong.status, wrong.stdout, wrong.secrets]).toEqual([1, '', []]);
    expect(wrong.stderr).toContain('has sealed no second factor');
    expect(wrong.stderr).not.toContain(current);
    const right = rotate(words, current, { sealedBy: [...others, nameOfKey(current)] });
    expect([right.status, right.secrets.length]).toEqual([0, 1]);
  });

  it.each([
    ['HMAC_KEY', 'current', current, 1],
    ['ALERT_WEBHOOK_URL', 'new', givenOutAs('ALERT_WEBHOOK_URL', 'staging'), 0],
  ] as const)(
    '%s: a terminal is asked for the %s value, which is not shown',
    (name, which, value, statusWithout) => {
      const words = [name, '--env', 'staging'];
      const { status, stdout, stderr, secrets } = rotate(words, `${value}\n`, { isTerminal: true });
      expect([status, secrets.length]).toEqual([0, 1]);
      expect(Object.values(secrets[0])).toContain(value);
      expect(stderr).toContain(`The ${which} ${name} of staging`);
      expect(`${stdout}${stderr}`).not.toContain(value);
      const without = rotate(words, '\n', { isTerminal: true });
      expect([without.status, without.stdout, without.secrets]).toEqual([statusWithout, '', []]);
    },
  );

  it('--finish takes the key before away, of that environment alone', () => {
    for (const environment of ['staging', 'production']) {
      const words = ['HMAC_KEY', '--env', environment, '--finish'];
      const { status, calls, secrets } = rotate(words);
      expect([status, secrets]).toEqual([0, [{ HMAC_KEY_PREVIOUS: null }]]);
      expect(calls).toEqual([`wrangler secret bulk --env ${environment}`]);
    }
    expect(rotate(['ALERT_WEBHOOK_URL', '--env', 'production', '--finish']).status).toBe(2);
  });

  it.each([
    { seeds: 1, mails: 0 },
    { seeds: 0, mails: 1 },
  ])('an ENCRYPTION_KEY that has sealed something, %j, does not go: that would be lost', (left) => {
    const words = ['ENCRYPTION_KEY', '--env', 'production', '--finish'];
    const { status, stderr, secrets, calls } = rotate(words, current, { left });
    expect([status, secrets]).toEqual([1, []]);
    expect(stderr).toContain(`${left.seeds} second factors and ${left.mails} mails`);
    expect(stderr).not.toContain(current);
    expect(calls.join()).toContain(`--remote --env production --json`);
    expect(calls.join()).toContain(`<> '${nameOfKey(current)}'`);
    expect(rotate(words, current).secrets).toEqual([{ ENCRYPTION_KEY_PREVIOUS: null }]);
  });

  it.each(['HMAC_KEY', 'ENCRYPTION_KEY', 'OPERATIONS_TOKEN'])(
    '%s is not rotated again while the one before it is still read: what rests on that would be lost',
    (name) => {
      const words = [name, '--env', 'production'];
      const set = ['HMAC_KEY', 'ENCRYPTION_KEY', 'OPERATIONS_TOKEN', `${name}_PREVIOUS`];
      const { status, stdout, stderr, secrets } = rotate(words, current, { set });
      expect([status, stdout, secrets]).toEqual([1, '', []]);
      expect(stderr).toContain(`secrets:rotate -- ${name} --env production --finish`);
      expect(rotate(words, current, { set: set.slice(0, -1) }).status).toBe(0);
      const untold = rotate(words, current, { lists: false });
      expect([untold.status, untold.stdout, untold.secrets]).toEqual([1, '', []]);
    },
  );

  it.each(registry.filter(({ made }) => made === 'there'))(
    '$name: says the steps, and sets what is handed over',
    ({ name, steps }) => {
      const asked = rotate([name, '--env', 'staging']);
      expect([asked.status, asked.calls]).toEqual([0, []]);
      expect(asked.stderr).toContain(`1. ${steps[0]}`);
      const value = givenOutAs(name, 'staging');
      const { status, calls, secrets } = rotate([name, '--env', 'staging'], `${value}\n`);
      expect([status, secrets]).toEqual([0, [{ [name]: value }]]);
      expect(calls).toEqual(['wrangler secret bulk --env staging']);
    },
  );

  it.each(registry.filter(({ made }) => made === 'there'))(
    '$name: what cannot be one is not set, and is not said',
    ({ name }) => {
      for (const wrong of ['cut off', `NAME=${givenOutAs(name, 'production')}`]) {
        const { status, stderr, calls } = rotate([name, '--env', 'production'], wrong);
        expect([status, calls]).toEqual([1, []]);
        expect(stderr).toContain(`What was handed over as ${name} of production`);
        expect(stderr).not.toContain(wrong);
        expect(rowOf(name)?.last).toBe('never');
      }
    },
  );

  it.each(registry.filter(({ shape }) => String(shape('staging')) !== String(shape('production'))))(
    '$name of one environment is refused in the other',
    ({ name }) => {
      for (const [of, into] of [
        ['staging', 'production'],
        ['production', 'staging'],
      ] as const) {
        const value = givenOutAs(name, of);
        expect(rotate([name, '--env', into], value)).toMatchObject({ status: 1, calls: [] });
        expect(rotate([name, '--env', of], value).status).toBe(0);
      }
    },
  );

  it.each([
    ['staging', registry.slice(0, 1)],
    ['production', registry],
  ] as const)('what to type next is said as it is to be typed, in %s', (environment, secrets) => {
    const address = configurationOf(environment).address || 'ADDRESS';
    for (const { name, made, steps } of secrets) {
      const value = made === 'here' ? current : givenOutAs(name, environment);
      const { status, stderr } = rotate([name, '--env', environment], value);
      expect([name, status]).toEqual([name, 0]);
      expect(stderr.match(/^\d+\. /gm)).toHaveLength(steps.length);
      expect(stderr).toContain(`npm run smoke -- ${address}\n`);
      expect(stderr.replaceAll(address, '')).not.toMatch(/ENVIRONMENT|ADDRESS/);
      expect(stderr).not.toMatch(/--env (?!staging|production)/);
    }
  });

  it('a value is in no word of a command, and in no text but the one on standard output', () => {
    const { stdout, stderr, calls } = rotate(['HMAC_KEY', '--env', 'production'], current);
    expect(`${stderr}${calls.join('')}`).not.toContain(current);
    expect(`${stderr}${calls.join('')}`).not.toContain(stdout.trim());
    expect(stdout).not.toContain(current);
  });

  it.each([{ fails: true }, { dies: true }])('what %o is not written down as done', (how) => {
    const { status, stderr } = rotate(['HMAC_KEY', '--env', 'production'], current, how);
    expect([status, rowOf('HMAC_KEY')?.last]).toEqual([1, 'never']);
    expect(stderr).toContain('a value that was printed is NOT in use');
    expect(stderr).toContain('10214');
  });

  // A gateway answers for a request that was carried out, a connection drops, wrangler is killed.
  it.each([{ fails: true }, { dies: true }])(
    'what %o, and is set all the same, is in use and kept',
    (how) => {
      const words = ['ENCRYPTION_KEY', '--env', 'production'];
      const set = ['ENCRYPTION_KEY'];
      const setAfter = ['ENCRYPTION_KEY', 'ENCRYPTION_KEY_PREVIOUS'];
      const { status, stderr, calls } = rotate(words, current, { ...how, set, setAfter });
      expect(status).toBe(1);
      expect(calls.at(-1)).toBe('wrangler secret list --env production');
      expect(stderr).toContain('ENCRYPTION_KEY_PREVIOUS is there now');
      expect(stderr).toContain('a value that was printed IS in use, keep it');
      expect(stderr).not.toMatch(/NOT in use|[Tt]hrow it away/);
    },
  );

  it.each([{ fails: true }, { dies: true }])(
    'what %o, where wrangler does not tell what is set, is kept until it does',
    (how) => {
      const words = ['ENCRYPTION_KEY', '--env', 'staging'];
      const { status, stderr } = rotate(words, current, { ...how, setAfter: 'untold' });
      expect(status).toBe(1);
      expect(stderr).toContain('until "wrangler secret list --env staging" tells');
      expect(stderr).not.toMatch(/NOT in use|[Tt]hrow it away/);
    },
  );

  it('what failed and printed nothing can be done once more', () => {
    const words = ['HMAC_KEY', '--env', 'production', '--finish'];
    const { status, stdout, stderr } = rotate(words, '', { fails: true });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('do it once more');
  });

  it('the new value is shown before it is set, since nobody can read it back', () => {
    const { stdout, secrets } = rotate(['HMAC_KEY', '--env', 'production'], current, {
      fails: true,
    });
    expect(secrets).toEqual([{ HMAC_KEY: stdout.trim(), HMAC_KEY_PREVIOUS: current }]);
  });

  it('staging is rehearsed, and not written down', () => {
    const { status, calls } = rotate(['OPERATIONS_TOKEN', '--env', 'staging'], current);
    expect(status).toBe(0);
    expect(calls).toEqual([
      'wrangler secret list --env staging',
      'wrangler secret bulk --env staging',
    ]);
    expect(rowOf('OPERATIONS_TOKEN')?.last).toBe('never');
  });

  it.each([
    [['HMAC_KEY']],
    [['HMAC_KEY', '--env', 'development']],
    [['APP_ENV', '--env', 'staging']],
    [['--env', 'staging']],
  ])('refuses %j', (words) => {
    expect(rotate(words, current)).toMatchObject({ status: 2, calls: [] });
  });
});

describe('SEC-5 each key may do the least that works', () => {
  it('what the keys of others may do is written down, by name and right', () => {
    const tooMuch = registry.filter(({ mayDo }) => /\ball\b|everything|full access/i.test(mayDo));
    expect(tooMuch.map(({ name }) => name)).toEqual([]);
    expect(read('docs/rotation.md')).toContain('Workers Scripts: edit; D1: edit');
  });
});
