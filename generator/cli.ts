import { readArguments, type TypedArguments } from './arguments.ts';
import { create } from './commands/create.ts';
import { wrongUsage } from './failure.ts';
import type { Host } from './host.ts';
import { definitionOf } from './options.ts';

/** Runs one command line and returns its exit code. Never throws. */
export async function run(argv: readonly string[], host: Host): Promise<number> {
  try {
    const typed = readArguments(argv);
    const { switches } = typed;
    if (switches.has('help') || switches.has('version') || switches.has('schema')) {
      const { inform } = await import('./inform.ts');
      return inform(typed, host);
    }
    // As a directory the word is written with a path: `./governance`.
    if (typed.positionals[0] === 'governance') {
      const { governance } = await import('./commands/governance.ts');
      return governance(checkFlags(typed, 'governance'), host);
    }
    return await create(checkPositionals(checkFlags(typed, 'create')), host);
  } catch (error) {
    const { fail } = await import('./failing.ts');
    return fail(error, argv.includes('--json'), host);
  }
}

function checkPositionals(typed: TypedArguments): TypedArguments {
  const [, second] = typed.positionals;
  if (second !== undefined)
    throw wrongUsage(
      'unexpected_argument',
      `One directory is expected, but there are ${typed.positionals.length}: ${typed.positionals.map((word) => JSON.stringify(word)).join(' ')}. The command is "governance"; quote a directory that contains spaces.`,
    );
  return typed;
}

/** Refuses flags that say something to the other command only. */
function checkFlags(typed: TypedArguments, command: 'create' | 'governance'): TypedArguments {
  const { switches, options, accept, config } = typed;
  const [option] = options.keys();
  const strange =
    command === 'create'
      ? [...(switches.has('check') ? ['check'] : []), ...(accept === undefined ? [] : ['accept'])]
      : [
          ...(option === undefined ? [] : [definitionOf(option).flag]),
          ...(config === undefined ? [] : ['config']),
        ];
  if (strange[0] === undefined) return typed;
  const instead =
    command === 'create' ? 'it belongs to "governance"' : 'the options stand in .stackbilder.json';
  throw wrongUsage('invalid_option', `--${strange[0]} says nothing here: ${instead}.`);
}
