import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** How the stand-in answers a call whose words contain `when`. */
export interface Answer {
  readonly when: string;
  /** Only once a call contained these words; the first answer that fits is given. */
  readonly after?: string;
  readonly prints?: string;
  /** What it writes into the folder that the call names behind --outdir. */
  readonly builds?: string;
  /** What it writes into the file that the call names behind --output. */
  readonly dumps?: string;
  readonly fails?: boolean;
  /** Whether it is killed before it has done anything. */
  readonly dies?: boolean;
}

/** Stands in for npx and git: it notes each call, and answers as a test says. What runs against it is rehearsed, not proven. */
export interface StandIn {
  readonly directory: string;
  /** The words of each call, in order. */
  calls(): string[][];
  /** What each call was given on standard input. */
  inputs(): string[];
  /** What was in each file that a call named behind --file. */
  files(): string[];
  /** A node_modules/wrangler for scripts that run it from there, with whatever else the app depends on. */
  modules(directory: string): void;
}

const program = `#!${process.execPath}
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');
const here = dirname(__filename);
const words = process.argv.slice(2);
const isGit = basename(__filename) === 'git';
appendFileSync(join(here, 'calls'), JSON.stringify(isGit ? ['git', ...words] : words) + '\\n');
const line = (isGit ? 'git ' : '') + words.join(' ');
const calls = readFileSync(join(here, 'calls'), 'utf8').split('\\n').map((call) => call && JSON.parse(call).join(' '));
const answers = JSON.parse(readFileSync(join(here, 'answers.json'), 'utf8'));
const isDone = (after) => after === undefined || calls.some((call) => call.includes(after));
const answer = answers.find(({ when, after }) => line.includes(when) && isDone(after)) ?? {};
if (words.includes('bulk')) appendFileSync(join(here, 'inputs'), readFileSync(0, 'utf8') + '\\n');
if (words.includes('--file'))
  appendFileSync(join(here, 'files'), JSON.stringify(readFileSync(words[words.indexOf('--file') + 1], 'utf8')) + '\\n');
if (answer.dies) process.kill(process.pid, 'SIGKILL');
if (answer.dumps !== undefined) writeFileSync(words[words.indexOf('--output') + 1], answer.dumps);
if (answer.builds !== undefined)
  writeFileSync(join(words[words.indexOf('--outdir') + 1], 'index.js'), answer.builds);
console.log(answer.prints ?? '[{"results":[]}]');
if (answer.fails) console.error('the stand-in was told to fail');
process.exitCode = answer.fails ? 1 : 0;
`;

export function standIn(answers: readonly Answer[] = []): StandIn {
  const directory = mkdtempSync(join(tmpdir(), 'stand-in-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, 'answers.json'), JSON.stringify(answers));
  writeFileSync(join(directory, 'package.json'), '{"type":"commonjs"}');
  for (const name of ['npx', 'git']) {
    writeFileSync(join(directory, name), program);
    chmodSync(join(directory, name), 0o755);
  }
  const linesOf = (name: string) => {
    const file = join(directory, name);
    return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  };
  return {
    directory,
    calls: () => linesOf('calls').map((line) => JSON.parse(line)),
    inputs: () => linesOf('inputs'),
    files: () => linesOf('files').map((line) => JSON.parse(line)),
    modules(folder) {
      for (const name of readdirSync(join(root, 'node_modules'))) {
        if (name === 'wrangler') continue;
        symlinkSync(join(root, 'node_modules', name), join(folder, name), 'junction');
      }
      const bin = join(folder, 'wrangler', 'bin');
      mkdirSync(bin, { recursive: true });
      writeFileSync(join(folder, 'wrangler', 'package.json'), '{"name":"wrangler"}');
      symlinkSync(join(directory, 'npx'), join(bin, 'wrangler.js'));
    },
  };
}

/** Lets one of the app's scripts, and nothing that it starts, take its standard input for a terminal. */
export function asTerminal(name: string): Record<string, string> {
  const program = `if (process.argv[1]?.endsWith('/${name}.ts')) process.stdin.isTTY = true;`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(program)}` };
}

/** Runs one of the app's scripts, with the stand-in in place of npx and git. */
export function runScript(
  name: string,
  words: readonly string[],
  { directory }: StandIn,
  {
    env = {},
    input = '',
    cwd = root,
  }: { env?: Record<string, string>; input?: string; cwd?: string } = {},
) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...programOf(name), ...words], {
    cwd,
    encoding: 'utf8',
    input,
    env: environmentWith(directory, env),
  });
  return { status, stdout, stderr };
}

/** The same, while the test goes on: for scripts that ask a server of the test. */
export async function startScript(
  name: string,
  words: readonly string[],
  { directory }: StandIn,
  {
    env = {},
    cwd = root,
    from = root,
  }: { env?: Record<string, string>; cwd?: string; from?: string } = {},
) {
  const script = spawn(process.execPath, [...programOf(name, from), ...words], {
    cwd,
    env: environmentWith(directory, env),
  });
  const [stdout, stderr, [status]] = await Promise.all([
    text(script.stdout),
    text(script.stderr),
    once(script, 'close'),
  ]);
  return { status, stdout, stderr };
}

const programOf = (name: string, from = root) => [
  '--experimental-strip-types',
  '--disable-warning=ExperimentalWarning',
  join(from, 'scripts', `${name}.ts`),
];

const environmentWith = (directory: string, env: Record<string, string>) => ({
  ...process.env,
  PATH: [directory, dirname(process.execPath)].join(delimiter),
  ...env,
});
