import {
  definitionOf,
  optionKeys,
  resolveOptions,
  type Options,
  type Value,
} from '../../generator/options.ts';
import { combinations } from '../generator/templates.ts';
import { pairwise } from './covering.ts';

/** One set of options, and why it was chosen. */
export interface Selected {
  readonly because: string;
  readonly options: Options;
}

const shaping = optionKeys.filter((key) => definitionOf(key).shapesFiles);

/** Values of an option that occur in any combination. */
const valuesOf = (key: (typeof shaping)[number]) => [
  ...new Map(combinations.map((options) => [String(options[key]), options[key]])).values(),
];

const standard = resolveOptions({ name: 'my-app', install: false, git: false });

/** The default with everything that can be left out given, or left out. */
function everything(on: boolean): Options {
  const changed = shaping.flatMap((key): (readonly [string, Value])[] => {
    const values = valuesOf(key);
    const definition = definitionOf(key);
    const { kind } = definition;
    if (kind === 'switch') return [[key, on]];
    if (kind === 'several') return [[key, on ? definition.choices : []]];
    // A text that may be empty is a choice to leave something out.
    if (kind === 'text' && values.includes(''))
      return [[key, on ? (values.find((value) => value !== '') ?? '') : '']];
    return [];
  });
  return resolveOptions({ ...standard, ...Object.fromEntries(changed) });
}

/** Each single option changed from the default, to each other value it has. */
function flipped(): Selected[] {
  return shaping.flatMap((key) =>
    valuesOf(key)
      .filter((value) => String(value) !== String(standard[key]))
      .map((value) => ({
        because: `${key} is ${JSON.stringify(value)}`,
        options: resolveOptions({ ...standard, [key]: value }),
      })),
  );
}

/** The default, the largest application and the smallest. */
export function extremes(): readonly Selected[] {
  return [
    { because: 'the default', options: standard },
    { because: 'everything is on', options: everything(true) },
    { because: 'everything is off', options: everything(false) },
  ];
}

/** The combinations that stand for all where checking all would take too long. */
export function representatives(): readonly Selected[] {
  const pairs = pairwise(combinations.map((options) => ({ ...options })));
  return [
    ...extremes(),
    ...flipped(),
    ...pairs.map((options, index) => ({
      because: `pairs of values, ${index + 1} of ${pairs.length}`,
      options: resolveOptions(options),
    })),
  ];
}

/** All combinations there are. */
export function matrix(): readonly Selected[] {
  return combinations.map((options) => ({ because: JSON.stringify(options), options }));
}
