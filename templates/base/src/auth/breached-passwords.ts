import type { RequestContext } from '../http/context.ts';
import { outbound } from '../http/outbound.ts';
import { Problem } from '../http/problem.ts';
import { describeFault } from '../ops/logger.ts';

/** How long a password's owner waits for the service. */
const patienceMs = 1_500;

/**
 * Refuses a password that a breach made public (ASVS 5.0, 6.2.12). Of its SHA-1 only the first five
 * digits leave the app, and the answer is padded, so neither the service nor who listens learns which
 * it was. A service that fails or is slow keeps nobody out; the log says so.
 * @throws {Problem} 400
 */
export async function refuseBreached(context: RequestContext, password: string): Promise<void> {
  const { breachListUrl } = context.configuration;
  if (breachListUrl === null) return;
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(password));
  const hash = new Uint8Array(digest).toHex().toUpperCase();
  if (!(await isListed(context, breachListUrl, hash))) return;
  const message = 'This password is known from a breach; choose another';
  throw new Problem('invalid_input', { errors: [{ field: 'body.password', message }] });
}

async function isListed(context: RequestContext, url: string, hash: string): Promise<boolean> {
  try {
    const { host } = new URL(url);
    const ask = outbound({ requestId: context.requestId, patienceMs, host });
    const response = await ask(url + hash.slice(0, 5), { headers: { 'Add-Padding': 'true' } });
    if (!response.ok) throw new Error(`status ${response.status}`);
    // Padding has a count of zero.
    return new RegExp(`^${hash.slice(5)}:0*[1-9]`, 'm').test(await response.text());
  } catch (thrown) {
    const fault = describeFault(thrown);
    context.logger.log('warn', 'dependency failed', { dependency: 'breached passwords', fault });
    return false;
  }
}
