import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { wholeWord } from './control-id.ts';

/**
 * The test files of a tree in which a control's id is written. The source is searched because a
 * filter by test name would import every file only to skip its tests.
 */
export function testFilesOf(control: string, directory: string): string[] {
  const tests = join(directory, 'test');
  return readdirSync(tests, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => join(tests, path).replaceAll('\\', '/'))
    .filter((file) => wholeWord(control).test(readFileSync(file, 'utf8')))
    .toSorted();
}
