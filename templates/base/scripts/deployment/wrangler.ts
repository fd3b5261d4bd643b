import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import * as z from 'zod';

/** What can be deployed: the environments of wrangler.toml. */
export const environments = ['staging', 'production'] as const;
export type DeployedEnvironment = (typeof environments)[number];

/** The environment that a word names, or null. */
export function environmentOf(word: string | undefined): DeployedEnvironment | null {
  return environments.find((name) => name === word) ?? null;
}

/**
 * Runs wrangler, shows what it prints and answers it.
 * @throws {Error} naming the command that failed
 */
export function wrangler(...words: readonly string[]): string {
  console.log(`> wrangler ${words.join(' ')}`);
  const { status, stdout, stderr } = spawnWrangler(words);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  if (status !== 0) throw new Error(`"wrangler ${words.join(' ')}" failed.`);
  return stdout;
}

/**
 * Runs wrangler and answers what it prints, which is shown only when it fails.
 * @throws {Error} with the command and what wrangler said
 */
export function askWrangler(...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnWrangler(words);
  if (status !== 0) throw new Error(`"wrangler ${words.join(' ')}" failed:\n${stderr}${stdout}`);
  return stdout;
}

const spawnWrangler = (words: readonly string[]) =>
  spawnSync('npx', ['wrangler', ...words], { encoding: 'utf8', maxBuffer: 1 << 28 });

const Section = z.object({
  name: z.string(),
  vars: z.object({ APP_ORIGIN: z.string() }),
  secrets: z.object({ required: z.array(z.string()) }),
});
const Configuration = z.object({ env: z.object({ staging: Section, production: Section }) });

/** What wrangler.toml says of an environment. */
export function configurationOf(environment: DeployedEnvironment) {
  const file = join(import.meta.dirname, '../../wrangler.toml');
  const { name, vars, secrets } = Configuration.parse(parse(readFileSync(file, 'utf8'))).env[
    environment
  ];
  return { worker: name, address: vars.APP_ORIGIN, secrets: secrets.required };
}
