import { createHash, randomBytes } from 'node:crypto';
import type { TypedArguments } from '../arguments.ts';
import { decide } from '../deciding.ts';
import { exitCodes, Failure } from '../failure.ts';
import type { Host } from '../host.ts';
import { nodeMinimum } from '../versions.ts';
import { planFiles } from '../plan.ts';
import { renderFiles } from '../render.ts';
import { report, type Result } from '../report.ts';
import { inspectTarget } from '../target.ts';
import { emit, styled } from '../terminal.ts';
import { writeProject } from '../write.ts';
import type { GitOutcome } from '../steps/git.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Creates a project. Returns the exit code; throws {@link Failure} when there is no project. */
export async function create(typed: TypedArguments, host: Host): Promise<number> {
  const decision = await decide(typed, host);
  const { options, directory } = decision;
  const files = planFiles(host.catalog, options);
  const target = inspectTarget(
    directory,
    files.map((file) => file.path),
  );
  // Only now: a refusal stays one line.
  warnOfOldNode(host);
  const base: Result = { ...decision, files, milliseconds: 0 };
  if (typed.switches.has('dry-run')) {
    report({ ...base, dryRun: true }, typed, host);
    return exitCodes.done;
  }

  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  // From here on an interrupt is answered between two steps, so that no step is left half done.
  for (const signal of signals) process.on(signal, interrupt);
  try {
    const began = process.hrtime();
    writeProject(target, renderFiles(files, options, { randomBytes, sha256 }));
    const [seconds, nanoseconds] = process.hrtime(began);
    const milliseconds = seconds * 1000 + nanoseconds / 1e6;
    if ((host.environment.STACKBILDER_TIMING ?? '') !== '')
      emit(2, `rendered and written in ${milliseconds.toFixed(2)} ms\n`);
    const result = await furnish({ ...base, milliseconds }, interruption.signal);
    report(result, typed, host);
    return result.error?.exitCode ?? exitCodes.done;
  } finally {
    for (const signal of signals) process.removeListener(signal, interrupt);
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function warnOfOldNode({ nodeVersion }: Host): void {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  const [neededMajor = 0, neededMinor = 0] = nodeMinimum.split('.').map(Number);
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return;
  emit(
    2,
    `${styled(2, 'yellow', 'Warning:')} this is Node ${nodeVersion}; the app's own tools need ${nodeMinimum} or newer. Creating works, running the app will not until Node is updated.\n`,
  );
}

/** Runs the steps that follow writing. The project is complete from the start, so they cannot undo it. */
async function furnish(result: Result, signal: AbortSignal): Promise<Result> {
  const { options, directory } = result;
  if (!options.install && !options.git) return result;
  const { showProgress } = await import('../progress.ts');
  let furnished = result;
  if (options.install) {
    const { install } = await import('../steps/install.ts');
    const end = showProgress(`Installing dependencies with ${options.packageManager}`);
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
    const { createRepository } = await import('../steps/git.ts');
    const end = showProgress('Creating a git repository');
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
