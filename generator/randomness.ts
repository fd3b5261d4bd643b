import { closeSync, openSync, readSync } from 'node:fs';
import type { RandomBytes } from './context.ts';

const systemSource = '/dev/urandom';

const fromSystem: RandomBytes = (length) => {
  const bytes = new Uint8Array(length);
  const descriptor = openSync(systemSource, 'r');
  try {
    if (readSync(descriptor, bytes) !== length) throw new Error(`${systemSource} ran short`);
  } finally {
    closeSync(descriptor);
  }
  return bytes;
};

/**
 * Cryptographically strong random bytes. The kernel's own source spares loading Node's crypto module (4 ms, as
 * much as all the rest of a run); where there is none, Node's is used.
 */
export async function randomSource(): Promise<RandomBytes> {
  try {
    fromSystem(1);
    return fromSystem;
  } catch {
    const { randomBytes } = await import('node:crypto');
    return randomBytes;
  }
}
