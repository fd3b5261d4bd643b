import type { TypedArguments } from '../arguments.ts';
import { decide } from '../deciding.ts';
import { exitCodes } from '../failure.ts';
import type { Host } from '../host.ts';
import { nodeMinimum } from '../versions.ts';
import { planFiles } from '../plan.ts';
import { randomSource } from '../randomness.ts';
import { renderFiles } from '../render.ts';
import { report, type Result } from '../report.ts';
import { inspectTarget } from '../target.ts';
import { styled } from '../terminal.ts';
import { writeProject } from '../write.ts';

/** Creates a project. Returns the exit code; throws {@link Failure} when there is no project. */
export async function create(typed: TypedArguments, host: Host): Promise<number> {
  const decision = await decide(typed, host);
  const { options, directory } = decision;
  const files = planFiles(host.catalog, options);
  const target = inspectTarget(directory, files);
  // Only now: a refusal stays one line.
  warnOfOldNode(host);
  const base: Result = { ...decision, files, milliseconds: 0 };
  if (typed.switches.has('dry-run')) {
    report({ ...base, dryRun: true }, typed, host);
    return exitCodes.done;
  }

  const interruption = catchInterrupts();
  const began = process.hrtime();
  const randomBytes = await randomSource();
  writeProject(target, renderFiles(files, options, { randomBytes }));
  const [seconds, nanoseconds] = process.hrtime(began);
  const milliseconds = seconds * 1000 + nanoseconds / 1e6;
  if ((host.environment.STACKBILDER_TIMING ?? '') !== '')
    host.emit(2, `rendered and written in ${milliseconds.toFixed(2)} ms\n`);
  const written = { ...base, milliseconds };
  if (!options.install && !options.git) {
    report(written, typed, host);
    return exitCodes.done;
  }
  const { furnish } = await import('../furnish.ts');
  const result = await furnish(written, interruption(), host);
  report(result, typed, host);
  return result.error?.exitCode ?? exitCodes.done;
}

/**
 * From now on an interrupt leaves the writing whole, and ends the step after it that is under way. Returns a function
 * that gives the signal to watch, made only then because loading Node's class for it takes a third of a millisecond.
 */
function catchInterrupts(): () => AbortSignal {
  let controller: AbortController | undefined;
  const interrupt = () => controller?.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, interrupt);
  return () => {
    controller = new AbortController();
    return controller.signal;
  };
}

function warnOfOldNode({ nodeVersion, emit }: Host): void {
  const [major = '', minor = ''] = nodeVersion.split('.');
  const [neededMajor = '', neededMinor = ''] = nodeMinimum.split('.');
  if (+major > +neededMajor || (major === neededMajor && +minor >= +neededMinor)) return;
  emit(
    2,
    `${styled(2, 'yellow', 'Warning:')} this is Node ${nodeVersion}; the app's own tools need ${nodeMinimum} or newer. Creating works, running the app will not until Node is updated.\n`,
  );
}
