import { sabotage } from './sabotage.ts';

const body = 'src/http/body.ts';
const enforce = 'src/limits/enforce.ts';
const input = 'src/http/input.ts';
const limiter = 'src/limits/rate-limiter.ts';

export const inputAndLimits = [
  sabotage(
    'API-1',
    'unknown fields pass',
    'src/projects/routes.ts',
    'body: z.strictObject({ ...fields,',
    'body: z.looseObject({ ...fields,',
  ),
  sabotage(
    'API-1',
    'a text has no end',
    'src/http/fields.ts',
    `    .max(maximumLength)
    .normalize('NFC')
    .trim()`,
    `    .max(Math.max(maximumLength, 1e9))
    .normalize('NFC')
    .trim()`,
  ),
  sabotage(
    'API-1',
    'the names of unknown fields are repeated',
    input,
    "if (issue.code !== 'unrecognized_keys') return",
    'if (issue.message !== undefined) return',
  ),
  sabotage(
    'API-1',
    'a query that nobody declared passes',
    input,
    "...(('query' in schema.shape || Object.keys(query).length > 0) && { query }),",
    "...('query' in schema.shape && { query }),",
  ),
  sabotage(
    'API-1',
    'text keeps the Unicode form it came in',
    'src/http/fields.ts',
    ".normalize('NFC')\n    .trim()",
    '.trim()',
  ),
  sabotage(
    'API-1',
    'text of several lines keeps the Unicode form it came in',
    'src/http/fields.ts',
    ".normalize('NFC')\n    .regex(",
    '.regex(',
  ),
  sabotage(
    'API-1',
    'whatever has an @ is an address',
    'src/http/fields.ts',
    '.pipe(z.email().max(254))',
    '.pipe(z.string().regex(/@/).max(254))',
  ),
  sabotage(
    'API-1',
    'an address keeps the Unicode form it came in',
    'src/http/fields.ts',
    "text.normalize('NFKC').trim()",
    'text.trim()',
  ),
  sabotage(
    'API-1',
    'of a parameter that comes twice the first counts',
    input,
    'values.length === 1 ? values[0] : values',
    'values[0]',
  ),
  sabotage(
    'API-1',
    'a handler reads the query itself',
    'src/projects/routes.ts',
    'const { limit, sort } = input.query;',
    "const { sort } = input.query;\n      const limit = Number(c.req.query('limit') ?? 20);",
  ),
  sabotage(
    'API-2',
    'the client is whoever X-Forwarded-For says',
    enforce,
    "limit, clientKey(c.req.header('CF-Connecting-IP'))",
    "limit, clientKey(c.req.header('X-Forwarded-For') ?? c.req.header('CF-Connecting-IP'))",
  ),
  sabotage(
    'API-2',
    'an IPv6 client gets a new count for each of its addresses',
    enforce,
    "if (!address.includes(':') || address.includes('.')) return address;",
    'if (address.length > 0) return address;',
  ),
  sabotage(
    'API-2',
    'a client without an address is not counted',
    enforce,
    "return 'no address';",
    'return crypto.randomUUID();',
  ),
  sabotage(
    'API-2',
    'a flood goes through to the exact counters',
    enforce,
    'if ((await within(patienceMs.flood, asked)).success) return;',
    'if ((await within(patienceMs.flood, asked)).success !== null) return;',
  ),
  sabotage(
    'API-2',
    'a flood is refused where one logs in, and nowhere else',
    'src/app.ts',
    'await refuseFlood(c);',
    "if (c.req.path.startsWith('/api/auth/')) await refuseFlood(c);",
  ),
  sabotage(
    'API-2',
    'a flood limiter that is down shuts everybody out',
    enforce,
    "{ dependency: 'flood limiter', fault });\n    return;",
    "{ dependency: 'flood limiter', fault });",
  ),
  sabotage(
    'API-2',
    'guesses at one account are not counted',
    'src/auth/login.ts',
    'limitAccount(context, limits.loginByAccount, key)',
    'limitAccount(context, limits.loginByAccount, `${key}${crypto.randomUUID()}`)',
  ),
  sabotage(
    'API-2',
    'the hash comes before the limit',
    'src/auth/login.ts',
    `const attempt = await limitAccount(context, limits.loginByAccount, key);
  const isRight = await verifyPassword(password, claimed?.passwordHash ?? null);`,
    `const isRight = await verifyPassword(password, claimed?.passwordHash ?? null);
  const attempt = await limitAccount(context, limits.loginByAccount, key);`,
  ),
  sabotage(
    'API-2',
    'a limiter that is down lets everybody guess',
    enforce,
    'const { allowed, retryAfterSeconds } = await ask(context, () =>\n    counter().take(limit.max, limit.windowSeconds),\n  );',
    'const { allowed, retryAfterSeconds } = await ask(context, () =>\n    counter().take(limit.max, limit.windowSeconds),\n  ).catch((thrown: Problem) => {\n    if (thrown.code !== "unavailable") throw thrown;\n    return { allowed: true, retryAfterSeconds: 0 };\n  });',
  ),
  sabotage(
    'API-5',
    'the announced length is believed and nothing is counted',
    body,
    'length += chunk.byteLength;',
    'length += 0;',
  ),
  sabotage(
    'API-5',
    'any media type is parsed',
    body,
    'if (mediaType !== expected) throw',
    "if (mediaType === 'application/xml') throw",
  ),
  sabotage(
    'API-5',
    'the limit is a thousand times higher',
    body,
    'export const defaultBodyLimit = 64 * 1024;',
    'export const defaultBodyLimit = 64 * 1024 * 1000;',
  ),
  sabotage(
    'API-5',
    'nesting has no end',
    body,
    'if (depthOf(body) > maximumDepth)',
    'if (depthOf(body) > maximumDepth * 10_000)',
  ),
  sabotage('TEST-4', 'one more gets through', limiter, 'window.count >= max', 'window.count > max'),
  sabotage(
    'TEST-4',
    'a window never ends',
    limiter,
    'return window !== undefined && window.endsAt > now ? window : undefined;',
    'return window !== undefined && now > 0 ? window : undefined;',
  ),
  sabotage(
    'TEST-4',
    'a limit is raised without a decision',
    'src/limits/policies.ts',
    "name: 'login by account', max: 10",
    "name: 'login by account', max: 1000",
  ),
  sabotage(
    'TEST-4',
    'each take starts the window anew',
    limiter,
    'return this.#save({ ...window, count: window.count + 1 }, retryAfterSeconds);',
    'return this.#save({ count: 1, endsAt: window.endsAt }, retryAfterSeconds);',
  ),
  sabotage(
    'TEST-4',
    'an alarm that comes early lets everybody try again',
    limiter,
    'if (window === undefined) await',
    'if (window === undefined || window.count > 0) await',
  ),
  sabotage(
    'API-5',
    'JSON may nest a thousand times deeper',
    'src/http/body.ts',
    'const maximumDepth = 20;',
    'const maximumDepth = 20_000;',
  ),
  sabotage(
    'API-1',
    'bytes that are no UTF-8 are read as something else',
    'src/http/body.ts',
    '{ fatal: true, ignoreBOM: false }',
    '{ fatal: false, ignoreBOM: false }',
  ),
  sabotage(
    'API-1',
    'a line may hold separators of lines',
    'src/http/fields.ts',
    '\\p{Cs}\\u2028\\u2029]*$/u',
    '\\p{Cs}]*$/u',
  ),
  sabotage(
    'API-1',
    'an address grows beyond its length in the form it is kept in',
    'src/http/fields.ts',
    '.pipe(z.email().max(254))',
    '.pipe(z.email())',
  ),
];
