import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onOneLine } from '../failure.ts';
import { childEnvironment, runProgram, type Ended } from './run.ts';

/** What became of the repository. */
export type GitOutcome =
  | { readonly status: 'committed' }
  | { readonly status: 'initialised' | 'skipped' | 'failed'; readonly reason: string };

/** Whether a repository is here or above, be it one that git refuses to read, or Mercurial's. */
function isInRepository(directory: string): boolean {
  const parent = dirname(directory);
  return (
    ['.git', '.hg'].some((name) => existsSync(join(directory, name))) ||
    (parent !== directory && isInRepository(parent))
  );
}

/**
 * Makes the project a git repository with one commit. Touches nothing when the directory belongs to a
 * repository already: what is committed there is its owner's business.
 */
export async function createRepository(
  directory: string,
  message: string,
  signal: AbortSignal,
): Promise<GitOutcome> {
  const environment = childEnvironment(process.env);
  const git = (...words: string[]): Promise<Ended> =>
    runProgram({ program: 'git', arguments: words }, { directory, environment, signal });

  const inside = await git('rev-parse', '--is-inside-work-tree');
  if (inside.notFound) return { status: 'skipped', reason: 'git is not installed' };
  if (inside.code === 0 || isInRepository(directory))
    return {
      status: 'skipped',
      reason: 'the directory is inside a repository already; nothing was committed',
    };

  // Not `git init -b`: that needs git 2.28.
  for (const words of [
    ['init', '--quiet'],
    ['symbolic-ref', 'HEAD', 'refs/heads/main'],
    // What refuses a commit that holds a secret.
    ['config', 'core.hooksPath', '.githooks'],
    ['add', '--all'],
  ]) {
    const step = await git(...words);
    if (step.code !== 0)
      return {
        status: 'failed',
        reason: `"git ${words.join(' ')}" failed: ${onOneLine(step.output)}`,
      };
  }

  // Without useConfigOnly git would make up an address from the host's name.
  for (const identity of ['GIT_AUTHOR_IDENT', 'GIT_COMMITTER_IDENT']) {
    const known = await git('-c', 'user.useConfigOnly=true', 'var', identity);
    if (known.code !== 0)
      return {
        status: 'initialised',
        reason: 'git knows no user.name and user.email, so nothing was committed',
      };
  }
  // Without the hook, which may lack its dependencies: everything here was just made.
  const commit = await git('commit', '--quiet', '--no-verify', '--message', message);
  if (commit.code === 0) return { status: 'committed' };
  return { status: 'failed', reason: `"git commit" failed: ${onOneLine(commit.output)}` };
}
