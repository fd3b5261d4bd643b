import { crc32 } from 'node:zlib';

/** A generated part of a document: the checksum written with it, and the one it has. */
export interface SealedPart {
  readonly name: string;
  /** With line feeds, and with the beginning of the line that closes it. */
  readonly content: string;
  /** `kept` where a person has taken the part over, with "governance --accept yours". */
  readonly seal: string;
  readonly checksum: string;
}

const kinds = [
  /^(?:<!-- |# )generated: ([\w -]+);[^\n]*\n([^]*?^(?:<!-- |# )end of: \1, )([\w-]*)/gm,
  // JSON knows no comments: all of the file is the part.
  /^()(\{\n {2}"controls": [^]*?^ {2}"seal": ")([\w-]*)"/gm,
];

/** The generated parts of a document, whatever its line ends. */
export function sealedParts(text: string): readonly SealedPart[] {
  const lines = text.replaceAll('\r\n', '\n');
  return kinds.flatMap((kind) =>
    [...lines.matchAll(kind)].map(([, name = '', content = '', seal = '']) => ({
      name: name === '' ? 'all of it' : name,
      content,
      seal,
      checksum: crc32(content).toString(16).padStart(8, '0'),
    })),
  );
}
