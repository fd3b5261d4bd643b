import { openSync, readSync } from 'node:fs';
import type { RandomBytes } from './random-bytes.ts';

const systemSource = '/dev/urandom';

/**
 * Cryptographically strong random bytes. The kernel's own source spares loading Node's crypto module, which
 * takes 5 ms, more than all the rest of a run; where there is none, Node's is used.
 */
export async function randomSource(): Promise<RandomBytes> {
  let source: number;
  try {
    // Closed with the process.
    source = openSync(systemSource, 'r');
  } catch {
    const { randomBytes } = await import('node:crypto');
    return randomBytes;
  }
  return (length) => {
    const bytes = new Uint8Array(length);
    if (readSync(source, bytes) !== length) throw new Error(`${systemSource} ran short`);
    return bytes;
  };
}
