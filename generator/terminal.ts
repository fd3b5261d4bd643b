import { fstatSync, statSync, writeSync } from 'node:fs';
import { exitCodes, systemCode } from './failure.ts';
import { reasonOf } from './target.ts';

/** Standard output or standard error, by descriptor. */
export type Output = 1 | 2;

const devNull = '/dev/null';

/** Whether a person is at the other end. */
export function isTerminal(descriptor: 0 | Output): boolean {
  try {
    // Pipes, files and /dev/null are told apart without loading Node's terminal streams, which takes 2 ms.
    const end = fstatSync(descriptor);
    if (!end.isCharacterDevice()) return false;
    if (end.rdev === statSync(devNull, { throwIfNoEntry: false })?.rdev) return false;
  } catch {
    return false;
  }
  if (descriptor === 0) return process.stdin.isTTY;
  return descriptor === 1 ? process.stdout.isTTY : process.stderr.isTTY;
}

const streaming = new Set<Output>();

/** The reader went away (`| head`), or there is no output at all: nobody is left to tell. */
const nobodyListens: readonly unknown[] = ['EPIPE', 'EOF', 'EBADF'];

/** A full disk behind `> made.json` must not pass for success: who reads the file finds half of it. */
function lose(output: Output, error: unknown): void {
  if (output !== 1 || nobodyListens.includes(systemCode(error))) return;
  process.exitCode = exitCodes.failed;
  const message = `Not all of standard output could be written: ${reasonOf(error)}`;
  emit(2, `${styled(2, 'red', 'Error:')} ${message}\n`);
}

/**
 * Writes all of a text, however slowly the other end reads: synchronously where the system lets us (which
 * spares loading Node's streams), else through the stream, which Node drains before it exits.
 */
export function emit(output: Output, text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  while (!streaming.has(output) && written < bytes.length) {
    try {
      written += writeSync(output, bytes, written);
    } catch (error) {
      if (systemCode(error) !== 'EAGAIN') return lose(output, error);
      streaming.add(output);
    }
  }
  if (written === bytes.length) return;
  const stream = output === 1 ? process.stdout : process.stderr;
  if (stream.listenerCount('error') === 0) stream.on('error', (error) => lose(output, error));
  stream.write(bytes.subarray(written));
}

/** Adds a terminal style where the output shows it; `NO_COLOR` and pipes get plain text. */
export function styled(
  output: Output,
  style: 'bold' | 'dim' | 'red' | 'yellow',
  text: string,
): string {
  const plain = (process.env.NO_COLOR ?? '') !== '' || process.env.TERM === 'dumb';
  if (plain || !isTerminal(output)) return text;
  const [on, off] = { bold: [1, 22], dim: [2, 22], red: [31, 39], yellow: [33, 39] }[style];
  return `\u001B[${on}m${text}\u001B[${off}m`;
}
