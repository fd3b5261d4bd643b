import type { Piece } from './catalog.ts';
import { crc32, hex, joinedCrc32 } from './crc32.ts';

const encoder = new TextEncoder();

/** Puts a file together, and says its hash without looking at the fixed pieces again. */
export function assemble(pieces: readonly Piece[]): { content: Uint8Array; hash: string } {
  const parts: Uint8Array[] = [];
  let length = 0;
  let crc = 0;
  for (const piece of pieces) {
    const bytes = typeof piece === 'string' ? encoder.encode(piece) : piece.bytes;
    crc =
      typeof piece === 'string' ? crc32(bytes, crc) : joinedCrc32(crc, piece.crc32, bytes.length);
    parts.push(bytes);
    length += bytes.length;
  }
  const content = new Uint8Array(length);
  let end = 0;
  for (const part of parts) {
    content.set(part, end);
    end += part.length;
  }
  return { content, hash: hex(crc) };
}
