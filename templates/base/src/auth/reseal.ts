import { acrossTenants } from '../db/across-tenants.ts';
import type { Database } from '../db/database.ts';
import { otherSeedsAfter, replaceSeeds } from '../db/statements/mfa.ts';
import type { Configuration } from '../env.ts';
import { describeFault, type Logger } from '../ops/logger.ts';
import { sealSeed, unsealSeed } from './mfa-code.ts';
import { nameInUse } from './seal.ts';

/** One statement for all of them: D1 allows an invocation 1,000, and the night removes old rows as well. */
const seedsAtOnce = 100;

/**
 * Seals every seed of a second factor with the key that is in use, while there is a key before. The
 * line in the log says how many it still found: after a night with none, and once no mail waits that is older than
 * the rotation, the key before may go.
 */
export async function resealSeeds(context: {
  configuration: Configuration;
  database: Database;
  logger: Logger;
}): Promise<void> {
  const { configuration, database, logger } = context;
  if (configuration.previousEncryptionKey === null) return;
  const factors = acrossTenants(database, 'second factors');
  const name = await nameInUse(configuration);
  let count = 0;
  let after = '';
  for (;;) {
    const seeds = await factors.all(otherSeedsAfter, after, seedsAtOnce, name);
    const resealed: [userId: string, before: string, after: string][] = [];
    for (const { userId, seedCiphertext } of seeds) {
      after = userId;
      count += 1;
      try {
        const seed = await unsealSeed(context, userId, seedCiphertext);
        resealed.push([userId, seedCiphertext, await sealSeed(context, userId, seed)]);
      } catch (thrown) {
        logger.log('error', 'a seed cannot be resealed', { userId, fault: describeFault(thrown) });
      }
    }
    if (resealed.length > 0) await factors.change(replaceSeeds, JSON.stringify(resealed));
    if (seeds.length < seedsAtOnce) break;
  }
  logger.log('info', 'seeds found under the key before', { count });
}
