import { parseArgs } from 'node:util';
import { wrongUsage } from './failure.ts';
import { didYouMean } from './nearest.ts';
import { definitionOf, optionKeys, type OptionKey } from './options.ts';

/** Flags that steer the run and are no options of the application. */
export const runFlags = {
  yes: { short: 'y', summary: 'Ask nothing; take defaults for what is not given' },
  'dry-run': { summary: 'List what would be written, and write nothing' },
  json: { summary: 'Print one JSON object on standard output; ask nothing' },
  config: { placeholder: '<file.json>', summary: 'Read options from a file; flags override it' },
  schema: { summary: 'Print the JSON Schema of that file' },
  help: { short: 'h', summary: 'Print this text' },
  version: { short: 'v', summary: 'Print the version' },
} as const satisfies Readonly<
  Record<string, { short?: string; placeholder?: string; summary: string }>
>;

type RunFlag = keyof typeof runFlags;

/** What was typed, before defaults. */
export interface TypedArguments {
  readonly positionals: readonly string[];
  readonly options: ReadonlyMap<OptionKey, string | boolean>;
  readonly switches: ReadonlySet<RunFlag>;
  readonly config: string | undefined;
}

interface Flag {
  readonly takesValue: boolean;
  readonly short?: string;
  readonly apply: (arguments_: Collected, value: string) => void;
}

interface Collected {
  readonly positionals: string[];
  readonly options: Map<OptionKey, string | boolean>;
  readonly switches: Set<RunFlag>;
  config: string | undefined;
}

function isRunFlag(text: string): text is RunFlag {
  return Object.hasOwn(runFlags, text);
}

function setOption(key: OptionKey, flag: string, value: string | boolean) {
  return ({ options }: Collected, typed: string) => {
    const given = typeof value === 'boolean' ? value : typed;
    const earlier = options.get(key);
    if (earlier !== undefined && earlier !== given)
      throw wrongUsage(
        'invalid_option',
        `--${flag} is given twice with different values; keep one of them.`,
      );
    options.set(key, given);
  };
}

function knownFlags(): Map<string, Flag> {
  const flags = new Map<string, Flag>();
  for (const key of optionKeys) {
    const { flag, kind } = definitionOf(key);
    if (kind === 'switch') {
      flags.set(flag, { takesValue: false, apply: setOption(key, flag, true) });
      flags.set(`no-${flag}`, { takesValue: false, apply: setOption(key, flag, false) });
    } else flags.set(flag, { takesValue: true, apply: setOption(key, flag, '') });
  }
  for (const name of Object.keys(runFlags).filter(isRunFlag)) {
    const flag = runFlags[name];
    flags.set(name, {
      takesValue: 'placeholder' in flag,
      ...('short' in flag ? { short: flag.short } : {}),
      apply(collected, value) {
        if (name === 'config') collected.config = value;
        else collected.switches.add(name);
      },
    });
  }
  return flags;
}

/**
 * Reads the command line.
 *
 * @throws {@link Failure} with exit code 2 for an unknown flag, or a value missing or in excess
 */
export function readArguments(argv: readonly string[]): TypedArguments {
  const flags = knownFlags();
  const { tokens } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      [...flags].map(([name, { takesValue, short }]) => [
        name,
        { type: takesValue ? 'string' : 'boolean', ...(short === undefined ? {} : { short }) },
      ]),
    ),
  });
  const collected: Collected = {
    positionals: [],
    options: new Map(),
    switches: new Set(),
    config: undefined,
  };
  for (const token of tokens) {
    if (token.kind === 'positional') collected.positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = flags.get(token.name);
    if (flag === undefined) throw unknownFlag(token.rawName, [...flags.keys()]);
    const { rawName, value, inlineValue } = token;
    // `--title --yes` is a forgotten value, not a title; `--title=--yes` is on purpose.
    const forgotten = value === undefined || (inlineValue === false && value.startsWith('-'));
    if (flag.takesValue && forgotten)
      throw wrongUsage('invalid_option', `${rawName} needs a value: ${rawName} <value>.`);
    if (!flag.takesValue && value !== undefined)
      throw wrongUsage(
        'invalid_option',
        `${rawName} takes no value; use ${rawName}${flags.has(`no-${token.name}`) ? ` or --no-${token.name}` : ''}.`,
      );
    flag.apply(collected, value ?? '');
  }
  return collected;
}

function unknownFlag(typed: string, names: readonly string[]) {
  const meant = didYouMean(typed.replace(/^-+/, ''), names, (name) => `--${name}`);
  return wrongUsage('unknown_option', `${typed} is not an option${meant}. --help lists them all.`);
}
