import { askD1 } from '../d1.ts';
import type { DeployedEnvironment } from '../deployment/wrangler.ts';
import { leftUnder, nameOfKey } from './key-name.ts';

const names = 'SELECT DISTINCT substr(seed_ciphertext, 1, 8) AS name FROM mfa';

/**
 * Refuses what has sealed no seed of an environment that has some: it is not the ENCRYPTION_KEY that
 * is in use, which would be overwritten, and every second factor lost.
 * @throws {Error} without the value, or where D1 does not tell
 */
export function checkSealed(key: string, environment: DeployedEnvironment): void {
  const sealing = askD1(environment, names).map(({ name }) => name);
  if (sealing.length === 0 || sealing.includes(nameOfKey(key))) return;
  throw new Error(
    `What was given as the current ENCRYPTION_KEY of ${environment} has sealed no second factor there: nothing was set. Give the one that is in use.`,
  );
}

/**
 * Refuses to let the key before go while anything rests on it: what it has sealed could be opened by nobody.
 * @param key the ENCRYPTION_KEY that is in use
 * @throws {Error} with how many there are, or where D1 does not tell
 */
export function checkResealed(key: string, environment: DeployedEnvironment): void {
  const [left] = askD1(environment, leftUnder(nameOfKey(key)));
  const { seeds, mails } = left ?? {};
  if (seeds === 0 && mails === 0) return;
  throw new Error(
    `In ${environment}, ${String(seeds)} second factors and ${String(mails)} mails that wait are not sealed with the ENCRYPTION_KEY that was given: nothing was taken away. Give the one that is in use, and let a night pass since the rotation. The log tells of a seed that cannot be resealed.`,
  );
}
