import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose';
import * as z from 'zod';
import { mintRequestId } from '../../http/context.ts';
import { outbound } from '../../http/outbound.ts';
import { patienceMs } from './answer.ts';
import { OAuthFailure } from './failure.ts';
import { identityOf, type Provider } from './provider.ts';

const issuer = 'https://accounts.google.com';

/** Only Google's own keys count; of a token's header only `kid` counts, which picks one of them. */
const keys = createRemoteJWKSet(new URL('https://www.googleapis.com/oauth2/v3/certs'), {
  // They serve everybody, so they are asked for on nobody's behalf.
  [customFetch]: (url, options) =>
    outbound({ requestId: mintRequestId(), patienceMs })(url, options),
});

/** What Google signs with today. A list, since a token must not choose how it is verified (RFC 8725, 3.1). */
const algorithms = ['RS256'];

const tokenAnswer = z.strictObject({ id_token: z.string() }).strip();

const identityClaims = z
  .strictObject({
    sub: z.string().min(1).max(255),
    nonce: z.string(),
    azp: z.string().optional(),
    email: z.string().optional(),
    email_verified: z.boolean().optional(),
    name: z.string().optional(),
  })
  .strip();

/** Google, by OpenID Connect Core 1.0 (3.1.3.7): what it signed in the ID token, and nothing else, says who it was. */
export const google: Provider = {
  title: 'Google',
  server: {
    issuer,
    authorization_endpoint: 'https://accounts.google.com/o/oauth2/v2/auth',
    token_endpoint: 'https://oauth2.googleapis.com/token',
  },
  scope: 'openid email profile',

  async identify(tokens, client, nonce) {
    const { payload } = await jwtVerify(tokenAnswer.parse(tokens).id_token, keys, {
      algorithms,
      issuer,
      audience: client.id,
      requiredClaims: ['exp'],
    });
    const claims = identityClaims.parse(payload);
    if (claims.nonce !== nonce) throw new OAuthFailure('provider_failed');
    // A token that Google gave to another app in our audience was not meant to log anybody in here.
    if (claims.azp !== undefined && claims.azp !== client.id) {
      throw new OAuthFailure('provider_failed');
    }
    const verified = claims.email_verified === true ? claims.email : undefined;
    return identityOf(claims.sub, verified, claims.name);
  },
};
