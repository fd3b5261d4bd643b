import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

const named = z.object({ name: z.string() });
const bound = z.object({ binding: z.string() });

/** What one environment is bound to. Whatever stands here twice must stand in every environment. */
const environmentSchema = z.strictObject({
  name: z.string(),
  workers_dev: z.boolean(),
  preview_urls: z.boolean(),
  routes: z.array(z.object({ pattern: z.string(), custom_domain: z.boolean() })).optional(),
  vars: z.record(z.string(), z.string()).default({}),
  d1_databases: z.array(
    z.object({
      binding: z.string(),
      database_name: z.string(),
      database_id: z.string().optional(),
    }),
  ),
  kv_namespaces: z.array(bound.extend({ id: z.string().optional() })),
  durable_objects: z.object({ bindings: z.array(named.extend({ class_name: z.string() })) }),
  send_email: z.array(named),
  ratelimits: z.array(
    named.extend({
      namespace_id: z.string(),
      simple: z.object({ limit: z.number(), period: z.number() }),
    }),
  ),
  version_metadata: bound,
  triggers: z.object({ crons: z.array(z.string()) }),
  secrets: z.object({ required: z.array(z.string()) }),
  observability: z.object({ enabled: z.boolean(), head_sampling_rate: z.number() }),
});

const schema = environmentSchema.extend({
  main: z.string(),
  compatibility_date: z.string(),
  send_metrics: z.boolean(),
  migrations: z.array(z.object({ tag: z.string(), new_sqlite_classes: z.array(z.string()) })),
  env: z.strictObject({ staging: environmentSchema, production: environmentSchema }),
});

const read = (file: string) => readFileSync(join(import.meta.dirname, '../..', file), 'utf8');
const configuration = schema.parse(parse(read('wrangler.toml')));
const { staging, production } = configuration.env;

type EnvironmentConfiguration = z.output<typeof environmentSchema>;

/** Bound at the top level alone, for what development adds; it must never reach a deployment. */
const ofDevelopment = ['DEV_MAILBOX'];

const bindingsOf = (environment: EnvironmentConfiguration) =>
  [
    ...environment.d1_databases.map(({ binding }) => binding),
    ...environment.kv_namespaces.map(({ binding }) => binding),
    ...environment.durable_objects.bindings.map(({ name }) => name),
    ...environment.send_email.map(({ name }) => name),
    ...environment.ratelimits.map(({ name }) => name),
    environment.version_metadata.binding,
  ].toSorted();

/** Names and ids of what holds data: nothing of it may serve two environments. */
const resourcesOf = (environment: EnvironmentConfiguration) => [
  environment.name,
  ...environment.d1_databases.flatMap(({ database_name, database_id }) => [
    database_name,
    ...(database_id === undefined ? [] : [database_id]),
  ]),
  ...environment.ratelimits.map(({ namespace_id }) => `limiter ${namespace_id}`),
  ...environment.kv_namespaces.flatMap(({ id }) => (id === undefined ? [] : [id])),
  ...(environment.routes ?? []).map(({ pattern }) => pattern),
];

describe('SEC-6 each environment has its own secrets and resources', () => {
  it('binds the same names in every environment', () => {
    expect(bindingsOf(staging)).toEqual(bindingsOf(production));
    expect(bindingsOf(configuration)).toEqual(
      [...bindingsOf(production), ...ofDevelopment].toSorted(),
    );
    expect(staging.secrets).toEqual(configuration.secrets);
    expect(production.secrets).toEqual(configuration.secrets);
    expect(Object.keys(staging.vars)).toEqual(Object.keys(production.vars));
  });

  it('shares no Worker, database, namespace or address between environments', () => {
    const [development, ...others] = [configuration, staging, production].map(
      (environment) => new Set(resourcesOf(environment)),
    );
    const all = [development, ...others].flatMap((resources) => [...(resources ?? [])]);
    expect(all).toHaveLength(new Set(all).size);
  });

  it('each deployed environment says which it is, and the top level says nothing', () => {
    expect(staging.vars['APP_ENV']).toBe('staging');
    expect(production.vars['APP_ENV']).toBe('production');
    expect(configuration.vars).toEqual({});
  });

  it('nothing is served on workers.dev or on preview addresses', () => {
    for (const { workers_dev, preview_urls } of [configuration, staging, production]) {
      expect([workers_dev, preview_urls]).toEqual([false, false]);
    }
  });

  it('the mailbox of development is bound in no environment that is deployed', () => {
    for (const environment of [staging, production]) {
      expect(bindingsOf(environment).filter((name) => ofDevelopment.includes(name))).toEqual([]);
    }
  });

  it('the Worker that is deployed is src/index.ts, without what development adds', () => {
    expect(configuration.main).toBe('src/index.ts');
  });

  it('Env declares what is bound, and nothing else', () => {
    const [, body = ''] = /export interface Env \{([^}]*)\}/.exec(read('src/env.ts')) ?? [];
    const declared = [...body.matchAll(/readonly (\w+\??):/g)].map(([, name = '']) => name);
    const expected = [
      ...bindingsOf(production),
      ...[...Object.keys(production.vars), ...production.secrets.required].map(
        (name) => `${name}?`,
      ),
    ];
    expect(declared.toSorted()).toEqual(expected.toSorted());
  });
});

describe('SEC-1 secrets live in the secret store', () => {
  it('no variable has a name or a value like a secret', () => {
    for (const { vars } of [configuration, staging, production]) {
      for (const [name, value] of Object.entries(vars)) {
        expect(name).not.toMatch(/SECRET|TOKEN|PASSWORD|_KEY$/);
        expect(value).not.toMatch(/^(sk|rk|whsec|re)_|[A-Za-z0-9+/_-]{32,}/);
      }
    }
  });
});
