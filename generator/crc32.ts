/**
 * CRC-32 as gzip, zip and PNG have it. It tells whether a file is still as it was generated. A SHA-256 would say no
 * more about that, but loading Node's crypto or warming one up in JavaScript takes as long as writing all files.
 */

const polynomial = 0xedb88320;
const one = 0x80000000;

/** Multiplies a remainder by x. Bits are in reversed order, as everywhere in this CRC. */
function timesX(remainder: number): number {
  return (remainder & 1) === 0 ? remainder >>> 1 : (remainder >>> 1) ^ polynomial;
}

/** What dividing four bits at once leaves, for each value of them. */
const fourSteps = [
  0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
  0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
];

/** CRC-32 of some bytes, or of what has the given CRC-32 followed by these bytes. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (const byte of bytes) {
    crc ^= byte;
    crc = (crc >>> 4) ^ (fourSteps[crc & 15] ?? 0);
    crc = (crc >>> 4) ^ (fourSteps[crc & 15] ?? 0);
  }
  return ~crc >>> 0;
}

/** What appending so many bytes multiplies an earlier CRC-32 by. */
export function shiftOf(length: number): number {
  let shift = one;
  for (let bit = 0; bit < 8 * length; bit += 1) shift = timesX(shift);
  return shift >>> 0;
}

/**
 * CRC-32 of two texts in a row from those of both. Fixed text is most of every template, and its CRC-32 is known
 * when the package is built.
 */
export function joinedCrc32(first: number, second: number, shiftOfSecond: number): number {
  let product = 0;
  let power = shiftOfSecond;
  // Shifted left, so that the next coefficient of the first factor is always the topmost bit.
  for (let factor = first; factor !== 0; factor <<= 1) {
    if (factor < 0 || factor >= one) product ^= power;
    power = timesX(power);
  }
  return (product ^ second) >>> 0;
}

/** Eight hexadecimal digits. */
export function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
