import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resourcesOf } from '../../scripts/deployment/resources.ts';
import { configurationOf } from '../../scripts/deployment/wrangler.ts';
import { registry } from '../../scripts/secrets/registry.ts';
import { app, read } from './repository.ts';
import { runScript, standIn, type Answer } from './stand-in.ts';

// Rehearsed: wrangler is a stand-in. That the real one does as it does is for a person to show.

let work: string;

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'setup-'));
  cpSync(join(app, 'wrangler.toml'), join(work, 'wrangler.toml'));
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

const toml = () => readFileSync(join(work, 'wrangler.toml'), 'utf8');
const resources = resourcesOf(read('wrangler.toml'), 'staging');
const required = configurationOf('staging').secrets;
const madeHere = registry.filter(({ made }) => made === 'here').map(({ name }) => name);
const madeThere = required.filter((name) => !madeHere.includes(name));
const given = Object.fromEntries(madeThere.map((name) => [name, `what they gave out as ${name}`]));
const lines = (values: Record<string, string>) =>
  Object.entries(values)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('');

/** An account; what is made is in it from then on. */
function account(has: { name: string }[] = []): Answer[] {
  const listed = (kind: string, print: (names: string[]) => string): Answer[] => {
    const names = resources.filter(({ section }) => section === kind).map(({ name }) => name);
    const { list, create } = resources.find(({ section }) => section === kind)?.kind ?? {
      list: [kind],
      create: [kind],
    };
    const when = list.join(' ');
    const there = names.filter((name) => has.some((one) => one.name === name));
    return [
      { when, after: create.join(' '), prints: print(names) },
      { when, prints: print(there) },
    ];
  };
  return [
    ...listed('d1_databases', (names) =>
      JSON.stringify(names.map((name) => ({ name, uuid: `id of ${name}` }))),
    ),
    ...listed('kv_namespaces', (names) =>
      JSON.stringify(names.map((title) => ({ title, id: `id of ${title}` }))),
    ),
    ...listed('r2_buckets', (names) => names.map((name) => `name:           ${name}`).join('\n')),
  ];
}
const noWorker: Answer = { when: 'secret list', fails: true, prints: 'Worker "it" not found.' };

function setUp(answers: Answer[], words: string[] = [], input = lines(given)) {
  const programs = standIn(answers);
  const all = ['--env', 'staging', ...words];
  const ended = runScript('setup', all, programs, { cwd: work, input });
  const calls = programs.calls().map((call) => call.slice(1).join(' '));
  const changes = calls.filter((call) => /create|bulk/.test(call));
  const [secrets] = programs.inputs().map((text): Record<string, string> => JSON.parse(text));
  return { ...ended, calls, changes, secrets };
}

describe('SEC-6 an environment gets resources of its own', () => {
  it('what is missing is made, once, and its ids stand in the section of the environment', () => {
    const { changes } = setUp([...account(), noWorker]);
    expect(changes).toEqual([
      ...resources.map(({ kind, name }) => [...kind.create, name].join(' ')),
      'secret bulk --env staging',
    ]);
    const after = resourcesOf(toml(), 'staging');
    expect(after.map(({ id }) => id)).toEqual(
      resources.map(({ kind, name }) => (kind.key === undefined ? name : `id of ${name}`)),
    );
    expect(resourcesOf(toml(), 'production')).toEqual(
      resourcesOf(read('wrangler.toml'), 'production'),
    );
    const isAdded = (line: string) => / = "id of /.test(line);
    expect(
      toml()
        .split('\n')
        .filter((line) => !isAdded(line))
        .join('\n'),
    ).toBe(read('wrangler.toml'));
  });

  it('what is there is found by its name, and not made again', () => {
    const { changes } = setUp([...account(resources), noWorker]);
    expect(changes).toEqual(['secret bulk --env staging']);
    const withKey = resourcesOf(toml(), 'staging').filter(({ kind }) => kind.key !== undefined);
    expect(withKey.map(({ id }) => id)).toEqual(withKey.map(({ name }) => `id of ${name}`));
    const once = toml();
    setUp([...account(resources), noWorker]);
    expect(toml()).toBe(once);
  });

  it('an id that the account does not have stops it before anything is made', () => {
    const id = 'database_id = "of another account"';
    const [database] = resources;
    const line = `database_name = "${database?.name}"`;
    writeFileSync(join(work, 'wrangler.toml'), toml().replace(line, `${line}\n${id}`));
    const { status, stderr, changes } = setUp([...account(), noWorker]);
    expect([status, changes]).toEqual([1, []]);
    expect(stderr).toContain('of another account');
  });

  it('where making fails, it stops there, and what was made is written down', () => {
    const [, second] = resources;
    const fails = { when: second?.kind.create.join(' ') ?? '', fails: true };
    const { status, changes } = setUp([fails, ...account(), noWorker]);
    expect([status, changes.length]).toEqual([1, 2]);
    expect(resourcesOf(toml(), 'staging')[0]?.id).toBe(`id of ${resources[0]?.name}`);
  });

  it('--dry-run names all of it and changes nothing', () => {
    const { stdout, stderr, changes } = setUp([...account(), noWorker], ['--dry-run'], '');
    expect([stdout, changes, toml()]).toEqual(['', [], read('wrangler.toml')]);
    for (const name of [...resources.map((resource) => resource.name), ...required])
      expect(stderr).toContain(name);
  });
});

