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

/** Multiplies two remainders. */
function times(first: number, second: number): number {
  let product = 0;
  let power = second;
  // Shifted left, so that the next coefficient of the first factor is always the topmost bit.
  for (let factor = first; factor !== 0; factor <<= 1) {
    if (factor < 0 || factor >= one) product ^= power;
    power = timesX(power);
  }
  return product >>> 0;
}

/** What appending one byte multiplies an earlier CRC-32 by, then two, four, and so on as far as they were needed. */
const shifts: number[] = [one >>> 8];

function shiftOf(bit: number): number {
  const known = shifts[bit];
  if (known !== undefined) return known;
  const half = shiftOf(bit - 1);
  return (shifts[bit] = times(half, half));
}

/**
 * CRC-32 of two texts in a row from those of both. Fixed text is most of every template, and its CRC-32 is known
 * when the package is built.
 */
export function joinedCrc32(first: number, second: number, lengthOfSecond: number): number {
  let shifted = first;
  for (let bit = 0; lengthOfSecond >>> bit !== 0; bit += 1)
    if (((lengthOfSecond >>> bit) & 1) === 1) shifted = times(shifted, shiftOf(bit));
  return (shifted ^ second) >>> 0;
}

/** Eight hexadecimal digits. */
export function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
