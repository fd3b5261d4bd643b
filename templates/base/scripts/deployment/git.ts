import { spawnSync } from 'node:child_process';

/** The commit that is checked out. @throws {Error} where there is none, or where the files differ from it */
export function committed(): string {
  const run = (...words: string[]) => spawnSync('git', words, { encoding: 'utf8' });
  const head = run('rev-parse', '--short', 'HEAD');
  if (head.status !== 0)
    throw new Error('There is no commit to name the deployment by: commit what you deploy first.');
  // Also what git is configured not to show on this machine.
  const { status, stdout } = run('status', '--porcelain', '--untracked-files=all');
  if (status !== 0 || stdout.trim() !== '')
    throw new Error(`Commit what you deploy first; these files differ:\n${stdout}`);
  return head.stdout.trim();
}

/** What git prints. @throws {Error} with what git says when it fails */
export function git(...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('git', words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`"git ${words.join(' ')}" failed: ${stderr}`);
  return stdout.trim();
}
