/**
 * A word as one can type it into a shell. For showing only: no command is ever run through a shell.
 *
 * @param platform as `process.platform` has it
 */
export function shellWord(word: string, platform: string): string {
  if (/^[A-Za-z0-9_./:@%+=,-]+$/.test(word)) return word;
  if (platform === 'win32') return `"${word.replaceAll('"', '\\"')}"`;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
