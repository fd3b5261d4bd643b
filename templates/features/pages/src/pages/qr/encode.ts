import { placeAll } from './place.ts';
import { remainderOf } from './reed-solomon.ts';

/** Sizes of QR codes that keep 7 % for errors (level L), by version from 1: ISO/IEC 18004, table 9. */
const correctionPerBlock = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28];
const blocks = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6];

/**
 * Draws a text as a QR code: rows of dark (true) and light modules, without the margin. Only what an
 * authenticator app needs: bytes, level L, and up to 600 of them.
 * @throws {RangeError} for a longer text
 */
export function encodeQr(text: string): boolean[][] {
  const bytes = new TextEncoder().encode(text);
  const version =
    blocks.findIndex((_, index) => bytesIn(index + 1) >= needed(bytes, index + 1)) + 1;
  if (version === 0) throw new RangeError('the text is too long for a QR code');
  return placeAll(version, interleave(version, pad(version, bytes)));
}

const needed = ({ length }: Uint8Array, version: number) => length + (version < 10 ? 2 : 3);

/** How many bytes of data a version holds. */
function bytesIn(version: number): number {
  const total = Math.floor(modulesIn(version) / 8);
  return total - at(correctionPerBlock, version - 1) * at(blocks, version - 1);
}

/** How many modules are left once the patterns are drawn. */
function modulesIn(version: number): number {
  const aligned = Math.floor(version / 7) + 2;
  const alignment = version === 1 ? 0 : (25 * aligned - 10) * aligned - 55;
  return (16 * version + 128) * version + 64 - alignment - (version < 7 ? 0 : 36);
}

/** The mode (bytes), the length, the data, and filling up to the size. */
function pad(version: number, bytes: Uint8Array): number[] {
  const header = [0, 1, 0, 0, ...bitsOf(bytes.length, version < 10 ? 8 : 16)];
  const all = [...header, ...[...bytes].flatMap((byte) => bitsOf(byte, 8)), 0, 0, 0, 0];
  const data = Array.from({ length: all.length / 8 }, (_, index) =>
    all.slice(index * 8, index * 8 + 8).reduce((byte, bit) => byte * 2 + bit, 0),
  );
  for (let filler = 0xec; data.length < bytesIn(version); filler ^= 0xec ^ 0x11) data.push(filler);
  return data;
}

const bitsOf = (value: number, length: number) =>
  Array.from({ length }, (_, index) => (value >> (length - 1 - index)) & 1);

/** Splits the data into blocks, gives each its correction, and deals them out in turn. */
function interleave(version: number, data: readonly number[]): number[] {
  const count = at(blocks, version - 1);
  const length = Math.floor(data.length / count);
  const short = count - (data.length % count);
  const dealt = Array.from({ length: count }, (_, index) => {
    const start = index * length + Math.max(0, index - short);
    return data.slice(start, start + length + (index < short ? 0 : 1));
  });
  const corrections = dealt.map((block) => remainderOf(block, at(correctionPerBlock, version - 1)));
  return [dealt, corrections].flatMap((parts) => {
    const longest = Math.max(...parts.map((part) => part.length));
    return Array.from({ length: longest }, (_, index) =>
      parts.flatMap((part) => part[index] ?? []),
    ).flat();
  });
}

/** An item that is there. */
export function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new RangeError(`there is no item ${index}`);
  return item;
}
