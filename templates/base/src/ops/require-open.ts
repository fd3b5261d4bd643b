import { acrossTenants } from '../db/across-tenants.ts';
import { DatabaseError } from '../db/errors.ts';
import { flagState } from '../db/statements/operations.ts';
import type { RequestContext } from '../http/context.ts';
import { Problem } from '../http/problem.ts';
import { flags, type FlagName, type FlagState } from './flags.ts';

const retryAfterSeconds = 300;

/**
 * Passes while a flag is open. It answers nothing that a caller could act upon. Each call asks D1, so
 * a flag that was closed is closed everywhere with the next request.
 * @throws `refusal` while it is closed: 503 with Retry-After
 */
export async function requireOpen(
  context: RequestContext,
  name: FlagName,
  refusal: Error = new Problem('unavailable', { retryAfterSeconds }),
): Promise<void> {
  if ((await stateOf(context, name)) === 'closed') throw refusal;
}

async function stateOf(context: RequestContext, name: FlagName): Promise<FlagState> {
  const { unset, safeDefault } = flags[name];
  try {
    const row = await acrossTenants(context.database, 'operations').first(flagState, name);
    return row?.state ?? unset;
  } catch (thrown) {
    if (!(thrown instanceof DatabaseError)) throw thrown;
    const { kind: code, statement } = thrown;
    context.logger.log('error', 'a flag cannot be read', { code, statement });
    return safeDefault;
  }
}
