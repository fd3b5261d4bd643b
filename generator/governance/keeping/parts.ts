import { crc32, hex } from '../../crc32.ts';

/** A generated part of a document: from behind its first line to its checksum. */
export interface Part {
  readonly name: string;
  /** Where in the text its content begins and ends. */
  readonly start: number;
  readonly end: number;
  readonly content: string;
  /** The checksum that was written with it, or `kept`: a person has taken it over. */
  readonly seal: string;
  /** Where the checksum stands. */
  readonly sealStart: number;
  readonly sealEnd: number;
}

/** The name of a part that is all of a file. */
export const wholePart = 'all of it';

/** What a person writes, and `--accept yours` does, in place of a checksum. */
export const keptWord = 'kept';

const kinds = [
  /^(?:<!-- |# )generated: ([\w -]+);[^\n]*\n([^]*?^(?:<!-- |# )end of: \1, )([\w-]*)/gm,
  // JSON knows no comments: all of the file is the part.
  /^()(\{\n {2}"controls": [^]*?^ {2}"seal": ")([\w-]*)"/gm,
];

/** The generated parts of a text with line feeds. */
export function partsOf(text: string): readonly Part[] {
  return kinds.flatMap((kind) =>
    [...text.matchAll(kind)].map((match) => {
      const [whole, name = '', content = '', seal = ''] = match;
      const start = match.index + whole.indexOf(content);
      const sealStart = start + content.length;
      return {
        name: name === '' ? wholePart : name,
        start,
        end: sealStart,
        content,
        seal,
        sealStart,
        sealEnd: sealStart + seal.length,
      };
    }),
  );
}

/** Whether nobody has touched a part since it was generated. */
export function isPristine({ content, seal }: Part): boolean {
  return seal === checksum(content);
}

/** What stands behind a generated part. */
export function checksum(content: string): string {
  return hex(crc32(new TextEncoder().encode(content)));
}
