import { describe, expect, test } from 'vitest';
import { unevenBindings, unevenSecrets, untoldSecrets } from './bindings.ts';
import { defaultApp, edited, findingsEverywhere, type Files } from './rendered.ts';

const { files } = defaultApp;

describe('with every combination of options', () => {
  test('each environment binds the same names, Env declares them, and src reads each', () => {
    expect(findingsEverywhere(unevenBindings)).toEqual([]);
  });

  test('development brings exactly the secrets that are needed', () => {
    expect(findingsEverywhere(unevenSecrets)).toEqual([]);
  });

  test('the README has a clone make the secrets that a generated app is given', () => {
    expect(findingsEverywhere(untoldSecrets)).toEqual([]);
  });
});

const environments = ['', 'env.staging.', 'env.production.'];

/** Adds the same table to every environment. */
const binding = (from: Files, table: (prefix: string) => string): Files =>
  environments.reduce((harmed, prefix) => {
    const anchor = `[${prefix}version_metadata]`;
    return edited(harmed, 'wrangler.toml', `\n${anchor}`, `\n${table(prefix)}\n\n${anchor}`);
  }, from);

const declaring = (from: Files, name: string): Files =>
  edited(
    from,
    'src/env.ts',
    'export interface Env {',
    `export interface Env {\n  ${name}: string;`,
  );

describe('the check of bindings notices', () => {
  test.each([
    ['r2_buckets', (prefix: string) => `[[${prefix}r2_buckets]]\nbinding = "EXTRA"`],
    ['kv_namespaces', (prefix: string) => `[[${prefix}kv_namespaces]]\nbinding = "EXTRA"`],
    ['ai', (prefix: string) => `[${prefix}ai]\nbinding = "EXTRA"`],
    ['queues', (prefix: string) => `[[${prefix}queues.producers]]\nbinding = "EXTRA"`],
    [
      'durable_objects',
      (prefix: string) =>
        `[[${prefix}durable_objects.bindings]]\nname = "EXTRA"\nclass_name = "RateLimiter"`,
    ],
  ])('a binding of %s that Env lacks and src does not read', (_kind, table) => {
    const harmed = binding(files, table);
    expect(unevenBindings(harmed)).toEqual([
      'Env in src/env.ts lacks EXTRA',
      'nothing in src reads EXTRA',
    ]);
    expect(unevenBindings(declaring(harmed, 'EXTRA'))).toEqual(['nothing in src reads EXTRA']);
  });

  test('a comment or a text is no use of it', () => {
    const harmed = declaring(
      binding(files, (prefix) => `[[${prefix}r2_buckets]]\nbinding = "EXTRA"`),
      'EXTRA',
    );
    const mentioned = edited(harmed, 'src/index.ts', 'import', '// env.EXTRA\nimport');
    expect(unevenBindings(mentioned)).toEqual(['nothing in src reads EXTRA']);
    const texts = edited(harmed, 'src/index.ts', 'export', "export const a = 'env.EXTRA';\nexport");
    expect(unevenBindings(texts)).toEqual(['nothing in src reads EXTRA']);
    const used = edited(harmed, 'src/env.ts', 'env.APP_ENV', 'env.EXTRA + env.APP_ENV');
    expect(unevenBindings(used)).toEqual([]);
  });

  test('a variable and a secret that nothing reads', () => {
    const variable = edited(
      files,
      'wrangler.toml',
      'APP_ENV = "staging"',
      'EXTRA = "1"\nAPP_ENV = "staging"',
    );
    expect(unevenBindings(variable)).toContain('nothing in src reads EXTRA');
    const secret = edited(
      files,
      'wrangler.toml',
      '\n[secrets]\nrequired = [',
      '\n[secrets]\nrequired = ["EXTRA", ',
    );
    expect(unevenBindings(secret)).toContain('nothing in src reads EXTRA');
  });

  test('a member of Env that no environment gives', () => {
    expect(unevenBindings(declaring(files, 'EXTRA'))).toEqual(['wrangler.toml lacks EXTRA']);
  });

  test('a binding or a variable that one environment forgets', () => {
    const binding = '[[env.staging.kv_namespaces]]\nbinding = "SESSIONS"\n';
    expect(unevenBindings(edited(files, 'wrangler.toml', binding, ''))).toEqual([
      'staging in wrangler.toml lacks SESSIONS',
    ]);
    expect(unevenBindings(edited(files, 'wrangler.toml', 'APP_ENV = "production"\n', ''))).toEqual([
      'production in wrangler.toml lacks APP_ENV',
    ]);
  });

  test('a binding of development that nothing there reads, or that is deployed', () => {
    const unread = '[[kv_namespaces]]\nbinding = "DEV_MAILBOX"';
    expect(
      unevenBindings(edited(files, 'wrangler.toml', unread, unread.replace('MAIL', 'POST'))),
    ).toEqual(['nothing in dev reads DEV_POSTBOX']);
    const deployed = '[[env.production.kv_namespaces]]\nbinding = "SESSIONS"\n';
    const astray = `${deployed}\n[[env.production.kv_namespaces]]\nbinding = "DEV_MAILBOX"\n`;
    expect(unevenBindings(edited(files, 'wrangler.toml', deployed, astray))).toEqual([
      'production in wrangler.toml is given DEV_MAILBOX',
    ]);
  });

  test('a secret that development lacks or brings in vain', () => {
    expect(unevenSecrets(edited(files, '.dev.vars', 'HMAC_KEY="', 'OTHER="'))).toEqual([
      '.dev.vars lacks HMAC_KEY',
      '.dev.vars brings OTHER, which no secret is called',
    ]);
  });

  test('a secret that a clone would lack, or make in vain', () => {
    expect(untoldSecrets(edited(files, '.dev.vars', 'HMAC_KEY="', 'OTHER="'))).toEqual([
      'README.md has no clone make OTHER',
      'README.md has a clone make HMAC_KEY',
    ]);
  });
});
