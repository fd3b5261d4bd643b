import type { Given } from './deciding.ts';
import { exitCodes, Failure } from './failure.ts';
import { requirements } from './help.ts';
import type { Host } from './host.ts';
import {
  definitionOf,
  optionKeys,
  type OptionKey,
  type Surroundings,
  type Value,
} from './options.ts';
import { ask, greet } from './prompts.ts';

/** Asks for every option that was not given. A valid directory name is the name, so that is not asked. */
export async function askForMissing(
  given: Given,
  surroundings: Surroundings,
  { emit }: Host,
): Promise<void> {
  const named = surroundings.directoryName;
  if (given.name === undefined && named !== undefined)
    if (!('problem' in definitionOf('name').check(named))) given.name = named;
  const missing = optionKeys.filter((key) => given[key] === undefined);
  if (missing.length === 0) return;
  emit(2, `${requirements}\n`);
  greet('create-stackbilder-app');
  for (const key of missing) {
    const answer = await ask({
      definition: definitionOf(key),
      initial: offered(key, given, surroundings),
    });
    if (answer === undefined)
      throw new Failure('cancelled', 'Cancelled. Nothing was written.', exitCodes.cancelled);
    given[key] = answer;
  }
}

/** The default of an option, as far as it is known and valid; for the name a valid one close to it. */
function offered(key: OptionKey, given: Given, surroundings: Surroundings): Value | undefined {
  const definition = definitionOf(key);
  const name = typeof given.name === 'string' ? { name: given.name } : {};
  const fallback = definition.fallback(name, surroundings);
  if (key !== 'name') return fallback;
  const checked = definition.check(fallback ?? '');
  return 'value' in checked ? checked.value : (checked.suggestion ?? 'my-app');
}
