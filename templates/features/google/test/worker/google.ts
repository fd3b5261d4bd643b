import { exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload } from 'jose';
import { StandIn, type Grant, type Person } from './stand-in.ts';

const rsa = await generateKeyPair('RS256', { extractable: true });
const elliptic = await generateKeyPair('ES256', { extractable: true });
const stranger = await generateKeyPair('RS256', { extractable: true });

/** Its keys, in the forms a test may want to abuse them in. */
export const googleKeys = { rsa, elliptic, stranger };

const published: JWK[] = [
  { ...(await exportJWK(rsa.publicKey)), kid: 'rsa', use: 'sig' },
  { ...(await exportJWK(elliptic.publicKey)), kid: 'elliptic', use: 'sig' },
];

class Google extends StandIn {
  /** How an ID token is made; a test that forges one puts its own way here. */
  makeToken = signed;

  protected async tokensFor({ person, nonce }: Grant) {
    return {
      // As long as Google says it may be.
      access_token: 'a'.repeat(2_048),
      expires_in: 3_599,
      id_token: await this.makeToken(claimsOf(person, nonce)),
      scope: 'openid https://www.googleapis.com/auth/userinfo.email',
      token_type: 'Bearer',
    };
  }

  protected serve(request: Request): Promise<Response | undefined> {
    const isCerts = request.url === 'https://www.googleapis.com/oauth2/v3/certs';
    return Promise.resolve(isCerts ? Response.json({ keys: published }) : undefined);
  }
}

function claimsOf({ subject, email, isVerified, name }: Person, nonce: string): JWTPayload {
  const now = Math.floor(Date.now() / 1_000);
  return {
    iss: 'https://accounts.google.com',
    aud: 'google-client.example',
    azp: 'google-client.example',
    sub: subject,
    email,
    email_verified: isVerified,
    name,
    nonce,
    iat: now,
    exp: now + 3_600,
  };
}

/** As Google does it. */
export function signed(claims: JWTPayload): Promise<string> {
  const token = new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'rsa', typ: 'JWT' });
  return token.sign(rsa.privateKey);
}

/** Google, as far as the app knows it. */
export const google = new Google({
  name: 'google',
  issuer: 'https://accounts.google.com',
  authorizationEndpoint: 'https://accounts.google.com/o/oauth2/v2/auth',
  tokenEndpoint: 'https://oauth2.googleapis.com/token',
  clientId: 'google-client.example',
  clientSecret: 'what the stand-in for Google knows',
});
