/** Parses JSON; editors on Windows like to begin a file with a byte order mark. @throws {SyntaxError} */
export function parseJson(text: string): unknown {
  return JSON.parse(text.replace(/^\uFEFF/, ''));
}
