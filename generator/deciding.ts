import type { TypedArguments } from './arguments.ts';
import { wrongUsage } from './failure.ts';
import { commandName, isAutomated, startedBy, type Host } from './host.ts';
import {
  describeProblem,
  OptionsError,
  resolveOptions,
  type Options,
  type Surroundings,
} from './options.ts';
import { generatorVersion } from './versions.ts';
import { shellWord } from './shell-words.ts';
import { directoryName, inspectTarget, resolveDirectory } from './target.ts';
import { isTerminal } from './terminal.ts';

/** What to create, and where. */
export interface Decision {
  readonly options: Options;
  /** Absolute path. */
  readonly directory: string;
  /** As it was typed, or the name; written so that it is no flag and no command. */
  readonly typedDirectory: string;
}

/** Options that are settled so far. */
export type Given = Record<string, unknown>;

/** Settles every option: from flags, then the config file, then answers, then defaults. */
export async function decide(typed: TypedArguments, host: Host): Promise<Decision> {
  const given: Given = {};
  if (typed.config !== undefined) {
    const { readConfig } = await import('./config-file.ts');
    for (const [key, value] of readConfig(typed.config, host.currentDirectory)) given[key] = value;
  }
  for (const [key, value] of typed.options) given[key] = value;
  const [positional] = typed.positionals;
  const directory =
    positional === undefined ? undefined : resolveDirectory(positional, host.currentDirectory);
  const surroundings: Surroundings = {
    directoryName: directory === undefined ? undefined : directoryName(directory),
    packageManager: startedBy(host),
  };
  if (mayAsk(typed, host)) {
    // What cannot be used is said before somebody has answered questions.
    settle({ name: 'my-app', ...given }, surroundings, typed, host);
    if (directory !== undefined) inspectTarget(directory, []);
    const { askForMissing } = await import('./asking.ts');
    await askForMissing(given, surroundings, host);
  } else if (positional === undefined && given.name === undefined)
    throw wrongUsage(
      'missing_directory',
      `The directory is missing. Give it, or --name: ${commandName(host, generatorVersion)} my-app --yes`,
    );
  const options = settle(given, surroundings, typed, host);
  const place = positional ?? options.name;
  const typedDirectory = /^(?:-|governance$)/.test(place) ? `./${place}` : place;
  return {
    options,
    typedDirectory,
    directory: directory ?? resolveDirectory(typedDirectory, host.currentDirectory),
  };
}

function mayAsk({ switches }: TypedArguments, host: Host): boolean {
  if (switches.has('yes') || switches.has('json') || isAutomated(host)) return false;
  return isTerminal(0) && isTerminal(1);
}

function settle(
  given: Given,
  surroundings: Surroundings,
  typed: TypedArguments,
  host: Host,
): Options {
  try {
    return resolveOptions(given, surroundings);
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    const [first] = error.problems;
    if (first?.key !== 'name' || given.name !== undefined)
      throw wrongUsage('invalid_option', `${error.problems.map(describeProblem).join('; ')}.`);
    const suggestion = first.suggestion ?? 'my-app';
    const words = [...typed.positionals, '--name', suggestion, '--yes'];
    const command = words.map((word) => shellWord(word, host.platform)).join(' ');
    throw wrongUsage(
      'invalid_option',
      `${JSON.stringify(first.value)} cannot name a project: ${first.problem}. Try "${suggestion}", or keep the directory: ${commandName(host, generatorVersion)} ${command}`,
    );
  }
}
