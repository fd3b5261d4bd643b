/**
 * CRC-32 as gzip, zip and PNG have it. It tells whether a file is still as it was generated. A SHA-256 would say no
 * more about that, but loading Node's crypto or warming one up in JavaScript takes as long as writing all files.
 */

const polynomial = 0xedb88320;

/** What dividing a byte leaves, for each value of it. Bits are in reversed order. */
const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1)
    remainder = (remainder & 1) === 0 ? remainder >>> 1 : (remainder >>> 1) ^ polynomial;
  return remainder;
});

/** CRC-32 of some bytes. */
export function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  // By index: `for…of` doubled the time of rendering and writing, since nothing is compiled yet.
  for (let at = 0; at < bytes.length; at += 1)
    crc = (crc >>> 8) ^ (remainders[(crc ^ (bytes[at] ?? 0)) & 255] ?? 0);
  return ~crc >>> 0;
}

/** Eight hexadecimal digits. */
export function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
