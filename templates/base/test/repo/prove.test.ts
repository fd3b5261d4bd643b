import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../../scripts/prove/failure.ts';
import { LikelyOrder } from '../../scripts/prove/likely-order.ts';
import { prove } from '../../scripts/prove/proof.ts';
import { asJson, asTable } from '../../scripts/prove/report.ts';
import { judge } from '../../scripts/prove/verdict.ts';
import type { Edit, Sabotage } from '../sabotages/sabotage.ts';
import { smallApp } from './prove/small-app.ts';

const greeting = (find: string, replace: string): Edit => ({
  file: 'src/greeting.ts',
  find,
  replace,
});
const database = (find: string, replace: string): Edit => ({
  file: 'src/database.ts',
  find,
  replace,
});

/** Each sabotage of the small app, what it must come to, and the reason that must be given. */
const cases: readonly (readonly [name: string, control: string, Edit[], outcome: string])[] = [
  ['a test notices', 'EX-1', [greeting('Hello', 'Hi')], 'red'],
  [
    'no test notices',
    'EX-1',
    [greeting('nobodyLooks = 1', 'nobodyLooks = 2')],
    'survived: no test failed',
  ],
  [
    'only a test of another control notices',
    'EX-1',
    [greeting('Bye', 'Ciao')],
    'survived: no test failed',
  ],
  ['the build breaks', 'EX-1', [greeting("'Hello '", 'missing')], 'invalid: does not compile'],
  [
    'the build breaks in another file',
    'EX-1',
    [database('count = () => 2', 'count = () => missing')],
    'invalid: does not compile',
  ],
  ['an import breaks', 'EX-1', [greeting('["en"]', '["en"')], 'invalid: test/greeting.test.ts'],
  [
    'a hook fails, though by an assertion',
    'EX-2',
    [database('open = () => true', 'open = () => false')],
    'invalid: hook in EX-2',
  ],
  [
    'a hook of a suite fails',
    'EX-3',
    [database('migrate = () => true', 'migrate = () => false')],
    'invalid: test/database.test.ts',
  ],
  [
    'a test runs out of time',
    'EX-2',
    [database('Promise.resolve(42)', 'new Promise(() => {})')],
    'invalid: time-out in EX-2',
  ],
  [
    'a test stumbles over another error',
    'EX-4',
    [database("({ name: 'Ada' })", "JSON.parse('null')")],
    'invalid: failed without an assertion',
  ],
  [
    'a test of node:assert notices',
    'EX-4',
    [database('count = () => 2', 'count = () => 3')],
    'red',
  ],
  [
    'a test notices, but an error goes unhandled too',
    'EX-4',
    [
      database('count = () => 2', 'count = () => 3'),
      database('Promise.resolve();', "Promise.reject(new Error('lost'));"),
    ],
    'invalid: lost',
  ],
  [
    'the test is red anyway',
    'EX-5',
    [greeting('Hello', 'Hi')],
    'invalid: red without the sabotage',
  ],
  [
    'of two edits of a file, the first is noticed',
    'EX-1',
    [greeting('Hello', 'Hi'), greeting('nobodyLooks = 1', 'nobodyLooks = 2')],
    'red',
  ],
  ['one of two tests notices', 'EX-10', [greeting('Hello', 'Hi')], 'red'],
  [
    'the other test is red anyway',
    'EX-10',
    [database('count = () => 2', 'count = () => 3')],
    'invalid: red without the sabotage',
  ],
  ['the test is skipped', 'EX-6', [greeting('Hello', 'Hi')], 'invalid: no test of EX-6 ran'],
  ['there is no test', 'EX-7', [greeting('Hello', 'Hi')], 'invalid: no test is titled EX-7'],
  [
    'configuration changes',
    'EX-8',
    [{ file: 'vitest.config.ts', find: "'here'", replace: "'there'" }],
    'red',
  ],
  ['nothing changes', 'EX-1', [greeting('Hello', 'Hello')], 'invalid: its edits change nothing'],
  [
    'the text is not there',
    'EX-1',
    [greeting('Good day', 'Hi')],
    'does not apply: src/greeting.ts has no',
  ],
  [
    'the text is there twice',
    'EX-1',
    [greeting('name: string', 'name: unknown')],
    'does not apply: src/greeting.ts has more than one',
  ],
  [
    'the file is not there',
    'EX-1',
    [{ file: 'src/parting.ts', find: 'a', replace: 'b' }],
    'does not apply: there is no src/parting.ts',
  ],
  [
    'the file is outside the app',
    'EX-1',
    [{ file: '../../package.json', find: 'a', replace: 'b' }],
    'does not apply: there is no',
  ],
];