describe('SEC-1 secrets go into the store, and nowhere else', () => {
  it('those made here are random, 256 bits each, set together with those handed over', () => {
    const runs = [1, 2].map(() => setUp([...account(resources), noWorker]));
    const values = runs.flatMap(({ secrets = {} }) => madeHere.map((name) => secrets[name] ?? ''));
    expect(new Set(values).size).toBe(2 * madeHere.length);
    for (const value of values) expect(Buffer.from(value, 'base64')).toHaveLength(32);
    expect(runs[0]?.secrets).toMatchObject(given);
    expect(Object.keys(runs[0]?.secrets ?? {}).toSorted()).toEqual([...required].toSorted());
  });

  it('what is made goes to standard output, to be kept, and into no command, message or file', () => {
    const { stdout, stderr, calls, secrets = {} } = setUp([...account(resources), noWorker]);
    expect({ ...parseEnv(stdout), ...given }).toEqual(secrets);
    expect(Object.keys(parseEnv(stdout)).toSorted()).toEqual(madeHere.toSorted());
    for (const value of Object.values(secrets))
      expect(`${stderr}${calls.join('\n')}${toml()}`).not.toContain(value);
  });

  it('one that is set stays, whatever is handed over', () => {
    const present = required.map((name) => ({ name, type: 'secret_text' }));
    const listed = { when: 'secret list', prints: JSON.stringify(present) };
    const { changes, stdout, stderr } = setUp([...account(resources), listed]);
    expect([changes, stdout]).toEqual([[], '']);
    expect(stderr).toContain('secrets:rotate');
  });

  it('one that nobody handed over is named, and the others are set', () => {
    const { status, stderr, secrets } = setUp([...account(resources), noWorker], [], '');
    expect([status, Object.keys(secrets ?? {}).toSorted()]).toEqual([1, madeHere.toSorted()]);
    for (const name of madeThere) expect(stderr).toContain(`to do  secret ${name}`);
  });

  it('where wrangler cannot tell what is set, nothing is replaced', () => {
    const down: Answer = { when: 'secret list', fails: true, prints: 'Authentication error' };
    const { status, changes } = setUp([...account(resources), down]);
    expect([status, changes]).toEqual([1, []]);
  });

  it('a name that is no secret of the app is refused', () => {
    const { status, changes } = setUp([...account(resources), noWorker], [], 'HMAC_KEI=x\n');
    expect([status, changes]).toEqual([1, []]);
  });
});

it.each([[['--env', 'development']], [['--env']], [['--env', 'staging', 'more']]])(
  'setup refuses %j',
  (words) => {
    const programs = standIn();
    const { status } = runScript('setup', words, programs, { cwd: work });
    expect([status, programs.calls()]).toEqual([2, []]);
  },
);
