import { nameProblem, namePattern, longestName, suggestName, titleOf } from './names.ts';
import { nearest } from './nearest.ts';

/** Outcome of checking one value: the value to use, or what is wrong with it and what would be right. */
export type Checked<Value> =
  | { readonly value: Value }
  | { readonly problem: string; readonly suggestion?: string | undefined };

/** What is known from outside when a default is worked out. */
export interface Surroundings {
  /** Base name of the target directory. */
  readonly directoryName?: string | undefined;
  /** Package manager that started this process. */
  readonly packageManager?: string | undefined;
}

/** Value of an option. */
export type Value = string | boolean | readonly string[];

type Settled = Readonly<Record<string, Value>>;

interface Definition<Value> {
  /** Flag without dashes. */
  readonly flag: string;
  /** Line of `--help` and description in the JSON Schema. */
  readonly summary: string;
  /** Prompt shown on a terminal. */
  readonly question: string;
  /** Default as `--help` words it. */
  readonly usually: string;
  /** Whether the value changes the rendered files (and so belongs into `.stackbilder.json`). */
  readonly shapesFiles: boolean;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly check: (value: unknown) => Checked<Value>;
  readonly fallback: (settled: Settled, surroundings: Surroundings) => Value | undefined;
}

export interface TextDefinition extends Definition<string> {
  readonly kind: 'text';
  /** Stands for the value in `--help`. */
  readonly placeholder: string;
}

export interface ChoiceDefinition<Value extends string> extends Definition<Value> {
  readonly kind: 'choice';
  readonly choices: readonly Value[];
}

export interface SwitchDefinition extends Definition<boolean> {
  readonly kind: 'switch';
}

/** Any of some choices, none included. */
export interface SeveralDefinition<Value extends string> extends Definition<readonly Value[]> {
  readonly kind: 'several';
  readonly choices: readonly Value[];
}

export type AnyDefinition =
  TextDefinition | ChoiceDefinition<string> | SeveralDefinition<string> | SwitchDefinition;

