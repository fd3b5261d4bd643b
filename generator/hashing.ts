import { constants, layout, moduleBase64 } from 'built:sha256';

/** Hex SHA-256 of a text's UTF-8 bytes. */
export type Hash = (text: string) => string;

const initialState = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];
const pageBytes = 65_536;

function fromModule(): Hash {
  const module = new WebAssembly.Module(Buffer.from(moduleBase64, 'base64'));
  const { memory, compress } = new WebAssembly.Instance(module).exports;
  if (!(memory instanceof WebAssembly.Memory) || typeof compress !== 'function')
    throw new TypeError('The SHA-256 module lacks an export');
  return (text) => {
    const length = Buffer.byteLength(text);
    const end = layout.message + Math.ceil((length + 9) / 64) * 64;
    const missing = end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
    const bytes = Buffer.from(memory.buffer);
    bytes.fill(0, layout.message, end);
    bytes.write(text, layout.message);
    bytes[layout.message + length] = 0x80;
    // 32 bits suffice for the length: no file of an application has half a gigabyte.
    bytes.writeUInt32BE(length * 8, end - 4);
    // WebAssembly's memory is little-endian on every machine.
    initialState.forEach((word, index) => bytes.writeUInt32LE(word, layout.state + 4 * index));
    constants.forEach((word, index) => bytes.writeInt32LE(word, layout.constants + 4 * index));
    compress(layout.message, end);
    let hex = '';
    for (let word = 0; word < 8; word += 1)
      hex += bytes
        .readUInt32LE(layout.state + 4 * word)
        .toString(16)
        .padStart(8, '0');
    return hex;
  };
}

/** The quickest SHA-256 at hand: a small WebAssembly module, or Node's crypto where WebAssembly is off. */
export async function quickHash(): Promise<Hash> {
  if (typeof WebAssembly === 'object') return fromModule();
  const { createHash } = await import('node:crypto');
  return (text) => createHash('sha256').update(text).digest('hex');
}
