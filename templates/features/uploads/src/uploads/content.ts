/** A kind of file that may be uploaded. */
export interface Format {
  readonly contentType: string;
  /** What its name ends with here, whatever it was called. */
  readonly extension: string;
  /** Whether these bytes are such a file, from its beginning to its end. */
  readonly isWhole: (bytes: Uint8Array) => boolean;
}

/** Whether bytes stand at a place, written as a text of their codes. */
function stands(bytes: Uint8Array, at: number, text: string): boolean {
  const codes = Array.from(text, (char) => char.charCodeAt(0));
  return at >= 0 && codes.every((code, index) => bytes[at + index] === code);
}

/**
 * The kinds that are taken: pictures without script, and documents. SVG and HTML are programs to a
 * browser. Whoever adds a kind decides what its bytes begin and end with; what a client says about
 * a file is never asked.
 */
const formats: readonly Format[] = [
  {
    contentType: 'image/png',
    extension: 'png',
    isWhole: (bytes) =>
      stands(bytes, 0, '\x89PNG\r\n\x1a\n\0\0\0\rIHDR') &&
      stands(bytes, bytes.length - 12, '\0\0\0\0IEND\xaeB`\x82'),
  },
  {
    contentType: 'image/jpeg',
    extension: 'jpg',
    // Some phones put more behind the end, which viewers ignore.
    isWhole: (bytes) => stands(bytes, 0, '\xff\xd8\xff') && hasJpegEnd(bytes),
  },
  {
    contentType: 'image/webp',
    extension: 'webp',
    isWhole: (bytes) =>
      stands(bytes, 0, 'RIFF') &&
      stands(bytes, 8, 'WEBPVP8') &&
      new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true) + 8 === bytes.length,
  },
  {
    contentType: 'application/pdf',
    extension: 'pdf',
    isWhole: (bytes) =>
      /^%PDF-[12]\.\d/.test(asText(bytes.subarray(0, 8))) &&
      asText(bytes.subarray(-1_024)).includes('%%EOF'),
  },
];

/** What a file is, by its bytes; null for whatever is not on the list, or not whole. */
export function formatOf(bytes: Uint8Array): Format | null {
  return formats.find(({ isWhole }) => isWhole(bytes)) ?? null;
}

/**
 * Whether the picture itself begins and ends: what stands before it has a length, and is passed over, since
 * a thumbnail in there has an end of its own (ITU-T T.81, B.1.1).
 */
function hasJpegEnd(bytes: Uint8Array): boolean {
  let start = 2;
  while (bytes[start] === 0xff && bytes[start + 1] !== 0xda) {
    const length = (bytes[start + 2] ?? 0) * 256 + (bytes[start + 3] ?? 0);
    start += bytes[start + 1] === 0xff ? 1 : 2 + length;
  }
  let end = bytes.lastIndexOf(0xd9);
  while (end > start && bytes[end - 1] !== 0xff) end = bytes.lastIndexOf(0xd9, end - 1);
  return bytes[start] === 0xff && end > start;
}

function asText(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}
