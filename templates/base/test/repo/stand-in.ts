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

/** Behind each word of a call, and behind its last: no word has these characters. */
const [wordEnds, callEnds] = ['\u001F', '\u001E'];

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** A script for the shell, which starts in a small part of the time of Node, and of nothing but the shell itself. */
const programWith = (answers: readonly Answer[]) => `#!/bin/sh
here=\${0%/*}
case $0 in */git) set -- git "$@" ;; esac
line="$*"
printf '%s${wordEnds}' "$@" '${callEnds}' >> "$here/calls"
printf '%s\\n' "$line" >> "$here/lines"
asks() { case $line in *"$1"*) ;; *) return 1 ;; esac; }
asked() {
  while IFS= read -r past; do case $past in *"$1"*) return 0 ;; esac; done < "$here/lines"
  return 1
}
behind() {
  flag=$1
  while shift && [ $# -gt 1 ]; do if [ "$1" = "$flag" ]; then printf %s "$2"; fi; done
}
copy() {
  while IFS= read -r row; do printf '%s\\n' "$row"; done
  printf %s "$row"
}
case " $line " in *' bulk '*) { copy; echo; } >> "$here/inputs" ;; esac
case " $line " in *' --file '*)
  { copy < "$(behind --file "$@")"; printf '${callEnds}'; } >> "$here/files" ;;
esac
${answers.map(answering).join('')}echo '[{"results":[]}]'
`;

function answering({ when, after, prints, builds, dumps, fails, dies }: Answer): string {
  const steps = [
    dies && 'kill -KILL $$',
    dumps !== undefined && `printf %s ${quoted(dumps)} > "$(behind --output "$@")"`,
    builds !== undefined && `printf %s ${quoted(builds)} > "$(behind --outdir "$@")/index.js"`,
    `printf '%s\\n' ${quoted(prints ?? '[{"results":[]}]')}`,
    fails ? "echo 'the stand-in was told to fail' >&2; exit 1" : 'exit 0',
  ].filter((step) => typeof step === 'string');
  const since = after === undefined ? '' : ` && asked ${quoted(after)}`;
  return `if asks ${quoted(when)}${since}; then\n  ${steps.join('\n  ')}\nfi\n`;
}

/** For scripts that run wrangler with Node, from where it is installed. */
const wrangler = (program: string) => `const { spawnSync } = require('node:child_process');
const { status, signal } = spawnSync(${JSON.stringify(program)}, process.argv.slice(2), { stdio: 'inherit' });
if (signal) process.kill(process.pid, signal);
process.exitCode = status;
`;

export function standIn(answers: readonly Answer[] = []): StandIn {
  const directory = mkdtempSync(join(tmpdir(), 'stand-in-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const name of ['npx', 'git']) {
    writeFileSync(join(directory, name), programWith(answers));
    chmodSync(join(directory, name), 0o755);
  }
  const noted = (name: string, end: string) => {
    const file = join(directory, name);
    return existsSync(file) ? readFileSync(file, 'utf8').split(end).slice(0, -1) : [];
  };
  return {
    directory,
    calls: () =>
      noted('calls', callEnds + wordEnds).map((call) => call.split(wordEnds).slice(0, -1)),
    inputs: () => noted('inputs', '\n'),
    files: () => noted('files', callEnds),
    modules(folder) {
      for (const name of readdirSync(join(root, 'node_modules'))) {
        if (name === 'wrangler') continue;
        symlinkSync(join(root, 'node_modules', name), join(folder, name), 'junction');
      }
      const bin = join(folder, 'wrangler', 'bin');
      mkdirSync(bin, { recursive: true });
      writeFileSync(join(folder, 'wrangler', 'package.json'), '{"name":"wrangler"}');
      writeFileSync(join(bin, 'wrangler.js'), wrangler(join(directory, 'npx')));
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
