import { sabotage, type Sabotage } from './sabotage.ts';

const file = 'src/auth/oauth/google.ts';

export const google: readonly Sabotage[] = [
  sabotage('AUTH-3', 'an ID token chooses its own algorithm', file, '      algorithms,\n', ''),
  sabotage(
    'AUTH-3',
    'one more algorithm is on the list',
    file,
    "const algorithms = ['RS256'];",
    "const algorithms = ['RS256', 'ES256'];",
  ),
  sabotage(
    'AUTH-3',
    'an ID token for another app is accepted',
    file,
    '      audience: client.id,\n',
    '',
  ),
  sabotage('AUTH-3', 'an ID token of any issuer is accepted', file, '      issuer,\n', ''),
  sabotage(
    'AUTH-3',
    'an ID token may be good for ever',
    file,
    "requiredClaims: ['exp'],",
    'requiredClaims: [],',
  ),
  sabotage(
    'AUTH-3',
    'an ID token is read and not verified',
    file,
    "import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose';",
    `import { createRemoteJWKSet, customFetch, decodeJwt } from 'jose';

const jwtVerify = (token: string, ..._checks: unknown[]) =>
  Promise.resolve({ payload: decodeJwt(token) });`,
  ),
  sabotage(
    'AUTH-3',
    'an ID token of another visit is accepted',
    file,
    'claims.nonce !== nonce',
    "claims.nonce === ''",
  ),
  sabotage(
    'AUTH-3',
    'an ID token that was given to another app is accepted',
    file,
    'claims.azp !== undefined && claims.azp !== client.id',
    "claims.azp === ''",
  ),
  sabotage(
    'AUTH-6',
    'an address that Google says nothing of counts as verified',
    file,
    'claims.email_verified === true ? claims.email : undefined',
    'claims.email_verified === false ? undefined : claims.email',
  ),
  sabotage(
    'AUTH-3',
    'algorithms that nobody decided on are on the list',
    file,
    "const algorithms = ['RS256'];",
    "const algorithms = ['RS256', 'PS256', 'EdDSA'];",
  ),
  sabotage(
    'AUTH-3',
    'the ids that Google gives are too long',
    file,
    'sub: z.string().min(1).max(255)',
    'sub: z.string().min(1).max(20)',
  ),
  sabotage(
    'AUTH-6',
    'an answer as long as those of Google is refused',
    'src/auth/oauth/answer.ts',
    '64 * 1_024',
    '2 * 1_024',
  ),
];
