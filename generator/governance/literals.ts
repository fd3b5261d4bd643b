/** A text found in source code, and where it ends. */
export interface FoundText {
  readonly value: string;
  readonly end: number;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' };

/** Constants of a file that are one text each. */
export function constantsOf(source: string): ReadonlyMap<string, string> {
  const constants = new Map<string, string>();
  for (const match of source.matchAll(/\bconst (\w+)(?:: string)? =/g)) {
    const found = readText(source, match.index + match[0].length, constants);
    if (found !== undefined) constants.set(match[1] ?? '', found.value);
  }
  return constants;
}

const blanks = /(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*/y;

/** Where the next word of source code begins: past blanks and comments. */
export function skipBlanks(source: string, at: number): number {
  blanks.lastIndex = at;
  // No array of what it found: this is asked tens of thousands of times.
  return blanks.test(source) ? blanks.lastIndex : at;
}

/** Reads a text as TypeScript writes it: literals, constants that are known, and sums of these. */
export function readText(
  source: string,
  at: number,
  constants: ReadonlyMap<string, string>,
): FoundText | undefined {
  let value = '';
  let end = at;
  for (;;) {
    const found = readTerm(source, skipBlanks(source, end), constants);
    if (found === undefined) return undefined;
    value += found.value;
    end = found.end;
    const next = skipBlanks(source, end);
    if (source[next] !== '+') return { value, end };
    end = next + 1;
  }
}

const word = /\w+/y;

function readTerm(
  source: string,
  at: number,
  constants: ReadonlyMap<string, string>,
): FoundText | undefined {
  const raw = source.startsWith('String.raw`', at) ? 'String.raw'.length : 0;
  const quote = source[at + raw] ?? '';
  if (quote === "'" || quote === '"' || quote === '`')
    return readLiteral(source, at + raw, quote, raw > 0, constants);
  word.lastIndex = at;
  const name = word.exec(source)?.[0] ?? '';
  const value = constants.get(name);
  return value === undefined ? undefined : { value, end: at + name.length };
}

/** What of a literal stands for itself, by the character that ends it. */
const plain: Readonly<Record<string, RegExp>> = {
  "'": /[^'\\]*/y,
  '"': /[^"\\]*/y,
  '`': /[^`\\$]*/y,
};

function readLiteral(
  source: string,
  at: number,
  quote: string,
  raw: boolean,
  constants: ReadonlyMap<string, string>,
): FoundText | undefined {
  const untilSpecial = plain[quote];
  if (untilSpecial === undefined) return undefined;
  // Nearly all of them.
  const close = source.indexOf(quote, at + 1);
  const whole = source.slice(at + 1, close);
  if (close !== -1 && !whole.includes('\\') && !whole.includes('${'))
    return { value: whole, end: close + 1 };
  let value = '';
  for (let index = at + 1; index < source.length; index += 1) {
    untilSpecial.lastIndex = index;
    const [text = ''] = untilSpecial.exec(source) ?? [];
    value += text;
    index += text.length;
    const character = source[index];
    if (character === quote) return { value, end: index + 1 };
    if (character === '\\' && !raw) {
      index += 1;
      const escaped = source[index] ?? '';
      if (escaped === 'u' || escaped === 'x') {
        const digits = escaped === 'u' ? 4 : 2;
        value += String.fromCharCode(parseInt(source.slice(index + 1, index + 1 + digits), 16));
        index += digits;
      } else if (escaped !== '\n') value += escapes[escaped] ?? escaped;
    } else if (source.startsWith('${', index)) {
      const close = source.indexOf('}', index);
      const inserted = constants.get(source.slice(index + 2, close));
      if (inserted === undefined) return undefined;
      value += inserted;
      index = close;
    } else value += character ?? '';
  }
  return undefined;
}
