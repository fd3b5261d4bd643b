import { sabotage, type Sabotage } from './sabotage.ts';

export const opaque: readonly Sabotage[] = [
  sabotage(
    'AUTH-3',
    'whatever looks like a signed token is taken for a session',
    'src/auth/token.ts',
    'const tokenShape = /^[A-Za-z0-9_-]{43}$/;',
    'const tokenShape = /^[A-Za-z0-9_.-]{43,2000}$/;',
  ),
  sabotage(
    'AUTH-3',
    'the signature of a device cookie is not verified',
    'src/limits/keys.ts',
    'return crypto.subtle.verify(algorithm, await importKey(secret), expected, bytesOf(text));',
    'return expected.length === (await hmac(secret, text)).length / 2;',
  ),
  sabotage(
    'AUTH-3',
    'a device cookie may come without a signature',
    'src/auth/device-cookie.ts',
    'if (!isSigned) return null;',
    "if (signature !== '' && !isSigned) return null;",
  ),
];
