import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { parseArgs, parseEnv } from 'node:util';
import { parse } from 'smol-toml';
import * as z from 'zod';
import { create, idOf, resourcesOf, writeId } from './deployment/resources.ts';
import { configurationOf, environmentOf, type DeployedEnvironment } from './deployment/wrangler.ts';
import { registry } from './secrets/registry.ts';
import { secretsOf, setSecrets } from './secrets/store.ts';

const usage = `Usage: npm run --silent setup -- --env staging|production [--dry-run]

Makes what wrangler.toml names for an environment and the account does not have yet, so it can be run again:
  1. databases, namespaces and buckets; their ids are written into wrangler.toml
  2. secrets that are made here: random, set, and printed as NAME=value, since nothing reads them back
  3. secrets that others give out: as lines NAME=value on standard input, or asked for, in a terminal
What is set already stays. At the end it says what is left to fill in. --dry-run changes nothing and says what it
would do. Values go to standard output and what is said to you to standard error, so "> vault" keeps the values.`;

/** Of the variables of wrangler.toml; the app refuses to start while another one is empty. */
const mayBeEmpty: ReadonlySet<string> = new Set([
  'BREACH_LIST_URL',
  'CORS_ORIGINS',
  'STRIPE_UNRESTRICTED_BECAUSE',
  'ALERT_EMAIL',
  'SECURITY_CONTACT',
]);

const Section = z.object({
  vars: z.record(z.string(), z.string()),
  routes: z.array(z.unknown()).default([]),
});
const Configuration = z.object({ env: z.object({ staging: Section, production: Section }) });

/** npm runs this where package.json is. */
const file = resolve('wrangler.toml');
const say = (line: string) => console.error(line);

process.exitCode = await run(process.argv.slice(2).filter((word) => word !== '--'));

/** Answers the exit code: 0 done, 1 failed or something is left to do, 2 wrong usage. */
async function run(words: string[]): Promise<number> {
  if (words.includes('--help')) {
    console.log(usage);
    return 0;
  }
  const asked = readArguments(words);
  if (asked === null) {
    console.error(usage);
    return 2;
  }
  try {
    makeResources(asked);
    const left = [...(await makeSecrets(asked)), ...leftToFillIn(asked.environment)];
    for (const line of left) say(`  to do  ${line}`);
    if (left.length === 0 && !asked.isDryRun)
      say(`${asked.environment} is set up: npm run deploy -- ${asked.environment} --first`);
    return left.length === 0 || asked.isDryRun ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

interface Asked {
  readonly environment: DeployedEnvironment;
  readonly isDryRun: boolean;
}

function readArguments(args: string[]): Asked | null {
  try {
    const options = {
      env: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
    } as const;
    const { values } = parseArgs({ args, options });
    const environment = environmentOf(values.env);
    return environment === null ? null : { environment, isDryRun: values['dry-run'] };
  } catch {
    return null;
  }
}

/** Each id is written down before the next is made: what an interruption leaves is found by its name. */
function makeResources({ environment, isDryRun }: Asked): void {
  for (const resource of resourcesOf(readFileSync(file, 'utf8'), environment)) {
    const { kind, name } = resource;
    const id = idOf(resource);
    say(`  ${id === undefined ? 'make ' : 'there'}  ${kind.noun} ${name}`);
    if (!isDryRun) writeId(file, environment, resource, id ?? create(resource));
  }
}

/** Sets the secrets that are missing. @returns what is missing still */
async function makeSecrets({ environment, isDryRun }: Asked): Promise<string[]> {
  const present = new Set(secretsOf(environment));
  const required = configurationOf(environment).secrets;
  const given = process.stdin.isTTY ? {} : parseEnv(readFileSync(0, 'utf8'));
  const stranger = Object.keys(given).find((name) => !required.includes(name));
  if (stranger !== undefined)
    throw new Error(`wrangler.toml requires no secret "${stranger}" in ${environment}.`);
  const fresh: Record<string, string> = {};
  const missing: string[] = [];
  for (const name of required) {
    if (present.has(name)) {
      say(`  there  secret ${name}`);
      if (given[name] !== undefined)
        say(`         kept; to replace it: npm run secrets:rotate -- ${name}`);
      continue;
    }
    say(`  ${isMadeHere(name) ? 'make ' : 'take '}  secret ${name}`);
    if (isDryRun) continue;
    const value = given[name] || (isMadeHere(name) ? newSecret() : await ask(name));
    if (value !== '') fresh[name] = value;
    else missing.push(`secret ${name}: npm run secrets:rotate -- ${name} --env ${environment}`);
  }
  // Before they are set: once set, they cannot be read back.
  for (const [name, value] of Object.entries(fresh))
    if (given[name] === undefined && isMadeHere(name)) console.log(`${name}=${value}`);
  if (Object.keys(fresh).length > 0) setSecrets(environment, fresh);
  return missing;
}

function isMadeHere(name: string): boolean {
  return registry.find((secret) => secret.name === name)?.made === 'here';
}

function newSecret(): string {
  return randomBytes(32).toString('base64');
}

/** Asks in a terminal, without showing what is typed. @returns what was typed; '' for nothing, or where there is no terminal */
async function ask(name: string): Promise<string> {
  if (!process.stdin.isTTY) return '';
  const output = new Writable({ write: (_shown, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  process.stderr.write(`${name} (not shown; nothing to leave it for later): `);
  try {
    return (await terminal.question('')).trim();
  } finally {
    terminal.close();
    say('');
  }
}

/** What only a person can fill in, and the app does not answer without. */
function leftToFillIn(environment: DeployedEnvironment): string[] {
  const { vars, routes } = Configuration.parse(parse(readFileSync(file, 'utf8'))).env[environment];
  const empty = Object.keys(vars).filter((name) => vars[name] === '' && !mayBeEmpty.has(name));
  return [
    ...empty.map((name) => `${name} in [env.${environment}.vars] of wrangler.toml: fill it in`),
    ...(routes.length > 0
      ? []
      : [`routes in [env.${environment}] of wrangler.toml: nothing leads to the app yet`]),
  ];
}
