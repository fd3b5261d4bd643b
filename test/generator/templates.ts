import { join } from 'node:path';
import {
  definitionOf,
  optionKeys,
  resolveOptions,
  type Options,
  type Value,
} from '../../generator/options.ts';
import { root } from '../../scripts/host-node.ts';

/** Where the templates of the application are. */
export const templatesRoot = join(root, 'templates');

// Values of free text at their extremes: shortest, longest, and with every character that is allowed.
const samples: Readonly<Record<string, readonly string[]>> = {
  name: ['a', 'my-app', `a-${'long-'.repeat(7)}end`],
  title: ['A', "O'Neil & Söhne (EU): 1+1 - go, go!.", 'W'.repeat(60)],
  domain: ['', 'app.example.com', `${'long-label.'.repeat(20)}example.com`],
};

/** Every subset of some choices. */
const subsetsOf = (choices: readonly string[]) =>
  choices.reduce<string[][]>(
    (subsets, choice) => subsets.flatMap((subset) => [subset, [...subset, choice]]),
    [[]],
  );

function valuesOf(key: (typeof optionKeys)[number]): readonly Value[] {
  const definition = definitionOf(key);
  if (!definition.shapesFiles) return [false];
  if (definition.kind === 'switch') return [true, false];
  if (definition.kind === 'choice') return definition.choices;
  if (definition.kind === 'several') return subsetsOf(definition.choices);
  const values = samples[key];
  if (values === undefined) throw new Error(`Give sample values for the option ${key} here`);
  return values;
}

/** Every combination of option values; for free text, of its samples. */
export const combinations: readonly Options[] = optionKeys
  .reduce<Record<string, Value>[]>(
    (partial, key) =>
      partial.flatMap((chosen) => valuesOf(key).map((value) => ({ ...chosen, [key]: value }))),
    [{}],
  )
  .map((chosen) => resolveOptions(chosen));
