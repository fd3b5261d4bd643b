import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { Row } from './fingerprint.ts';

/** Where a database is: on this machine, or in an environment of wrangler.toml. */
export const places = ['local', 'staging', 'production'] as const;
export type Place = (typeof places)[number];

/** The place that a word on the command line names; no word is this machine. Null for any other word. */
export function placeOf(word = 'local'): Place | null {
  return places.find((place) => place === word) ?? null;
}

/** How wrangler is told the place. */
export function wordsOf(place: Place): string[] {
  return place === 'local' ? ['--local'] : ['--remote', '--env', place];
}

const packageFile = createRequire(import.meta.url).resolve('wrangler/package.json');
const program = join(dirname(packageFile), 'bin', 'wrangler.js');

/** Runs wrangler, which prints what it does. Answers its exit code. @throws {Error} where it has none */
export function showWrangler(...words: readonly string[]): number {
  return codeOf(spawnSync(process.execPath, [program, ...words], { stdio: 'inherit' }));
}

/** Runs wrangler in silence and answers what it printed. @throws {Error} with what it says when it fails */
export function runWrangler(...words: readonly string[]): string {
  const ended = spawnSync(process.execPath, [program, ...words], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (codeOf(ended) !== 0) throw new Error((ended.stderr || ended.stdout).trim());
  return ended.stdout;
}

/** A program that could not be started, or was ended from outside, has no code: it did nothing we know of. */
function codeOf({ error, status, signal }: SpawnSyncReturns<unknown>): number {
  if (error !== undefined) throw new Error(`wrangler did not run: ${error.message}`);
  if (status === null) throw new Error(`wrangler was ended by ${signal}: run it again`);
  return status;
}

const Answer = z.array(z.object({ results: z.array(z.record(z.string(), z.json())) }));

/** Asks a database; the answer has the rows of each statement. `where` is the place, in wrangler's words. */
export function ask(where: readonly string[], sql: readonly string[]): Row[][] {
  const words = ['d1', 'execute', 'DB', ...where, '--json', '--command', sql.join(';\n')];
  return Answer.parse(JSON.parse(runWrangler(...words))).map(({ results }) => results);
}

/**
 * Runs statements that answer nothing, however long they are: a command line has no room for many
 * ids. In an environment all of them hold, or none. @throws {Error} with what wrangler says when it fails
 */
export function change(where: readonly string[], sql: readonly string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'statements-'));
  try {
    const file = join(folder, 'statements.sql');
    writeFileSync(file, `${sql.join(';\n')};\n`, { mode: 0o600 });
    runWrangler('d1', 'execute', 'DB', ...where, '--yes', '--file', file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs a command; what goes wrong is one message, and exit code 1. */
export function report(run: () => number | Promise<number>): void {
  const fail = (thrown: unknown) => {
    console.error(thrown instanceof Error ? thrown.message : String(thrown));
    process.exitCode = 1;
  };
  // Through a promise, so that what is thrown at once is reported in the same way.
  Promise.resolve()
    .then(run)
    .then((code) => (process.exitCode = code))
    .catch(fail);
}
