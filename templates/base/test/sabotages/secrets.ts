import { sabotage } from './sabotage.ts';

const env = 'src/env.ts';
const password = 'src/auth/password.ts';
const seal = 'src/auth/seal.ts';

export const secrets = [
  sabotage(
    'AUTH-1',
    'a session token holds 32 random bits',
    'src/auth/token.ts',
    'const bytes = crypto.getRandomValues(new Uint8Array(32));',
    'const bytes = new Uint8Array(32);\n  bytes.set(crypto.getRandomValues(new Uint8Array(4)));',
  ),
  sabotage(
    'AUTH-2',
    'a password hash is cheap to break',
    password,
    'const cost = { N: 2 ** 14, r: 8, p: 5 };',
    'const cost = { N: 2 ** 11, r: 8, p: 1 };',
  ),
  sabotage(
    'AUTH-2',
    'every password hash has the same salt',
    password,
    'const salt = randomBytes(16);',
    'const salt = Buffer.alloc(16, randomBytes(1).length);',
  ),
  sabotage(
    'AUTH-2',
    'a password hash says more work than was done',
    password,
    "scrypt(password.normalize('NFKC'), salt, keyLength, parameters, (error, key) => {",
    "scrypt(password.normalize('NFKC'), salt, keyLength, { ...parameters, p: 1 }, (error, key) => {",
  ),
  sabotage(
    'AUTH-2',
    'salts have 32 random bits',
    password,
    'const salt = randomBytes(16);',
    'const salt = randomBytes(16).fill(0, 4);',
  ),
  sabotage(
    'AUTH-4',
    'seeds have 32 random bits',
    'src/auth/totp.ts',
    'return crypto.getRandomValues(new Uint8Array(20));',
    'return crypto.getRandomValues(new Uint8Array(20)).fill(0, 4);',
  ),
  sabotage(
    'AUTH-4',
    'recovery codes have 32 random bits',
    'src/auth/mfa-code.ts',
    'crypto.getRandomValues(new Uint8Array(16))',
    'crypto.getRandomValues(new Uint8Array(16)).fill(0, 4)',
  ),
  sabotage(
    'OBS-2',
    'nonces have 32 random bits',
    seal,
    'const nonce = crypto.getRandomValues(new Uint8Array(12));',
    'const nonce = crypto.getRandomValues(new Uint8Array(12)).fill(0, 4);',
  ),
  sabotage(
    'OBS-2',
    'mail is sealed with the same nonce each time',
    seal,
    'const nonce = crypto.getRandomValues(new Uint8Array(12));',
    'const nonce = new Uint8Array(12);',
  ),
  sabotage(
    'OBS-2',
    'what is sealed for one purpose opens for another',
    seal,
    'additionalData: new TextEncoder().encode(purpose)',
    'additionalData: new TextEncoder().encode(purpose.slice(0, 0))',
  ),
  sabotage(
    'SEC-1',
    'a missing key is replaced by another',
    env,
    "readSecret('ENCRYPTION_KEY', env.ENCRYPTION_KEY)",
    "readSecret('ENCRYPTION_KEY', env.ENCRYPTION_KEY ?? env.HMAC_KEY)",
  ),
  sabotage(
    'SEC-6',
    'mails link to an address without https',
    env,
    "linkBaseUrl: readOrigin('LINK_BASE_URL', env.LINK_BASE_URL)",
    "linkBaseUrl: env.LINK_BASE_URL || readOrigin('LINK_BASE_URL', env.LINK_BASE_URL)",
  ),
  sabotage(
    'SEC-1',
    'one value serves for two secrets',
    'src/env.ts',
    'new Set(values).size < values.length',
    'new Set(values).size < 1',
  ),
  sabotage(
    'SEC-1',
    'the token of operations may be a word',
    env,
    "readSecret('OPERATIONS_TOKEN', env.OPERATIONS_TOKEN)",
    "env.OPERATIONS_TOKEN ?? readSecret('OPERATIONS_TOKEN', undefined)",
  ),
  sabotage(
    'SEC-1',
    'the token of operations may be one of the keys',
    env,
    'const values = Object.values(secrets);',
    'const values = [secrets.hmacKey, secrets.encryptionKey];',
  ),
  sabotage(
    'SEC-1',
    'the token of operations is sent without encryption',
    'scripts/operator.ts',
    "protocol !== 'https:' && !isLocal",
    "protocol === 'ftp:' && !isLocal",
  ),
];