const sabotages = cases.map(([name, control, edits]): Sabotage => ({ name, control, edits }));

describe('TEST-5 prove on a small app', () => {
  const proveDirectory = join(import.meta.dirname, '../../.prove');
  let app = '';
  let verdicts: Awaited<ReturnType<typeof prove>> = new Map();

  beforeAll(async () => {
    mkdirSync(proveDirectory, { recursive: true });
    app = mkdtempSync(join(proveDirectory, 'small-app-'));
    for (const [file, text] of Object.entries(smallApp)) {
      mkdirSync(dirname(join(app, file)), { recursive: true });
      writeFileSync(join(app, file), text);
    }
    verdicts = await prove({ app, sabotages });
  }, 300_000);

  afterAll(() => rmSync(app, { recursive: true, force: true }));

  it.each(cases.map(([name, control, , outcome]) => ({ name, control, outcome })))(
    'prove where $name: $outcome',
    ({ name, outcome }) => {
      const sabotage = sabotages.find((one) => one.name === name);
      const verdict = sabotage && verdicts.get(sabotage);
      const found = [verdict?.result, verdict?.reason].filter(Boolean).join(': ');
      expect(found.slice(0, outcome.length)).toBe(outcome);
    },
  );

  it('prove leaves the app as it was, and nothing beside it', () => {
    for (const [file, text] of Object.entries(smallApp)) {
      expect(readFileSync(join(app, file), 'utf8')).toBe(text);
    }
    expect(existsSync(join(app, '.prove'))).toBe(false);
    expect(readdirSync(app).toSorted()).toEqual([
      'package.json',
      'src',
      'test',
      'tsconfig.json',
      'vitest.config.ts',
    ]);
  });

  it('prove runs first what speaks of the harm, or noticed such harm before', () => {
    const order = new LikelyOrder();
    const files = ['database', 'greeting'].map((name) => join(app, `test/${name}.test.ts`));
    const [first = '', second = ''] = files;
    const harm: Sabotage = { name: 'nobody greets', control: 'EX-1', edits: [greeting('1', '2')] };
    expect(order.of(harm, files)).toEqual([second, first]);
    const other: Sabotage = {
      name: '',
      control: 'EX-1',
      edits: [{ ...database('2', '3'), file: '' }],
    };
    expect(order.of(other, [second, first])).toEqual([second, first]);
    order.learn(other, first);
    expect(order.of(other, [second, first])).toEqual([first, second]);
  });

  it('prove counts only what is red, and names the tests that noticed', () => {
    const { controls, red, total } = asJson(sabotages, verdicts);
    expect([red, total]).toEqual([5, cases.length]);
    expect(controls[0]?.sabotages[0]).toEqual({
      name: 'a test notices',
      file: 'src/greeting.ts',
      result: 'red',
      failedTests: ['EX-1 greets'],
    });
    const table = asTable(sabotages, verdicts, false).split('\n');
    for (const [name, control, , outcome] of cases)
      expect(table.filter((row) => row.startsWith(control) && row.endsWith(`  ${name}`))).toEqual([
        expect.stringContaining(`  ${outcome.split(':')[0]} `),
      ]);
    expect(table.at(-1)).toContain(`5 of ${cases.length} sabotages turn their tests red`);
  });
});

describe('TEST-5 prove judges a run', () => {
  const failed = (kind: 'assertion' | 'error' | 'hook' | 'time-out') => ({
    file: 'test/x.test.ts',
    title: kind,
    state: 'failed' as const,
    failures: [{ kind, message: 'why' }],
  });

  it('prove wants one assertion, whatever other tests stumbled over', () => {
    expect(judge({ tests: [failed('error'), failed('assertion')], problems: [] })).toEqual({
      result: 'red',
      reason: '',
      failedTests: ['assertion'],
    });
  });

  it.each(['hook', 'time-out'] as const)('prove lets a %s spoil a failed assertion', (kind) => {
    const run = { tests: [failed('assertion'), failed(kind)], problems: [] };
    expect(judge(run).result).toBe('invalid');
  });

  it('prove sees the assertion inside a property that does not hold', () => {
    const cause = { name: 'AssertionError', message: 'expected 1 to be 2' };
    const error = { name: 'Error', message: 'Property failed after 1 tests', cause };
    expect(failureOf(error, false).kind).toBe('assertion');
  });
});
