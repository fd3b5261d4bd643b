import { parse } from 'smol-toml';
import * as z from 'zod';
import { textOf, type Files } from './rendered.ts';
import { syntaxOf } from './syntax.ts';

const anything = z.record(z.string(), z.unknown());
const shared = anything.and(
  z.object({ vars: anything.default({}), secrets: z.object({ required: z.array(z.string()) }) }),
);
const configuration = shared.and(z.object({ env: z.record(z.string(), shared) }));

type Section = z.output<typeof shared>;

/** Environments that are deployed, and the top level, which is local development. */
function sectionsOf(files: Files): Record<string, Section> {
  const { env, ...development } = configuration.parse(parse(textOf(files, 'wrangler.toml')));
  return { development, ...env };
}

const listed = z.array(anything);

/** Kinds of things that call their binding `name`. */
const namedByName: ReadonlySet<unknown> = new Set(['durable_objects', 'ratelimits', 'send_email']);

/** What development alone is given, for dev/; the deployed source must not know it. */
const ofDevelopment = /^DEV_/;

/** Names under which a section hands something to the Worker, whatever kind of thing it is. */
function bindingsOf({ vars: _vars, secrets: _secrets, ...section }: Section): string[] {
  const tables = Object.entries(section).flatMap(([kind, value]) => {
    if (kind === 'env' || kind === 'migrations') return [];
    const nested = anything.safeParse(value).data;
    // Consumers of a queue name no binding; durable objects and producers nest their list.
    const lists = [value, nested?.['bindings'], nested?.['producers'], nested && [nested]];
    return lists
      .flatMap((list) => listed.safeParse(list).data ?? [])
      .map((table) => ({ ...table, kind }));
  });
  return tables.flatMap(({ kind, ...table }: Record<string, unknown>) => {
    const { binding, name } = table;
    if (typeof binding === 'string') return [binding];
    return namedByName.has(kind) && typeof name === 'string' ? [name] : [];
  });
}

const sorted = (names: Iterable<string>) => [...new Set(names)].sort();

/**
 * Differences between what wrangler.toml hands to the Worker, what `Env` declares, and what the
 * source reads as a property, be it `env.DB` or `const { DB } = env`.
 */
export function unevenBindings(files: Files): string[] {
  const sections = sectionsOf(files);
  const { interfaces } = syntaxOf(textOf(files, 'src/env.ts'));
  const declared = interfaces.get('Env') ?? [];
  const readBelow = (folder: string) =>
    new Set(
      [...files]
        .filter(([path]) => path.startsWith(folder) && /\.tsx?$/.test(path))
        .flatMap(([, text]) => [...syntaxOf(text).properties]),
    );
  const read = readBelow('src/');
  // What no environment binds, since only development has something in its place.
  const stoodInFor = [...files]
    .filter(([path]) => path.startsWith('dev/'))
    .flatMap(([, text]) => [...text.matchAll(/\b([A-Z]+): (?:mailbox\b|\{$)/gm)])
    .map(([, name = '']) => name);
  const readInDevelopment = readBelow('dev/');
  // What nobody needs to set stands in a comment, since wrangler knows only secrets that must be there.
  const optional = [
    ...textOf(files, 'wrangler.toml').matchAll(/^#(?:  | and) ([A-Z_]+)(?:  |,)/gm),
  ].map(([, name = '']) => name);
  const variables = Object.values(sections).flatMap(({ vars }) => Object.keys(vars));
  const secrets = Object.values(sections).flatMap((section) => section.secrets.required);
  const everyBinding = Object.values(sections).flatMap(bindingsOf);
  const bound = everyBinding.filter((name) => !ofDevelopment.test(name));
  const configured = sorted([...bound, ...variables, ...secrets, ...optional]);
  return [
    ...configured
      .filter((name) => !declared.includes(name))
      .map((name) => `Env in src/env.ts lacks ${name}`),
    ...declared
      .filter((name) => !configured.includes(name) && !stoodInFor.includes(name))
      .map((name) => `wrangler.toml lacks ${name}`),
    ...configured.filter((name) => !read.has(name)).map((name) => `nothing in src reads ${name}`),
    ...sorted(everyBinding.filter((name) => ofDevelopment.test(name)))
      .filter((name) => !readInDevelopment.has(name))
      .map((name) => `nothing in dev reads ${name}`),
    ...Object.entries(sections).flatMap(([environment, section]) => {
      const needed = [...bound, ...secrets, ...(environment === 'development' ? [] : variables)];
      const given = [
        ...bindingsOf(section),
        ...section.secrets.required,
        ...Object.keys(section.vars),
      ];
      const lacking = sorted(needed)
        .filter((name) => !given.includes(name))
        .map((name) => `${environment} in wrangler.toml lacks ${name}`);
      const astray = sorted(given)
        .filter((name) => ofDevelopment.test(name) && environment !== 'development')
        .map((name) => `${environment} in wrangler.toml is given ${name}`);
      return [...lacking, ...astray];
    }),
  ];
}

/** Differences between the secrets that the Worker needs and those that development brings. */
export function unevenSecrets(files: Files): string[] {
  const brought = [...textOf(files, '.dev.vars').matchAll(/^(\w+)=/gm)].map(
    ([, name = '']) => name,
  );
  const { development, ...deployed } = sectionsOf(files);
  const needed = development?.secrets.required ?? [];
  // What is no secret, but differs from one development to the other.
  const variables = Object.values(deployed).flatMap(({ vars }) => Object.keys(vars));
  return [
    ...needed.filter((name) => !brought.includes(name)).map((name) => `.dev.vars lacks ${name}`),
    ...brought
      .filter((name) => !needed.includes(name) && !variables.includes(name))
      .map((name) => `.dev.vars brings ${name}, which no secret is called`),
  ];
}

/** Whether the README has a clone make what `.dev.vars` brings with a value, and nothing else. */
export function untoldSecrets(files: Files): string[] {
  const [, told = ''] = /make `\.dev\.vars` first[^:]*:(.*)/.exec(textOf(files, 'README.md')) ?? [];
  const named = [...told.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name);
  const made = [...textOf(files, '.dev.vars').matchAll(/^(\w+)="[^"]+"$/gm)].map(
    ([, name = '']) => name,
  );
  return [
    ...made
      .filter((name) => !named.includes(name))
      .map((name) => `README.md has no clone make ${name}`),
    ...named
      .filter((name) => !made.includes(name))
      .map((name) => `README.md has a clone make ${name}`),
  ];
}
