import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { hostNode } from '../../scripts/host-node.ts';
import { cli, emptyDirectory, plainEnvironment } from './command-line.ts';

const interrupt = '\u0003';
const enter = '\r';
const down = '\u001B[B';

/** One exchange: what has to be on the screen, then what is typed. */
type Turn = readonly [shown: string, typed: string];

/** Runs the command line under a pseudo-terminal and plays the turns. */
async function converse(
  words: readonly string[],
  turns: readonly Turn[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
) {
  const command = [hostNode(), cli, ...words].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd,
    env: { ...plainEnvironment(), TERM: 'xterm', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let raw = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (raw += chunk));
  const ended = new Promise<number | null>((settle) => {
    child.on('close', (code) => settle(code));
  });
  let seen = 0;
  for (const [shown, typed] of turns) {
    const screen = () => stripVTControlCharacters(raw);
    for (let tries = 0; tries < 500 && screen().indexOf(shown, seen) < 0; tries += 1)
      await sleep(20);
    expect(screen().slice(seen)).toContain(shown);
    seen = screen().length;
    // The prompt is drawn before it listens.
    await sleep(50);
    child.stdin.write(typed);
  }
  // Whoever asks more than was to be answered waits for ever.
  const patience = setTimeout(() => child.kill(), 60_000);
  const code = await ended;
  clearTimeout(patience);
  return { code, raw, screen: stripVTControlCharacters(raw).replaceAll('\r', '') };
}

const questions: readonly Turn[] = [
  ['What is the project called?', `talk${enter}`],
  ['What do people read as its name?', `Talk & Co.${enter}`],
  ['Which domain', enter],
  ['Do tenants pay for plans, with Stripe?', 'n'],
  ['Which identity providers', ` ${enter}`],
  ['Include pages that people see?', 'n'],
  ['Which service sends mail?', `${down}${enter}`],
  ['Can people upload files?', 'n'],
  ['Which package manager?', `${down}${enter}`],
  ['Install the dependencies now?', 'n'],
  ['Create a git repository?', 'n'],
];

describe('on a terminal', () => {
  test('it says what the app needs, asks for everything, and does what was answered', async () => {
    const cwd = emptyDirectory();
    const { code, screen } = await converse([], questions, cwd);
    expect(code).toBe(0);
    const needs = 'The app needs Node 22.12 or newer, and the Workers Paid plan';
    expect(screen.indexOf(needs)).toBeGreaterThanOrEqual(0);
    expect(screen.indexOf(needs)).toBeLessThan(screen.indexOf('What is the project called?'));
    const manifest: unknown = JSON.parse(readFileSync(join(cwd, 'talk/.stackbilder.json'), 'utf8'));
    expect(manifest).toHaveProperty('options', {
      name: 'talk',
      title: 'Talk & Co.',
      domain: '',
      billing: false,
      oauth: ['github'],
      pages: false,
      email: 'resend',
      uploads: false,
      packageManager: 'pnpm',
    });
    expect(screen).toContain(
      `talk --yes --title 'Talk & Co.' --no-billing --oauth github --no-pages --email resend --no-uploads --package-manager pnpm --no-install --no-git`,
    );
  });

  test.each(questions.map(([shown], index) => [shown, index] as const))(
    'Ctrl-C at "%s" exits with 130 and leaves nothing',
    async (shown, index) => {
      const cwd = emptyDirectory();
      const { code, screen } = await converse(
        [],
        [...questions.slice(0, index), [shown, interrupt]],
        cwd,
      );
      expect(code).toBe(130);
      expect(screen).toContain('Cancelled. Nothing was written.');
      expect(readdirSync(cwd)).toEqual([]);
    },
  );

  test.each([
    ['a directory that is in use', ['.'], '"mine.txt" is in the way'],
    ['a value that cannot be', ['x', '--email', 'pigeon'], 'must be one of cloudflare, resend'],
  ])('%s is told before anything is asked', async (_, words, complaint) => {
    const cwd = emptyDirectory();
    writeFileSync(join(cwd, 'mine.txt'), 'Mine.');
    const { code, screen } = await converse(words, [], cwd);
    expect(code).not.toBe(0);
    expect(screen.trimEnd().split('\n')).toHaveLength(1);
    expect(screen).toContain(complaint);
  });

  test('an answer that cannot be used is asked for again, with a suggestion', async () => {
    const cwd = emptyDirectory();
    const turns: Turn[] = [
      ['What is the project called?', `My App!${enter}`],
      ['try my-app', interrupt],
    ];
    expect((await converse([], turns, cwd)).code).toBe(130);
  });

  test("a directory whose name cannot be the project's is kept, and a name is offered", async () => {
    const cwd = emptyDirectory();
    const all = [
      '--title=T',
      '--domain=',
      '--billing',
      '--oauth=none',
      '--pages',
      '--email=cloudflare',
      '--uploads',
      '--package-manager=npm',
      '--no-install',
      '--no-git',
    ];
    const { code } = await converse(['My App!', ...all], [['my-app', enter]], cwd);
    expect(code).toBe(0);
    expect(readFileSync(join(cwd, 'My App!/package.json'), 'utf8')).toContain('"name": "my-app"');
  });

  test.each([
    [
      'every option given',
      [
        'talk',
        '--title=T',
        '--domain=',
        '--billing',
        '--oauth=none',
        '--pages',
        '--email=cloudflare',
        '--uploads',
        '--package-manager=npm',
        '--no-install',
        '--no-git',
      ],
      {},
    ],
    ['--yes', ['talk', '--yes', '--no-install', '--no-git'], {}],
    ['CI set', ['talk', '--no-install', '--no-git'], { CI: 'true' }],
    ['--json', ['talk', '--json', '--no-install', '--no-git'], {}],
  ] as const)('nothing is asked with %s', async (_case, words, env) => {
    const cwd = emptyDirectory();
    const { code, screen } = await converse(words, [], cwd, env);
    expect(code).toBe(0);
    expect(screen).not.toContain('?');
    expect(existsSync(join(cwd, 'talk/package.json'))).toBe(true);
  });

  test('what is missing is an error, not a question, with CI set', async () => {
    const { code, screen } = await converse([], [], emptyDirectory(), { CI: '1' });
    expect(code).toBe(2);
    expect(screen).toContain('The directory is missing');
  });

  test('colours are shown, and NO_COLOR turns them off', async () => {
    const words = ['talk', '--yes', '--no-install', '--no-git'];
    expect((await converse(words, [], emptyDirectory())).raw).toContain('\u001B[1m');
    expect((await converse(words, [], emptyDirectory(), { NO_COLOR: '1' })).raw).not.toContain(
      '\u001B',
    );
  });
});
