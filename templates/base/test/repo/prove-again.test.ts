import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { NoticingTests } from '../../scripts/prove/noticing-tests.ts';
import { prove } from '../../scripts/prove/proof.ts';
import type { Sabotage } from '../sabotages/sabotage.ts';
import { smallApp } from './prove/small-app.ts';
import { app as root } from './repository.ts';

const harm = (name: string, find: string, replace: string): Sabotage => ({
  name,
  control: 'EX-9',
  edits: [{ file: 'src/greeting.ts', find, replace }],
});
const noticed = harm('a test notices', 'Hello', 'Hi');
const unnoticed = harm('no test notices', 'nobodyLooks = 1', 'nobodyLooks = 2');
const file = 'test/again.test.ts';

/** Writes an app into a folder within this one, where its dependencies are found. */
function newApp(files: Readonly<Record<string, string>>): string {
  const parent = join(root, '.prove');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'again-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

describe('TEST-5 what is proven again is proven by the tests as they are', () => {
  let app = '';
  let noticingTests: NoticingTests;

  beforeAll(() => {
    const again = `
      import { expect, it } from 'vitest';
      import { greet } from '../src/greeting.ts';
      let greeting = '';
      it('EX-9 greets', () => expect((greeting = greet('Ada'))).toBe('Hello Ada'));
      it('EX-9 has greeted', () => expect(greeting).not.toBe(''));
      it('EX-9 greets others', () => expect(greet('Eve')).toBe('Hello Eve'));
      it('EX-9 says something', () => expect(greet('Eve')).not.toBe(''));`;
    app = newApp({ ...smallApp, [file]: again });
    noticingTests = new NoticingTests(app);
  });

  afterAll(() => rmSync(app, { recursive: true, force: true }));

  it('asks first the test that noticed, which is remembered from run to run', async () => {
    await prove({ app, sabotages: [noticed], noticingTests });
    expect(noticingTests.of(noticed)).toEqual({ file, title: 'EX-9 greets' });
    noticingTests.learn(noticed, { file, title: 'EX-9 greets others' });
    noticingTests.save();
    noticingTests = new NoticingTests(app);
    const verdicts = await prove({ app, sabotages: [noticed], noticingTests });
    expect(verdicts.get(noticed)?.failedTests).toEqual(['EX-9 greets others']);
  });

  it.each([
    ['is red alone', 'EX-9 has greeted'],
    ['notices no longer', 'EX-9 says something'],
    ['is gone', 'EX-9 is not there'],
  ])('asks all of them where the one that is remembered %s', async (_why, title) => {
    for (const sabotage of [noticed, unnoticed]) noticingTests.learn(sabotage, { file, title });
    const verdicts = await prove({ app, sabotages: [noticed, unnoticed], noticingTests });
    expect(verdicts.get(noticed)?.failedTests).toContain('EX-9 greets');
    expect(verdicts.get(unnoticed)?.result).toBe('survived');
  });

  it('what was cut off while it was written is forgotten', () => {
    mkdirSync(join(app, '.prove'), { recursive: true });
    writeFileSync(join(app, '.prove', 'noticed.json'), '{"EX-9 a test');
    expect(new NoticingTests(app).of(noticed)).toBeUndefined();
  });
});

/** An app with the command that proves, and sabotages of its own. */
function appThatProves(
  sabotages: readonly Sabotage[],
  files: Readonly<Record<string, string>> = {},
): string {
  const index = `export const sabotages = ${JSON.stringify(sabotages)};`;
  const app = newApp({ ...smallApp, ...files, 'test/sabotages/index.ts': index });
  cpSync(join(root, 'scripts'), join(app, 'scripts'), { recursive: true });
  return app;
}

function commandThatProves(app: string, words: readonly string[]): string[] {
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  return [...flags, join(app, 'scripts/prove.ts'), '--json', ...words];
}

function proveIn(app: string, words: readonly string[]) {
  const program = commandThatProves(app, words);
  const { status, stdout } = spawnSync(process.execPath, program, { cwd: app, encoding: 'utf8' });
  const { red, total } = JSON.parse(stdout);
  return { status, red, total };
}

const controlsIn = (outcome: string): unknown =>
  existsSync(outcome) ? JSON.parse(readFileSync(outcome, 'utf8')).controls : undefined;

describe('TEST-5 the command that proves passes where all is red, and keeps what it found', () => {
  let app = '';
  let outcome = '';

  beforeAll(() => {
    // No test is titled so, which shows in a second.
    app = appThatProves(['one', 'another'].map((name) => harm(name, 'Hello', name)));
    outcome = join(app, '.prove/outcome.json');
  });

  afterAll(() => rmSync(app, { recursive: true, force: true }));

  const run = (...words: readonly string[]) => proveIn(app, words);

  it('of a part of the sabotages it keeps nothing', () => {
    expect(run('--some', '1')).toEqual({ status: 1, red: 0, total: 1 });
    expect(existsSync(outcome)).toBe(false);
  });

  it('and it fails while one is not red', () => {
    expect(run()).toEqual({ status: 1, red: 0, total: 2 });
    expect(controlsIn(outcome)).toEqual({ 'EX-9': { red: 0, total: 2 } });
  });

  it('what is not red is proven again when it resumes', () => {
    expect(run('--resume')).toEqual({ status: 1, red: 0, total: 2 });
  });
});

describe('TEST-5 a proof that was cut off', () => {
  let app = '';

  beforeAll(() => {
    const slow = `
      import { expect, it } from 'vitest';
      import { part } from '../src/greeting.ts';
      it('EX-11 parts after an hour', async () => {
        if (process.env['AN_HOUR']) await new Promise((settle) => setTimeout(settle, 3_600_000));
        expect(part('Ada')).toBe('Bye Ada');
      }, 3_600_000);`;
    // The control with more of them is first where one core does all.
    const sabotages: Sabotage[] = [
      { ...noticed, control: 'EX-1' },
      { ...harm('another test notices', 'Hello', 'Hey'), control: 'EX-1' },
      { ...harm('it greets', 'Bye', 'Hi'), control: 'EX-11' },
    ];
    app = appThatProves(sabotages, { 'test/slow.test.ts': slow });
  });

  afterAll(() => rmSync(app, { recursive: true, force: true }));

  it('has kept each control that was judged, and goes on with the others', async () => {
    const outcome = join(app, '.prove/outcome.json');
    const child = spawn(process.execPath, commandThatProves(app, []), {
      cwd: app,
      env: { ...process.env, AN_HOUR: 'yes' },
      stdio: 'ignore',
    });
    const judged = () => expect(controlsIn(outcome)).toEqual({ 'EX-1': { red: 2, total: 2 } });
    try {
      await vi.waitFor(judged, { timeout: 60_000, interval: 100 });
    } finally {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    // Nor did it pass through that by chance: what is written at once is all there when it has ended.
    judged();
    expect(proveIn(app, ['--resume'])).toEqual({ status: 0, red: 1, total: 1 });
    expect(Object.keys(controlsIn(outcome) ?? {})).toEqual(['EX-1', 'EX-11']);
    expect(proveIn(app, ['--resume'])).toEqual({ status: 0, red: 0, total: 0 });
  }, 180_000);
});
