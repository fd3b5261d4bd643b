import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { configurationOf, environmentOf, type DeployedEnvironment } from './deployment/wrangler.ts';
import { givenWords } from './given-words.ts';
import { askUnseen } from './secrets/ask.ts';
import { checkShape, registry, type Secret } from './secrets/registry.ts';
import { checkResealed, checkSealed } from './secrets/sealed.ts';
import { secretsOf, setSecrets } from './secrets/store.ts';
import { noteRotation } from './secrets/table.ts';

const usage = `Usage: npm run --silent secrets:rotate -- NAME --env staging|production [--finish]

Replaces a secret of an environment. A terminal is asked for the value, which is not shown; elsewhere it is what
standard input has, as in "VAULT-COMMAND | npm run ...". So none stands in a list of processes or in the history of
a shell. What is said to you goes to standard error.
  made here     takes the current value, from where you keep it, prints a new one, then sets it. It is read in both
                values until --finish. While the one before is still read, it is refused. For ENCRYPTION_KEY
                --finish takes the current value too, and refuses while the one before has sealed anything.
  made there    says what to do at whoever makes it, takes the new value, and sets it, unless it cannot be one
                (scripts/secrets/registry.ts). Without a value nothing is set.
Keep what it prints: a secret cannot be read back. docs/rotation.md is brought up to date for production.
Secrets: ${registry.map(({ name }) => name).join(', ')}`;

process.exitCode = await run(givenWords());

/** Answers the exit code: 0 done, 1 failed, 2 wrong usage. */
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
  const { secret, environment, isFinish } = asked;
  try {
    if (isFinish) await finish(secret, environment);
    else await rotate(secret, environment);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

function readArguments(args: string[]) {
  try {
    const options = {
      env: { type: 'string' },
      finish: { type: 'boolean', default: false },
    } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const secret = registry.find(({ name }) => name === positionals[0]);
    const environment = environmentOf(values.env);
    if (secret === undefined || environment === null || positionals.length > 1) return null;
    if (values.finish && !secret.readsPrevious) return null;
    return { secret, environment, isFinish: values.finish };
  } catch {
    return null;
  }
}

/** @throws {Error} where a value is missing or cannot be right, or wrangler refuses */
async function rotate(secret: Secret, environment: DeployedEnvironment): Promise<void> {
  const { name, made, readsPrevious, steps } = secret;
  if (made === 'there') {
    console.error(numbered(steps, environment));
    const given = await take(
      `The new ${name} of ${environment} (not shown; nothing to leave it as it is)`,
    );
    if (given === '') return;
    checkShape(name, given, environment);
    setSecrets(environment, { [name]: given });
  } else {
    const given = readsPrevious ? await takeCurrent(name, environment) : '';
    if (readsPrevious && given.length < 32)
      throw new Error(
        `Give the current ${name}, where it is asked for or on standard input: it stays good beside the new one.`,
      );
    if (name === 'ENCRYPTION_KEY') checkSealed(given, environment);
    const value = randomBytes(32).toString('base64');
    if (readsPrevious && secretsOf(environment).includes(`${name}_PREVIOUS`))
      throw new Error(
        `${name}_PREVIOUS is still set in ${environment}, and would be lost. First, when its steps say so:\nnpm run secrets:rotate -- ${name} --env ${environment} --finish\n${numbered(steps, environment)}`,
      );
    // Before it is set: once set, it cannot be read back.
    console.log(value);
    const previous = readsPrevious ? { [`${name}_PREVIOUS`]: given } : {};
    setSecrets(environment, { [name]: value, ...previous }, Object.keys(previous));
    console.error(numbered(steps, environment));
  }
  note(secret, environment);
  console.error(`See that all is well: npm run smoke -- ${addressOf(environment)}`);
}

function takeCurrent(name: string, environment: DeployedEnvironment): Promise<string> {
  return take(`The current ${name} of ${environment} (not shown)`);
}

/** What a terminal is asked for, or what standard input has. */
async function take(what: string): Promise<string> {
  return process.stdin.isTTY ? askUnseen(what) : readFileSync(0, 'utf8').trim();
}

/** @throws {Error} where something still rests on the key before, or wrangler refuses */
async function finish({ name }: Secret, environment: DeployedEnvironment): Promise<void> {
  if (name === 'ENCRYPTION_KEY') checkResealed(await takeCurrent(name, environment), environment);
  setSecrets(environment, { [`${name}_PREVIOUS`]: null });
  console.error(`What the ${name} before had signed or sealed is worth nothing now.`);
}

function note({ name, days }: Secret, environment: DeployedEnvironment): void {
  if (environment !== 'production') return;
  const file = resolve('docs/rotation.md');
  const today = new Date().toISOString().slice(0, 10);
  writeFileSync(file, noteRotation(readFileSync(file, 'utf8'), name, today, days));
  console.error('docs/rotation.md says so: commit it.');
}

/** The steps, with commands as they are to be typed. */
function numbered(steps: readonly string[], environment: DeployedEnvironment): string {
  return steps
    .map((step, index) => `${index + 1}. ${step}`)
    .join('\n')
    .replaceAll('ENVIRONMENT', environment)
    .replaceAll('ADDRESS', addressOf(environment));
}

function addressOf(environment: DeployedEnvironment): string {
  return configurationOf(environment).address || 'ADDRESS';
}
