import { exportJWK, exportSPKI, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Browser } from './browser.ts';
import { google, googleKeys, signed } from './google.ts';
import { connect, logInWith, newPerson } from './stand-in.ts';

const { rsa, elliptic, stranger } = googleKeys;
const minute = 60;

beforeEach(() => connect([google]));
afterEach(() => {
  google.makeToken = signed;
  google.instead = undefined;
});

/** Logs in with an ID token that is made some other way. */
async function logInWithToken(makeToken: (claims: JWTPayload) => Promise<string>) {
  google.makeToken = makeToken;
  const { browser, location } = await logInWith(google, newPerson());
  return { location, isLoggedIn: (await browser.get('/api/me')).status === 200 };
}

const refused = { location: '/login?error=provider_failed', isLoggedIn: false };
const accepted = { location: '/projects', isLoggedIn: true };

const header = (alg: string, kid: string) => ({ alg, kid, typ: 'JWT' });
const with_ = (changed: JWTPayload) => (claims: JWTPayload) => signed({ ...claims, ...changed });
const without = (name: string) => (claims: JWTPayload) =>
  signed(Object.fromEntries(Object.entries(claims).filter(([claim]) => claim !== name)));
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;

describe('AUTH-3 an ID token counts by its signature', () => {
  it('as Google signs it, it does', async () => {
    expect(await logInWithToken(signed)).toEqual(accepted);
  });

  it('without one it does not', async () => {
    const unsigned = (claims: JWTPayload) => Promise.resolve(new UnsecuredJWT(claims).encode());
    expect(await logInWithToken(unsigned)).toEqual(refused);
  });

  it('with the one of another token it does not', async () => {
    const swapped = async (claims: JWTPayload) => {
      const [head, body] = (await signed(claims)).split('.');
      const [, , signature] = (await signed({ ...claims, sub: '1' })).split('.');
      return [head, body, signature].join('.');
    };
    expect(await logInWithToken(swapped)).toEqual(refused);
  });

  it('signed with the public key as if it were a shared secret, it does not', async () => {
    const secret = new TextEncoder().encode(await exportSPKI(rsa.publicKey));
    const forged = (claims: JWTPayload) =>
      new SignJWT(claims).setProtectedHeader(header('HS256', 'rsa')).sign(secret);
    expect(await logInWithToken(forged)).toEqual(refused);
  });

  it.each(['RS384', 'RS512', 'PS256', 'ES256'])(
    'in %s, by a key that Google publishes, it does not: the algorithm is ours to choose',
    async (alg) => {
      const [key, kid] = alg === 'ES256' ? [elliptic, 'elliptic'] : [rsa, 'rsa'];
      // A key of Web Crypto knows the one hash it is for.
      const jwk = { ...(await exportJWK(key.privateKey)), alg };
      const forged = (claims: JWTPayload) =>
        new SignJWT(claims).setProtectedHeader(header(alg, kid)).sign(jwk);
      expect(await logInWithToken(forged)).toEqual(refused);
    },
  );

  it('by a key that Google does not publish it does not, whatever key it claims', async () => {
    for (const kid of ['rsa', 'unknown', '']) {
      const forged = (claims: JWTPayload) =>
        new SignJWT(claims).setProtectedHeader(header('RS256', kid)).sign(stranger.privateKey);
      expect(await logInWithToken(forged)).toEqual(refused);
    }
  });

  it('by a key that it brings along, or says where to get, it does not', async () => {
    const jwk = await exportJWK(stranger.publicKey);
    for (const brought of [{ jwk }, { jku: 'https://evil.example/keys' }]) {
      const forged = (claims: JWTPayload) =>
        new SignJWT(claims)
          .setProtectedHeader({ ...header('RS256', 'rsa'), ...brought })
          .sign(stranger.privateKey);
      expect(await logInWithToken(forged)).toEqual(refused);
    }
    expect(google.asked.filter((asked) => asked.includes('evil'))).toEqual([]);
  });
});

describe('AUTH-3 where the keys of Google cannot be had', () => {
  it('nobody is logged in, until they can be had again', async () => {
    let now = Date.now();
    // The ones from before are used for ten minutes.
    const elevenMinutesLater = () =>
      vi.useFakeTimers({ toFake: ['Date'], now: (now += 11 * minute * 1_000) });
    for (const answer of [
      () => new Response('{}', { status: 500 }),
      () => Response.json({ keys: 'none' }),
      () => Response.json({ keys: [] }),
    ]) {
      google.instead = ({ url }) => (url.includes('certs') ? Promise.resolve(answer()) : undefined);
      elevenMinutesLater();
      expect(await logInWithToken(signed)).toEqual(refused);
    }
    google.instead = undefined;
    elevenMinutesLater();
    expect(await logInWithToken(signed)).toEqual(accepted);
  });
});

describe('AUTH-3 an ID token counts by what it says', () => {
  it.each([
    ['to another app', with_({ aud: 'another.example' })],
    ['to nobody', without('aud')],
    ['for another app, in our audience', with_({ azp: 'another.example' })],
    ['by another issuer', with_({ iss: 'https://evil.example' })],
    ['by an issuer that begins like Google', with_({ iss: 'https://accounts.google.com.evil' })],
    ['by nobody', without('iss')],
    ['for another visit', with_({ nonce: 'another' })],
    ['for an empty visit', with_({ nonce: '' })],
    ['for no visit', without('nonce')],
    ['about nobody', without('sub')],
    ['about an empty name', with_({ sub: '' })],
    ['until a moment ago', with_({ exp: inSeconds(-1) })],
    ['for ever', without('exp')],
    ['from later on', with_({ nbf: inSeconds(10 * minute) })],
  ])('given %s it does not', async (_what, makeToken) => {
    expect(await logInWithToken(makeToken)).toEqual(refused);
  });

  it('without azp it does, since Google may leave that out', async () => {
    expect(await logInWithToken(without('azp'))).toEqual(accepted);
  });

  it('about an id as long as they may be it does', async () => {
    expect(await logInWithToken(with_({ sub: '1'.repeat(255) }))).toEqual(accepted);
  });
});

describe('AUTH-6 what Google is asked for', () => {
  it('is who somebody is, and nothing of what is theirs there', async () => {
    const { headers } = await new Browser().get('/api/auth/oauth/google/start');
    const { searchParams } = new URL(headers.get('Location') ?? '');
    expect(searchParams.get('scope')).toBe('openid email profile');
  });
});

describe('AUTH-6 Google must vouch for the address', () => {
  it.each([
    ['says nothing of it', without('email_verified')],
    ['says "true" as a text', with_({ email_verified: 'true' })],
    ['says 1', with_({ email_verified: 1 })],
    ['gives none', without('email')],
    ['gives one that is none', with_({ email: 'nobody' })],
  ])('where it %s nobody is logged in', async (_what, makeToken) => {
    const { isLoggedIn, location } = await logInWithToken(makeToken);
    expect(isLoggedIn).toBe(false);
    expect(location).toMatch(/^\/login\?error=(email_unverified|provider_failed)$/);
  });
});
