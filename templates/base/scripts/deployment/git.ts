import { spawnSync } from 'node:child_process';

/** What git prints. @throws {Error} with what git says when it fails */
export function git(...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('git', words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`"git ${words.join(' ')}" failed: ${stderr}`);
  return stdout.trim();
}
