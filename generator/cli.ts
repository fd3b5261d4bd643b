import { readArguments, type TypedArguments } from './arguments.ts';
import { create } from './commands/create.ts';
import { exitCodes, Failure, wrongUsage } from './failure.ts';
import { helpText } from './help.ts';
import { commandName, type Host } from './host.ts';
import { optionsSchema } from './schema.ts';
import { emit, styled } from './terminal.ts';
import { generatorVersion } from './versions.ts';

// Words that will be commands; as directories they are written with a path (`./governance`).
const reserved = ['governance'];

/** Runs one command line and returns its exit code. Never throws. */
export async function run(argv: readonly string[], host: Host): Promise<number> {
  try {
    const typed = readArguments(argv);
    return inform(typed, host) ?? (await create(checkPositionals(typed), host));
  } catch (error) {
    return fail(error, argv.includes('--json'), host);
  }
}

/** Answers what needs no project. */
function inform({ switches }: TypedArguments, host: Host): number | undefined {
  if (switches.has('help')) emit(1, helpText(commandName(host)));
  else if (switches.has('version')) emit(1, `${generatorVersion}\n`);
  else if (switches.has('schema')) emit(1, `${JSON.stringify(optionsSchema(), null, 2)}\n`);
  else return undefined;
  return exitCodes.done;
}

function checkPositionals(typed: TypedArguments): TypedArguments {
  const [first = '', second] = typed.positionals;
  if (reserved.includes(first))
    throw wrongUsage(
      'unexpected_argument',
      `There is no command "${first}" in version ${generatorVersion}. For a directory of that name write "./${first}".`,
    );
  if (second !== undefined)
    throw wrongUsage(
      'unexpected_argument',
      `One directory is expected, but there are ${typed.positionals.length}: ${typed.positionals.map((word) => JSON.stringify(word)).join(' ')}. There are no commands; quote a directory that contains spaces.`,
    );
  return typed;
}

function fail(error: unknown, json: boolean, { environment }: Host): number {
  const failure =
    error instanceof Failure
      ? error
      : new Failure(
          'internal',
          `Something unexpected went wrong: ${error instanceof Error ? error.message : String(error)}. Set DEBUG=1 for details, and please report it.`,
          exitCodes.failed,
          error,
        );
  const { code, message, exitCode } = failure;
  if (json) emit(1, `${JSON.stringify({ error: { code, message } })}\n`);
  emit(2, `${code === 'cancelled' ? '' : `${styled(2, 'red', 'Error:')} `}${message}\n`);
  if ((environment.DEBUG ?? '') !== '') {
    emit(2, `${failure.stack ?? ''}\n`);
    if (failure.cause instanceof Error) emit(2, `${failure.cause.stack ?? ''}\n`);
  }
  return exitCode;
}
