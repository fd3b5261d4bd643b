import { sabotage, type Sabotage } from './sabotage.ts';

const cors = 'src/http/cors.ts';
const env = 'src/env.ts';
const isListed = "return corsOrigins.has(c.req.header('Origin') ?? '');";

export const crossOrigin: readonly Sabotage[] = [
  sabotage(
    'API-4',
    'any origin is reflected',
    cors,
    isListed,
    "return corsOrigins.size > 0 && c.req.header('Origin') !== undefined;",
  ),
  sabotage(
    'API-4',
    'an origin that ends like one of the list is let in',
    cors,
    isListed,
    "return [...corsOrigins].some((one) => c.req.header('Origin')?.endsWith(one.slice(8)));",
  ),
  sabotage(
    'API-4',
    'upper and lower case are the same',
    cors,
    isListed,
    "return corsOrigins.has(c.req.header('Origin')?.toLowerCase() ?? '');",
  ),
  sabotage(
    'API-4',
    'pages in a sandbox, whose origin is null, are let in',
    cors,
    isListed,
    "return ['null', ...corsOrigins].includes(c.req.header('Origin') ?? '');",
  ),
  sabotage(
    'API-4',
    'a cache is told of the origin only where it is listed',
    cors,
    "headers.append('Vary', 'Origin');\n  if (!isFromListedOrigin(c)) return;",
    "if (!isFromListedOrigin(c)) return;\n  headers.append('Vary', 'Origin');",
  ),
  sabotage(
    'API-4',
    'everybody may send credentials',
    cors,
    'if (!isFromListedOrigin(c)) return;\n  headers.set(',
    "headers.set('Access-Control-Allow-Credentials', 'true');\n  if (!isFromListedOrigin(c)) return;\n  headers.set(",
  ),
  sabotage(
    'API-4',
    'everybody may read everything',
    cors,
    "headers.set('Access-Control-Allow-Origin', c.req.header('Origin') ?? '');",
    "headers.set('Access-Control-Allow-Origin', '*');",
  ),
  sabotage(
    'API-4',
    'a preflight is answered for everybody',
    cors,
    'if (!asks || !isFromListedOrigin(c))',
    'if (!asks)',
  ),
  sabotage(
    'API-4',
    'errors cannot be read',
    'src/app.ts',
    "if (c.get('context') !== undefined) setCorsHeaders(c);",
    "if (c.get('context') !== undefined && c.res.ok) setCorsHeaders(c);",
  ),
  sabotage(
    'API-4',
    'changes are taken from the same site, listed or not',
    'src/http/origin.ts',
    "site === 'same-origin' || isFromListedOrigin(c)",
    "site === 'same-origin' || site === 'same-site' || isFromListedOrigin(c)",
  ),
  sabotage(
    'API-4',
    'changes are taken without asking where from, once there is a list',
    'src/http/origin.ts',
    'isFromListedOrigin(c);',
    "c.get('context').configuration.corsOrigins.size > 0;",
  ),
  sabotage(
    'API-4',
    'a listed origin needs no Sec-Fetch-Site',
    'src/http/origin.ts',
    "? c.req.header('Origin') === c.get('context').configuration.origin",
    "? isFromListedOrigin(c) || c.req.header('Origin') === c.get('context').configuration.origin",
  ),
  sabotage(
    'API-4',
    'the list is not checked',
    env,
    "if (!isLocal) readOrigin('Each of CORS_ORIGINS', origin);",
    "if (!isLocal && origin === '') readOrigin('Each of CORS_ORIGINS', origin);",
  ),
  sabotage(
    'API-4',
    'a star is taken for an origin',
    env,
    "if (!value.includes('*')) return value;",
    'if (value.length > 0) return value;',
  ),
  sabotage(
    'API-4',
    'production may list a loopback address',
    env,
    "environment === 'development' && URL.canParse(origin)",
    'environment.length > 0 && URL.canParse(origin)',
  ),
  sabotage(
    'API-4',
    'staging may list a loopback address',
    env,
    "environment === 'development' && URL.canParse(origin)",
    "environment !== 'production' && URL.canParse(origin)",
  ),
  sabotage(
    'API-4',
    'a listed page cannot read that something is done which has no content',
    'src/app.ts',
    "if (c.get('context') !== undefined) setCorsHeaders(c);",
    "if (c.get('context') !== undefined && (c.res.body !== null || c.req.method === 'OPTIONS'))\n      setCorsHeaders(c);",
  ),
];
