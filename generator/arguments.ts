import { wrongUsage } from './failure.ts';
import { didYouMean } from './nearest.ts';
import { definitionOf, noneWord, optionKeys, type OptionKey, type Value } from './options.ts';

/** Flags that steer the run and are no options of the application. */
export const runFlags = {
  yes: { short: 'y', summary: 'Ask nothing; take defaults for what is not given' },
  'dry-run': { summary: 'List what would be written, and write nothing' },
  json: { summary: 'Print one JSON object on standard output; ask nothing' },
  config: { placeholder: '<file.json>', summary: 'Read options from a file; flags override it' },
  check: { summary: 'With governance: write nothing, and fail if something is out of date' },
  accept: {
    placeholder: '<yours|generated>',
    summary: 'With governance: which side of an edited part to take',
  },
  schema: { summary: 'Print the JSON Schema of the config file' },
  help: { short: 'h', summary: 'Print this text' },
  version: { short: 'v', summary: 'Print the version' },
} as const satisfies Readonly<
  Record<string, { short?: string; placeholder?: string; summary: string }>
>;

type RunFlag = keyof typeof runFlags;

/** What was typed, before defaults. */
export interface TypedArguments {
  readonly positionals: readonly string[];
  readonly options: ReadonlyMap<OptionKey, Value>;
  readonly switches: ReadonlySet<RunFlag>;
  readonly config: string | undefined;
  readonly accept: string | undefined;
}

interface Flag {
  readonly takesValue: boolean;
  readonly apply: (collected: Collected, value: string) => void;
}

interface Collected {
  readonly positionals: string[];
  readonly options: Map<OptionKey, Value>;
  readonly switches: Set<RunFlag>;
  config: string | undefined;
  accept: string | undefined;
}

function isRunFlag(text: string): text is RunFlag {
  return Object.hasOwn(runFlags, text);
}

function setOption(key: OptionKey, value?: boolean): Flag {
  return {
    takesValue: value === undefined,
    apply({ options }, typed) {
      const given = value ?? valueOf(key, typed);
      const earlier = options.get(key);
      if (earlier !== undefined && String(earlier) !== String(given))
        throw givenTwice(definitionOf(key).flag);
      options.set(key, given);
    },
  };
}

function givenTwice(flag: string) {
  return wrongUsage(
    'invalid_option',
    `--${flag} is given twice with different values; keep one of them.`,
  );
}

function valueOf(key: OptionKey, typed: string): Value {
  if (definitionOf(key).kind !== 'several') return typed;
  return typed === noneWord ? [] : typed.split(',').map((item) => item.trim());
}

function setSwitch(name: RunFlag): Flag {
  if (name === 'config' || name === 'accept')
    return {
      takesValue: true,
      apply(collected, value) {
        if ((collected[name] ?? value) !== value) throw givenTwice(name);
        collected[name] = value;
      },
    };
  return { takesValue: false, apply: ({ switches }) => switches.add(name) };
}

function flagOf(name: string): Flag | undefined {
  if (isRunFlag(name)) return setSwitch(name);
  for (const key of optionKeys) {
    const { flag, kind } = definitionOf(key);
    if (name === flag) return setOption(key, kind === 'switch' ? true : undefined);
    if (kind === 'switch' && name === `no-${flag}`) return setOption(key, false);
  }
  return undefined;
}

function longNameOf(letter: string): string | undefined {
  const found = Object.entries(runFlags).find(
    ([, flag]) => 'short' in flag && flag.short === letter,
  );
  return found?.[0];
}

/**
 * Reads the command line by the rules of `util.parseArgs`, whose module alone takes a millisecond to load:
 * `--flag value`, `--flag=value`, `-yh` for `-y -h`, and only positionals after `--`.
 *
 * @throws {@link Failure} with exit code 2 for an unknown flag, or a value missing or in excess
 */
export function readArguments(argv: readonly string[]): TypedArguments {
  const collected: Collected = {
    positionals: [],
    options: new Map(),
    switches: new Set(),
    config: undefined,
    accept: undefined,
  };
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') {
      collected.positionals.push(...argv.slice(index + 1));
      break;
    }
    if (word === '-' || !word.startsWith('-')) collected.positionals.push(word);
    else if (!word.startsWith('--'))
      for (const letter of word.slice(1)) applyFlag(collected, `-${letter}`, longNameOf(letter));
    else {
      const equals = word.indexOf('=', 3);
      const written = equals < 0 ? word : word.slice(0, equals);
      const inline = equals < 0 ? undefined : word.slice(equals + 1);
      // `--title --yes` is a forgotten value, not a title; `--title=--yes` is on purpose.
      const next = argv[index + 1]?.startsWith('-') === true ? undefined : argv[index + 1];
      const took = applyFlag(collected, written, written.slice(2), inline, next);
      if (took) index += 1;
    }
  }
  return collected;
}

/** Applies one flag. Returns whether it took the next word as its value. */
function applyFlag(
  collected: Collected,
  written: string,
  name: string | undefined,
  inline?: string,
  next?: string,
): boolean {
  const flag = name === undefined ? undefined : flagOf(name);
  if (flag === undefined) throw unknownFlag(written);
  if (!flag.takesValue && inline !== undefined)
    throw wrongUsage(
      'invalid_option',
      `${written} takes no value; use ${written}${flagOf(`no-${name}`) === undefined ? '' : ` or --no-${name}`}.`,
    );
  const value = flag.takesValue ? (inline ?? next) : '';
  if (value === undefined)
    throw wrongUsage('invalid_option', `${written} needs a value: ${written} <value>.`);
  flag.apply(collected, value);
  return flag.takesValue && inline === undefined;
}

function unknownFlag(written: string) {
  const names = optionKeys.flatMap((key) => {
    const { flag, kind } = definitionOf(key);
    return kind === 'switch' ? [flag, `no-${flag}`] : [flag];
  });
  const meant = didYouMean(
    written.replace(/^-+/, ''),
    [...names, ...Object.keys(runFlags)],
    (name) => `--${name}`,
  );
  return wrongUsage(
    'unknown_option',
    `${written} is not an option${meant}. --help lists them all.`,
  );
}
