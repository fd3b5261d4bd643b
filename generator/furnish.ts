import { exitCodes, Failure } from './failure.ts';
import type { Host } from './host.ts';
import { showProgress } from './progress.ts';
import type { Result } from './report.ts';
import { createRepository, type GitOutcome } from './steps/git.ts';
import { install } from './steps/install.ts';

/** Runs the steps that follow writing. The project is complete from the start, so they cannot undo it. */
export async function furnish(
  result: Result,
  signal: AbortSignal,
  { emit }: Host,
): Promise<Result> {
  const { options, directory } = result;
  let furnished = result;
  if (options.install) {
    const end = showProgress(`Installing dependencies with ${options.packageManager}`, emit);
    const { code, notFound, output } = await install(options.packageManager, directory, signal);
    if (signal.aborted) return interrupted(furnished, end);
    if (code !== 0) {
      end('failed');
      const why = notFound
        ? `${options.packageManager} is not installed`
        : `"${options.packageManager} install" failed`;
      emit(2, lastLines(output));
      const message = `${why}. The project in ${directory} is complete; install its dependencies there.`;
      const error = new Failure('install_failed', message, exitCodes.failed);
      furnished = { ...furnished, install: 'failed', error };
    } else {
      end('done');
      furnished = { ...furnished, install: 'done' };
    }
  }
  if (options.git) {
    const end = showProgress('Creating a git repository', emit);
    const git = await createRepository(directory, `Create ${options.name}`, signal);
    if (signal.aborted) return interrupted(furnished, end);
    end(git.status === 'committed' ? 'done' : `${git.status}: ${git.reason}`);
    furnished = withGit(furnished, git, directory);
  }
  return furnished;
}

function withGit(result: Result, git: GitOutcome, directory: string): Result {
  if (git.status !== 'failed' || result.error !== undefined) return { ...result, git };
  const message = `${git.reason}. The project in ${directory} is complete.`;
  return { ...result, git, error: new Failure('git_failed', message, exitCodes.failed) };
}

function interrupted(result: Result, end: (outcome: string) => void): Result {
  end('interrupted');
  const message = `Cancelled. The project in ${result.directory} is complete, but not every step after that was done.`;
  return { ...result, error: new Failure('cancelled', message, exitCodes.cancelled) };
}

const shownLines = 20;

function lastLines(output: string): string {
  const lines = output.trimEnd().split('\n').slice(-shownLines);
  return lines.map((line) => `  ${line}\n`).join('');
}
