import { spawnSync } from 'node:child_process';
import * as z from 'zod';
import { askWrangler, type DeployedEnvironment } from '../deployment/wrangler.ts';

/**
 * Sets secrets, or removes those that are null: all in one request, so that no version of the Worker
 * has one without the other. What wrangler says goes to standard error.
 * @throws {Error} where wrangler refuses
 */
export function setSecrets(
  environment: DeployedEnvironment,
  secrets: Readonly<Record<string, string | null>>,
): void {
  const { status, stdout, stderr } = spawnSync(
    'npx',
    ['wrangler', 'secret', 'bulk', '--env', environment],
    { encoding: 'utf8', input: JSON.stringify(secrets) },
  );
  console.error(`${stdout}${stderr}`.trim());
  if (status !== 0)
    throw new Error(
      `wrangler did not set ${Object.keys(secrets).join(' and ')} in ${environment}: a value that was printed is NOT in use, throw it away. If the latest version is not deployed (10214, 10215), deploy the commit that serves once more: docs/rotation.md.`,
    );
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
