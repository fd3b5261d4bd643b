import { join } from 'node:path';
import {
  definitionOf,
  optionKeys,
  resolveOptions,
  type Options,
  type Value,
} from '../../generator/options.ts';
import { root } from '../../scripts/host-node.ts';
import { pairwise } from '../combinations/covering.ts';

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

/** Values of an option; of free text all samples, or only enough to tell given from left out. */
function valuesOf(key: (typeof optionKeys)[number], allSamples: boolean): readonly Value[] {
  const definition = definitionOf(key);
  if (!definition.shapesFiles) return [false];
  if (definition.kind === 'switch') return [true, false];
  if (definition.kind === 'choice') return definition.choices;
  if (definition.kind === 'several') return subsetsOf(definition.choices);
  const values = samples[key];
  if (values === undefined) throw new Error(`Give sample values for the option ${key} here`);
  const [first = '', second = ''] = values;
  if (allSamples) return values;
  return first === '' ? [first, second] : [second];
}

const product = (allSamples: boolean) =>
  optionKeys.reduce<Record<string, Value>[]>(
    (partial, key) =>
      partial.flatMap((chosen) =>
        valuesOf(key, allSamples).map((value) => ({ ...chosen, [key]: value })),
      ),
    [{}],
  );

/**
 * Every combination of what is chosen, and free text given or left out. What a text says changes
 * lines and no choice, so its samples need to meet each value of the other options only once.
 */
export const combinations: readonly Options[] = [...product(false), ...pairwise(product(true))].map(
  (chosen) => resolveOptions(chosen),
);
