import type { RequestContext } from '../http/context.ts';
import { Problem } from '../http/problem.ts';
import { limitAccount } from '../limits/enforce.ts';
import { limits, type Limit } from '../limits/policies.ts';

/**
 * Whether an address may be sent one more mail, of those that `limit` counts. Beyond the limit the mail is
 * dropped and the answer stays the same: neither can a stranger be flooded, nor is it told to
 * whoever asks that somebody else asked before.
 * @throws {Problem} 503 when the limiter cannot be asked
 */
export async function mayMail(
  context: RequestContext,
  email: string,
  limit: Limit = limits.mailByAddress,
): Promise<boolean> {
  try {
    await limitAccount(context, limit, email);
    return true;
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.code === 'rate_limited') return false;
    throw thrown;
  }
}

/**
 * The same for what an account has sent to its own address: one that is proven hears of everything,
 * any other may be that of a stranger. @throws {Problem} 503
 */
export async function mayMailOwn(
  context: RequestContext,
  { email, emailVerified }: { email: string; emailVerified: boolean },
): Promise<boolean> {
  return emailVerified || (await mayMail(context, email, limits.proofsByAddress));
}
