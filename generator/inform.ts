import type { TypedArguments } from './arguments.ts';
import { exitCodes } from './failure.ts';
import { helpText } from './help.ts';
import { commandName, type Host } from './host.ts';
import { optionsSchema } from './schema.ts';
import { generatorVersion } from './versions.ts';

/** Answers what needs no project. Returns the exit code. */
export function inform({ switches }: TypedArguments, host: Host): number {
  const { emit } = host;
  if (switches.has('help')) emit(1, helpText(commandName(host)));
  else if (switches.has('version')) emit(1, `${generatorVersion}\n`);
  else emit(1, `${JSON.stringify(optionsSchema(), null, 2)}\n`);
  return exitCodes.done;
}
