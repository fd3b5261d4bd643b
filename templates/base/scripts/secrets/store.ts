import { spawnSync } from 'node:child_process';
import * as z from 'zod';
import { askWrangler, type DeployedEnvironment } from '../deployment/wrangler.ts';

/**
 * Sets secrets, or removes those that are null: all in one request, so that no version of the Worker
 * has one without the other. What wrangler says goes to standard error.
 * @param absent those of the names that the environment did not have: where wrangler fails, they tell what became of the request
 * @throws {Error} where wrangler fails, with what to do with values that were printed
 */
export function setSecrets(
  environment: DeployedEnvironment,
  secrets: Readonly<Record<string, string | null>>,
  absent: readonly string[] = [],
): void {
  const { status, stdout, stderr } = spawnSync(
    'npx',
    ['wrangler', 'secret', 'bulk', '--env', environment],
    { encoding: 'utf8', input: JSON.stringify(secrets) },
  );
  console.error(`${stdout}${stderr}`.trim());
  if (status !== 0)
    throw new Error(
      `wrangler failed to set ${Object.keys(secrets).join(' and ')} in ${environment}. ${whatBecame(environment, absent)} If the latest version is not deployed (10214, 10215), deploy the commit that serves once more: docs/rotation.md.`,
    );
}

/** A request that failed may have been carried out all the same, and then all of it: what is there now tells. */
function whatBecame(environment: DeployedEnvironment, absent: readonly string[]): string {
  if (absent.length === 0) return 'It may have come to pass all the same: do it once more.';
  const names = absent.join(' and ');
  const list = `wrangler secret list --env ${environment}`;
  try {
    const there = new Set(secretsOf(environment));
    if (absent.every((name) => there.has(name)))
      return `Yet ${names} is there now: a value that was printed IS in use, keep it.`;
    if (!absent.some((name) => there.has(name)))
      return `There is no ${names}: a value that was printed is NOT in use. Throw it away when "${list}" has none a minute later either.`;
  } catch {
    // The values are kept until somebody can ask.
  }
  return `Whether it came to pass cannot be told: keep a value that was printed until "${list}" tells. It is in use where ${names} is there.`;
}

/** The names of the secrets that an environment has; none before its Worker was made. @throws {Error} where wrangler does not tell */
export function secretsOf(environment: DeployedEnvironment): string[] {
  try {
    const told: unknown = JSON.parse(askWrangler('secret', 'list', '--env', environment));
    return Listed.parse(told).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Error && /Worker "[^"]+".* not found/.test(error.message)) return [];
    throw error;
  }
}

const Listed = z.array(z.object({ name: z.string() }));
