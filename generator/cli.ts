import { readArguments, type TypedArguments } from './arguments.ts';
import { create } from './commands/create.ts';
import { wrongUsage } from './failure.ts';
import type { Host } from './host.ts';
import { generatorVersion } from './versions.ts';

// Words that will be commands; as directories they are written with a path (`./governance`).
const reserved = ['governance'];

/** Runs one command line and returns its exit code. Never throws. */
export async function run(argv: readonly string[], host: Host): Promise<number> {
  try {
    const typed = readArguments(argv);
    const { switches } = typed;
    if (switches.has('help') || switches.has('version') || switches.has('schema')) {
      const { inform } = await import('./inform.ts');
      return inform(typed, host);
    }
    return await create(checkPositionals(typed), host);
  } catch (error) {
    const { fail } = await import('./failing.ts');
    return fail(error, argv.includes('--json'), host);
  }
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
