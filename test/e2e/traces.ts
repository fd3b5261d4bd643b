import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

function unlessGone<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined; // ended meanwhile, or somebody else's
  }
}

/**
 * Command lines of processes that carry a mark in their environment, or work below a directory: all
 * descendants of a marked process, wherever they have moved since. Linux only.
 */
export function processesMarked(mark: string, directory: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((id) => {
      const file = (name: string) =>
        unlessGone(() => readFileSync(join('/proc', id, name), 'utf8')) ?? '';
      const place = unlessGone(() => readlinkSync(join('/proc', id, 'cwd'))) ?? '';
      const isMarked = file('environ').includes(mark) || place.startsWith(directory);
      return isMarked ? [file('cmdline').replaceAll('\0', ' ').trim()] : [];
    });
}
