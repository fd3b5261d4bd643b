import {
  authorizationCodeGrantRequest,
  AuthorizationResponseError,
  calculatePKCECodeChallenge,
  ClientSecretPost,
  customFetch,
  skipStateCheck,
  validateAuthResponse,
} from 'oauth4webapi';
import * as z from 'zod';
import { acrossTenants } from '../../db/across-tenants.ts';
import { insertFlow, purgeFlows, takeFlow, type FlowRow } from '../../db/statements/oauth-flows.ts';
import type { AppContext } from '../../http/context.ts';
import { outbound } from '../../http/outbound.ts';
import { cookieMaxAgeSeconds, giveCookie, readCookie, takeCookie } from '../cookie.ts';
import { hashToken, isToken, mintToken } from '../token.ts';
import { patienceMs, readAnswer } from './answer.ts';
import { OAuthFailure } from './failure.ts';
import type { ProvenIdentity } from './provider.ts';
import type { ChosenProvider } from './providers.ts';

/** What a provider sends the browser back with; empty where it says nothing. */
export type Answer = Readonly<Record<'code' | 'error' | 'iss' | 'state', string>>;

/**
 * Sets a browser on its way to a provider, with authorization code, PKCE and state (RFC 9700, 2.1). The
 * cookie ties the answer to this browser; what the answer is checked against stays in D1.
 * @returns the address to send the browser to
 */
export async function beginFlow(
  c: AppContext,
  { name, client, provider }: ChosenProvider,
  { returnTo, userId }: Pick<FlowRow, 'returnTo' | 'userId'>,
): Promise<string> {
  const { database, now } = c.get('context');
  const [token, state, nonce, verifier] = [mintToken(), mintToken(), mintToken(), mintToken()];
  const expiresAt = now + cookieMaxAgeSeconds.oauth * 1_000;
  const across = acrossTenants(database, 'accounts');
  const hash = await hashToken(token);
  await database.batch([
    across.bind(purgeFlows, now),
    across.bind(insertFlow, hash, name, state, nonce, verifier, returnTo, userId, expiresAt),
  ]);
  giveCookie(c, 'oauth', token);
  const address = new URL(provider.server.authorization_endpoint);
  address.search = new URLSearchParams({
    client_id: client.id,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    nonce,
    redirect_uri: redirectUri(c, name),
    response_type: 'code',
    scope: provider.scope,
    state,
  }).toString();
  return address.href;
}

/**
 * Takes the visit that this browser set out for, once: whatever its answer is worth, there is no second.
 * @throws {OAuthFailure} `expired` when there is none, or the answer is to another
 */
export async function endFlow(
  c: AppContext,
  { name }: ChosenProvider,
  { state }: Answer,
): Promise<FlowRow> {
  const { database, now } = c.get('context');
  const across = acrossTenants(database, 'accounts');
  const token = readCookie(c, 'oauth');
  takeCookie(c, 'oauth');
  const flow = isToken(token)
    ? await across.first(takeFlow, await hashToken(token), name, now)
    : null;
  if (flow === null || flow.state !== state) throw new OAuthFailure('expired');
  return flow;
}

/** Exchanges the code of an answer for the identity behind it. @throws {OAuthFailure} */
export async function proveIdentity(
  c: AppContext,
  { name, client, provider }: ChosenProvider,
  flow: FlowRow,
  answer: Answer,
): Promise<ProvenIdentity> {
  try {
    const { server } = provider;
    const app = { client_id: client.id };
    const ask = outbound({ requestId: c.get('requestId'), patienceMs });
    const response = await authorizationCodeGrantRequest(
      server,
      app,
      ClientSecretPost(client.secret),
      validateAuthResponse(server, app, new URLSearchParams(answer), skipStateCheck),
      redirectUri(c, name),
      flow.codeVerifier,
      { [customFetch]: ask },
    );
    const tokens = await readAnswer(response, z.unknown());
    return await provider.identify(tokens, client, flow.nonce, ask);
  } catch (thrown) {
    if (thrown instanceof OAuthFailure) throw thrown;
    const isRefusal = thrown instanceof AuthorizationResponseError;
    throw new OAuthFailure(isRefusal ? 'cancelled' : 'provider_failed', thrown);
  }
}

/** The one address a provider may send browsers back to: from the configuration, never from a request. */
function redirectUri(c: AppContext, name: string): string {
  return `${c.get('context').configuration.origin}/api/auth/oauth/${name}/callback`;
}
