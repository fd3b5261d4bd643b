import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const stepMs = 30_000;
let lastStep = 0;

/** The code an authenticator app shows for a key (RFC 6238), and never the same again. */
export async function nextCode(key: string): Promise<string> {
  let step = Math.floor(Date.now() / stepMs);
  // One step ahead is accepted too, which saves most of the waiting.
  while (step + 1 <= lastStep) {
    await pause(500);
    step = Math.floor(Date.now() / stepMs);
  }
  lastStep = Math.max(step, lastStep + 1);
  return codeAt(key, lastStep);
}

function codeAt(key: string, step: number): string {
  const bits = Array.from(key.replace(/\s/g, ''), (letter) =>
    alphabet.indexOf(letter).toString(2).padStart(5, '0'),
  );
  const bytes = bits.join('').match(/.{8}/g) ?? [];
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const seed = Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
  const hash = createHmac('sha1', seed).update(counter).digest();
  const offset = (hash.at(-1) ?? 0) & 15;
  const number = hash.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}
