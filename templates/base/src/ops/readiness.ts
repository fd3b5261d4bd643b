import { acrossTenants } from '../db/across-tenants.ts';
import { newestMigration } from '../db/statements/operations.ts';
import type { RequestContext } from '../http/context.ts';
import { within } from './deadline.ts';
import { describeFault } from './logger.ts';

/** Longer than any of them takes when it is well. */
const patienceMs = 2_000;

/** How each dependency is asked, without changing anything. What it answers is told, where it is a text. */
const questions = {
  database: async ({ database }) =>
    (await acrossTenants(database, 'operations').first(newestMigration))?.name,
  sessionData: ({ sessionData }) => sessionData.get('ready').then(() => undefined),
  rateLimiter: ({ rateLimiters }) =>
    rateLimiters
      .getByName('ready')
      .giveBack()
      .then(() => undefined),
} as const satisfies Record<string, (context: RequestContext) => Promise<string | undefined>>;

/** How one dependency is. The database tells its newest migration. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly durationMs: number;
  readonly newestMigration?: string;
}

/** Asks every dependency, all at once and each for two seconds at most. Why one failed stands in the log. */
export function checkDependencies(context: RequestContext): Promise<Check[]> {
  return Promise.all(
    Object.entries(questions).map(async ([name, ask]): Promise<Check> => {
      const startedAt = Date.now();
      try {
        const answer = await within(patienceMs, ask(context));
        const durationMs = Date.now() - startedAt;
        return {
          name,
          ok: true,
          durationMs,
          ...(answer !== undefined && { newestMigration: answer }),
        };
      } catch (thrown) {
        const fault = describeFault(thrown);
        context.logger.log('error', 'dependency failed', { dependency: name, fault });
        return { name, ok: false, durationMs: Date.now() - startedAt };
      }
    }),
  );
}
