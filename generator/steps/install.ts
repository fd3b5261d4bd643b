import type { PackageManager } from '../options.ts';
import { childEnvironment, runProgram, type Command, type Ended } from './run.ts';

/**
 * How to start a package manager's install on this system.
 *
 * Windows has package managers as `.cmd` scripts, which only `cmd.exe` can start. Every word of that line is
 * a constant of ours: the directory is passed as the working directory, so nothing typed reaches a shell.
 */
export function installCommand(packageManager: PackageManager, platform: string): Command {
  if (platform !== 'win32') return { program: packageManager, arguments: ['install'] };
  return { program: 'cmd.exe', arguments: ['/d', '/s', '/c', packageManager, 'install'] };
}

/** Installs the dependencies of a project that has been written. */
export function install(
  packageManager: PackageManager,
  directory: string,
  signal: AbortSignal,
): Promise<Ended> {
  return runProgram(installCommand(packageManager, process.platform), {
    directory,
    environment: childEnvironment(process.env),
    signal,
  });
}
