import type { TypedArguments } from './arguments.ts';
import { readConfig } from './config-file.ts';
import { Failure, wrongUsage } from './failure.ts';
import { commandName, isAutomated, startedBy, type Host } from './host.ts';
import { requirements } from './help.ts';
import {
  definitionOf,
  describeProblem,
  optionKeys,
  OptionsError,
  resolveOptions,
  type OptionKey,
  type Options,
  type Surroundings,
} from './options.ts';
import { generatorVersion } from './versions.ts';
import { shellWord } from './shell-words.ts';
import { directoryName, resolveDirectory } from './target.ts';
import { emit, isTerminal } from './terminal.ts';

/** What to create, and where. */
export interface Decision {
  readonly options: Options;
  /** Absolute path. */
  readonly directory: string;
  /** As it was typed, or the name. */
  readonly typedDirectory: string;
}

type Given = Record<string, unknown>;

/** Settles every option: from flags, then the config file, then answers, then defaults. */
export async function decide(typed: TypedArguments, host: Host): Promise<Decision> {
  const given: Given = {
    ...(typed.config === undefined
      ? {}
      : Object.fromEntries(readConfig(typed.config, host.currentDirectory))),
    ...Object.fromEntries(typed.options),
  };
  const [positional] = typed.positionals;
  const directory =
    positional === undefined ? undefined : resolveDirectory(positional, host.currentDirectory);
  const surroundings: Surroundings = {
    directoryName: directory === undefined ? undefined : directoryName(directory),
    packageManager: startedBy(host),
  };
  if (mayAsk(typed, host)) await askForMissing(given, surroundings);
  else if (positional === undefined && given.name === undefined)
    throw wrongUsage(
      'missing_directory',
      `The directory is missing. Give it, or --name: ${commandName(host, generatorVersion)} my-app --yes`,
    );
  const options = settle(given, surroundings, typed, host);
  const typedDirectory = positional ?? options.name;
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

/** Asks for every option that was not given. A valid directory name is the name, so that is not asked. */
async function askForMissing(given: Given, surroundings: Surroundings): Promise<void> {
  const named = surroundings.directoryName;
  if (given.name === undefined && named !== undefined)
    if (!('problem' in definitionOf('name').check(named))) given.name = named;
  const missing = optionKeys.filter((key) => given[key] === undefined);
  if (missing.length === 0) return;
  emit(2, `${requirements}\n`);
  const prompts = await import('./prompts.ts');
  prompts.greet('create-stackbilder-app');
  for (const key of missing) {
    const answer = await prompts.ask({
      definition: definitionOf(key),
      initial: offered(key, given, surroundings),
    });
    if (answer === undefined)
      throw new Failure('cancelled', 'Cancelled. Nothing was written.', 130);
    given[key] = answer;
  }
}

/** The default of an option, as far as it is known and valid; for the name a valid one close to it. */
function offered(
  key: OptionKey,
  given: Given,
  surroundings: Surroundings,
): string | boolean | undefined {
  const definition = definitionOf(key);
  const name = typeof given.name === 'string' ? { name: given.name } : {};
  const fallback = definition.fallback(name, surroundings);
  if (key !== 'name') return fallback;
  const checked = definition.check(fallback ?? '');
  return 'value' in checked ? checked.value : (checked.suggestion ?? 'my-app');
}