function choice<Value extends string>(
  choices: readonly Value[],
  rest: Omit<ChoiceDefinition<Value>, 'kind' | 'choices' | 'schema' | 'check'>,
): ChoiceDefinition<Value> {
  return {
    ...rest,
    kind: 'choice',
    choices,
    schema: { type: 'string', enum: choices },
    check(value) {
      const found = choices.find((candidate) => candidate === value);
      if (found !== undefined) return { value: found };
      return {
        problem: `it must be one of ${choices.join(', ')}`,
        suggestion: isText(value) ? nearest(value, choices) : undefined,
      };
    },
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** How a flag says that nothing is chosen. */
export const noneWord = 'none';

function several<Value extends string>(
  choices: readonly Value[],
  rest: Omit<SeveralDefinition<Value>, 'kind' | 'choices' | 'schema' | 'check'>,
): SeveralDefinition<Value> {
  return {
    ...rest,
    kind: 'several',
    choices,
    schema: { type: 'array', items: { type: 'string', enum: choices } },
    check(value) {
      if (!Array.isArray(value)) return { problem: `it must be a list of ${choices.join(', ')}` };
      const refused = value.filter((item) => !choices.some((choice) => choice === item));
      // In the order of the choices, whatever the order they were given in.
      if (refused.length === 0)
        return { value: choices.filter((choice) => value.includes(choice)) };
      return {
        problem: `it must be any of ${choices.join(', ')}, or ${noneWord}`,
        suggestion: nearest(refused.filter(isText).join(), [...choices, noneWord]),
      };
    },
  };
}

function onOff(rest: Omit<SwitchDefinition, 'kind' | 'schema' | 'check'>): SwitchDefinition {
  return {
    ...rest,
    kind: 'switch',
    schema: { type: 'boolean' },
    check: (value) =>
      typeof value === 'boolean' ? { value } : { problem: 'it must be true or false' },
  };
}

const longestTitle = 60;
// No quote, angle bracket, brace, backslash or control character: a title can stand in any file of the app.
const titlePattern = "^[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N} .,&'()+\\-!:]*$";
const plainTitle = /^[A-Za-z0-9][A-Za-z0-9 .,&'()+\-!:]*$/;

function checkTitle(value: unknown): Checked<string> {
  if (typeof value !== 'string') return { problem: 'it must be text' };
  const trimmed = value.trim();
  const title = trimmed.includes('  ') ? trimmed.replace(/ +/g, ' ') : trimmed;
  if (title === '') return { problem: 'it is empty' };
  if (title.length > longestTitle) return { problem: `${longestTitle} characters is the most` };
  // Almost every title is plain, and building the Unicode pattern costs a millisecond.
  if (!plainTitle.test(title) && !new RegExp(titlePattern, 'u').test(title))
    return {
      problem:
        "letters, digits, spaces and . , & ' ( ) + - ! : are allowed, beginning with a letter or digit",
    };
  return { value: title };
}

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const domainPattern = `^(?:${label}\\.)+(?!\\d+$)${label}$`;
// A host name has 253 characters at most, and staging is served under `staging.<domain>`.
const longestDomain = 253 - 'staging.'.length;

function checkDomain(value: unknown): Checked<string> {
  if (typeof value !== 'string') return { problem: 'it must be text' };
  const domain = value.trim().toLowerCase();
  if (domain === '') return { value: '' };
  const isDomain = (text: string) =>
    text.length <= longestDomain && new RegExp(domainPattern).test(text);
  if (isDomain(domain)) return { value: domain };
  const address = domain.includes('://') ? domain : `https://${domain}`;
  const host = URL.canParse(address) ? new URL(address).hostname.replace(/\.$/, '') : '';
  return {
    problem: 'it must be a host name such as app.example.com, without scheme, port or path',
    suggestion: isDomain(host) ? host : undefined,
  };
}

const identityProviders = ['google', 'github'] as const;
const mailServices = ['cloudflare', 'resend'] as const;
type MailService = (typeof mailServices)[number];

const packageManagers = ['npm', 'pnpm', 'yarn', 'bun'] as const;
export type PackageManager = (typeof packageManagers)[number];
type IdentityProvider = (typeof identityProviders)[number];

/** Every option, once. Flags, prompts, `--help`, the JSON Schema, validation and config keys follow from it. */
export const optionDefinitions = {
  name: {
    kind: 'text',
    flag: 'name',
    placeholder: '<name>',
    summary: 'Name of the project, the npm package and the Worker',
    question: 'What is the project called?',
    usually: 'the directory',
    shapesFiles: true,
    schema: { type: 'string', pattern: namePattern, maxLength: longestName },
    check(value) {
      if (typeof value !== 'string') return { problem: 'it must be text' };
      const problem = nameProblem(value);
      return problem === undefined ? { value } : { problem, suggestion: suggestName(value) };
    },
    fallback: (_settled, surroundings) => surroundings.directoryName,
  },
  title: {
    kind: 'text',
    flag: 'title',
    placeholder: '<text>',
    summary: 'Name that people read, on pages and in mails',
    question: 'What do people read as its name?',
    usually: 'the name, title-cased',
    shapesFiles: true,
    schema: { type: 'string', pattern: titlePattern, maxLength: longestTitle },
    check: checkTitle,
    fallback: (settled) => (typeof settled.name === 'string' ? titleOf(settled.name) : undefined),
  },
  domain: {
    kind: 'text',
    flag: 'domain',
    placeholder: '<host>',
    summary: 'Host name the production app is served under',
    question: 'Which domain will it be served under? (empty: decide later)',
    usually: 'none',
    shapesFiles: true,
    schema: { type: 'string', pattern: `${domainPattern}|^$`, maxLength: longestDomain },
    check: checkDomain,
    fallback: () => '',
  },
  billing: onOff({
    flag: 'billing',
    summary: 'Plans that tenants pay for, with Stripe',
    question: 'Do tenants pay for plans, with Stripe?',
    usually: 'on',
    shapesFiles: true,
    fallback: () => true,
  }),
  oauth: several(identityProviders, {
    flag: 'oauth',
    summary: 'Identity providers that people can log in with',
    question: 'Which identity providers can people log in with?',
    usually: 'all of them',
    shapesFiles: true,
    fallback: () => identityProviders,
  }),
  pages: onOff({
    flag: 'pages',
    summary: 'Pages that people see; without them the app is an interface for programs',
    question: 'Include pages that people see?',
    usually: 'on',
    shapesFiles: true,
    fallback: () => true,
  }),
  email: choice(mailServices, {
    flag: 'email',
    summary: 'Service that sends mail; in development it waits in a mailbox',
    question: 'Which service sends mail?',
    usually: 'cloudflare',
    shapesFiles: true,
    fallback: () => 'cloudflare',
  }),
  uploads: onOff({
    flag: 'uploads',
    summary: 'Files of tenants, kept in R2',
    question: 'Can people upload files?',
    usually: 'on',
    shapesFiles: true,
    fallback: () => true,
  }),
  packageManager: choice(packageManagers, {
    flag: 'package-manager',
    summary: 'Package manager of the app',
    question: 'Which package manager?',
    usually: 'the one that runs this, else npm',
    shapesFiles: true,
    fallback: (_settled, surroundings) =>
      packageManagers.find((candidate) => candidate === surroundings.packageManager) ?? 'npm',
  }),
  install: onOff({
    flag: 'install',
    summary: 'Install the dependencies (needs the network)',
    question: 'Install the dependencies now?',
    usually: 'on',
    shapesFiles: false,
    fallback: () => true,
  }),
  git: onOff({
    flag: 'git',
    summary: 'Create a git repository with a first commit',
    question: 'Create a git repository?',
    usually: 'on',
    shapesFiles: false,
    fallback: () => true,
  }),
} as const satisfies Readonly<
  Record<
    string,
    | TextDefinition
    | ChoiceDefinition<MailService>
    | ChoiceDefinition<PackageManager>
    | SeveralDefinition<IdentityProvider>
    | SwitchDefinition
  >
>;

export type OptionKey = keyof typeof optionDefinitions;

type ValueOf<Candidate> = Candidate extends { readonly fallback: (...values: never) => infer Value }
  ? Exclude<Value, undefined>
  : never;

/** A complete set of valid options. */
export type Options = {
  readonly [Key in OptionKey]: ValueOf<(typeof optionDefinitions)[Key]>;
};

/** Options as a caller may give them: everything except `name` has a default. */
export type GivenOptions = { readonly [Key in OptionKey]?: Options[Key] | undefined };

/** Whether a text is the key of an option. */
export function isOptionKey(text: string): text is OptionKey {
  return Object.hasOwn(optionDefinitions, text);
}

/** Keys in the order in which they are asked and listed. */
export const optionKeys: readonly OptionKey[] = Object.keys(optionDefinitions).filter(isOptionKey);

/** Definition of one option. */
export function definitionOf(key: OptionKey): AnyDefinition {
  return optionDefinitions[key];
}

/** One option whose value is missing or cannot be used. */
export interface OptionProblem {
  readonly key: OptionKey;
  readonly flag: string;
  /** The value that was refused; undefined when none was given and there is no default. */
  readonly value: unknown;
  readonly problem: string;
  readonly suggestion?: string | undefined;
}

/** Everything wrong with a set of options at once. */
export class OptionsError extends Error {
  readonly problems: readonly OptionProblem[];

  constructor(problems: readonly OptionProblem[]) {
    super(problems.map(describeProblem).join('; '));
    this.name = 'OptionsError';
    this.problems = problems;
  }
}

/** One line for one refused option. */
export function describeProblem({ flag, value, problem, suggestion }: OptionProblem): string {
  if (value === undefined) return `--${flag} is missing: ${problem}`;
  const better = suggestion === undefined ? '' : `; try "${suggestion}"`;
  return `--${flag} cannot be ${JSON.stringify(value)}: ${problem}${better}`;
}

function isOptions(settled: Settled): settled is Options {
  return optionKeys.every((key) => Object.hasOwn(settled, key));
}

/**
 * Checks what was given and fills in the defaults.
 *
 * @throws {@link OptionsError} listing every option that is missing or invalid
 */
export function resolveOptions(
  given: Readonly<Record<string, unknown>>,
  surroundings: Surroundings = {},
): Options {
  const settled: Record<string, Value> = {};
  const problems: OptionProblem[] = [];
  for (const key of optionKeys) {
    const definition = definitionOf(key);
    const isGiven = given[key] !== undefined && given[key] !== null;
    const fallback = isGiven ? undefined : definition.fallback(settled, surroundings);
    // Defaults are right as they are; only the name's is what somebody called a directory.
    if (fallback !== undefined && key !== 'name') {
      settled[key] = fallback;
      continue;
    }
    const value = isGiven ? given[key] : fallback;
    if (value === undefined) {
      // A default that rests on a refused option (the title, on the name) is not a second problem.
      if (problems.length > 0) continue;
      problems.push({ key, flag: definition.flag, value, problem: 'it has no default' });
      continue;
    }
    const checked = definition.check(value);
    if ('problem' in checked) problems.push({ key, flag: definition.flag, value, ...checked });
    else settled[key] = checked.value;
  }
  if (problems.length > 0 || !isOptions(settled)) throw new OptionsError(problems);
  return settled;
}
