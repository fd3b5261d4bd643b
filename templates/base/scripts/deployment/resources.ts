import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'smol-toml';
import * as z from 'zod';
import { askWrangler, type DeployedEnvironment } from './wrangler.ts';

/** Something of the account that an environment is bound to. */
export interface Resource {
  readonly kind: Kind;
  readonly name: string;
  /** The section of wrangler.toml, and the binding in it, that its id belongs to. */
  readonly section: string;
  readonly binding: string;
  /** The id that wrangler.toml gives it; a bucket is known by its name. */
  readonly id: string | undefined;
}

interface Kind {
  readonly noun: string;
  /** The words that list all of the account, and make one. */
  readonly list: readonly string[];
  readonly create: readonly string[];
  /** The key in wrangler.toml that holds the id, where there is one. */
  readonly key?: string;
  /** The ids of all of the account by their names, out of what wrangler prints. */
  read(printed: string): Map<string, string>;
}

const Databases = z.array(z.object({ name: z.string(), uuid: z.string() }));
const Namespaces = z.array(z.object({ title: z.string(), id: z.string() }));

const database: Kind = {
  noun: 'D1 database',
  list: ['d1', 'list', '--json'],
  create: ['d1', 'create'],
  key: 'database_id',
  read: (printed) =>
    new Map(Databases.parse(JSON.parse(printed)).map(({ name, uuid }) => [name, uuid])),
};
const namespace: Kind = {
  noun: 'KV namespace',
  list: ['kv', 'namespace', 'list'],
  create: ['kv', 'namespace', 'create'],
  key: 'id',
  read: (printed) =>
    new Map(Namespaces.parse(JSON.parse(printed)).map(({ title, id }) => [title, id])),
};
const bucket: Kind = {
  noun: 'R2 bucket',
  list: ['r2', 'bucket', 'list'],
  create: ['r2', 'bucket', 'create'],
  read: (printed) =>
    new Map([...printed.matchAll(/^name: +(\S+)/gm)].map(([, name = '']) => [name, name])),
};

const Section = z.object({
  name: z.string(),
  d1_databases: z
    .array(
      z.object({
        binding: z.string(),
        database_name: z.string(),
        database_id: z.string().optional(),
      }),
    )
    .default([]),
  kv_namespaces: z.array(z.object({ binding: z.string(), id: z.string().optional() })).default([]),
  r2_buckets: z.array(z.object({ binding: z.string(), bucket_name: z.string() })).default([]),
});
const Configuration = z.object({ env: z.object({ staging: Section, production: Section }) });

/** What an environment of wrangler.toml is bound to and has to be made before it can be deployed. */
export function resourcesOf(toml: string, environment: DeployedEnvironment): Resource[] {
  const section = Configuration.parse(parse(toml)).env[environment];
  return [
    ...section.d1_databases.map(({ binding, database_name: name, database_id: id }) => {
      return { kind: database, name, section: 'd1_databases', binding, id };
    }),
    ...section.kv_namespaces.map(({ binding, id }) => {
      const name = `${section.name}-${binding.toLowerCase()}`;
      return { kind: namespace, name, section: 'kv_namespaces', binding, id };
    }),
    ...section.r2_buckets.map(({ binding, bucket_name: name }) => {
      return { kind: bucket, name, section: 'r2_buckets', binding, id: name };
    }),
  ];
}

/** The id that a resource has in the account; undefined while it is to be made. @throws {Error} where wrangler does not tell */
export function idOf({ kind, name, id }: Resource): string | undefined {
  const all = kind.read(askWrangler(...kind.list));
  if (id !== undefined && kind.key !== undefined) {
    if ([...all.values()].includes(id)) return id;
    throw new Error(
      `wrangler.toml gives a ${kind.noun} the ${kind.key} "${id}", and the account has none with it. Is it the right account (npx wrangler whoami)? To have another made, delete that line.`,
    );
  }
  return all.get(name);
}

/** Makes a resource. @returns its id @throws {Error} where wrangler fails */
export function create(resource: Resource): string {
  const { kind, name } = resource;
  if (kind.key === undefined) return createNamed(resource);
  askWrangler(...kind.create, name);
  const id = idOf(resource);
  if (id === undefined)
    throw new Error(`wrangler made the ${kind.noun} ${name} and does not list it.`);
  return id;
}

/** Of what is known by its name, wrangler lists the first twenty: one that is not among them may be there. */
function createNamed({ kind, name }: Resource): string {
  try {
    askWrangler(...kind.create, name);
  } catch (error) {
    if (!(error instanceof Error) || !ownedAlready.test(error.message)) throw error;
  }
  return name;
}

/** What R2 answers whoever makes a bucket that the account has. */
const ownedAlready = /\[code: 10004\]/;

/** Writes the id of a resource into wrangler.toml, and leaves the rest of it as it is. @throws {Error} where its section is not found */
export function writeId(
  file: string,
  environment: DeployedEnvironment,
  { kind, section, binding, id: written }: Resource,
  id: string,
): void {
  if (kind.key === undefined || written !== undefined) return;
  const toml = readFileSync(file, 'utf8');
  const head = `\\[\\[env\\.${environment}\\.${section}\\]\\]\\r?\\n`;
  const place = new RegExp(
    `^${head}(?:[^\\r\\n[]+\\r?\\n)*?binding = "${binding}"(?=\\r?\\n)`,
    'm',
  );
  if (!place.test(toml))
    throw new Error(
      `${file} has no [[env.${environment}.${section}]] with binding = "${binding}".`,
    );
  writeFileSync(
    file,
    toml.replace(place, (found) => `${found}\n${kind.key} = "${id}"`),
  );
}
