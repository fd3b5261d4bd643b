import * as z from 'zod';
import { routes } from '../../src/app.ts';
import { problems } from '../../src/http/problem.ts';

/** What is the same on every answer, errors included, and on pages as on the API. */
const always: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'X-Content-Type-Options': 'nosniff',
};

const forEver = 'public, max-age=31536000, immutable';

const titles = new Set<string>(Object.values(problems).map(({ title }) => title));

const ProblemBody = z.strictObject({
  type: z.literal('about:blank'),
  title: z.string().refine((title) => titles.has(title)),
  status: z.int(),
  code: z.enum(Object.keys(problems)),
  requestId: z.string(),
  errors: z
    .array(
      z.strictObject({
        field: z.string().regex(/^(?:(?:body|query|params)(?:\.\w+)*|headers\.[\w-]+|session)$/),
        message: z.string().min(1),
      }),
    )
    .min(1)
    .optional(),
});

/** A token of ours is random, and may hold any three letters. */
export const withoutTokens = (text: string) => text.replace(/(?<![\w-])[\w-]{43}(?![\w-])/g, '');

/** What tells of the inside: a stack, a file, a class of errors, SQL, what D1 says. */
export const internals =
  /\n\s+at |\b[\w/-]+\.(?:ts|tsx|js|sql):\d|\/src\/|node_modules|\b[A-Z]\w+(?:Error|Exception)\b|D1_|SQLITE|sqlite|\bSELECT\b.*\bFROM\b|\bINSERT INTO\b|\b(?:UNIQUE|FOREIGN KEY) constraint|\[object /;

/**
 * Everything that is wrong with an answer, whatever it answers. Every test that asks the app has its
 * answers checked by this (ask-app.ts), so that no route and no error can be forgotten.
 */
export async function faultsOfAnswer(
  request: Request,
  response: Response,
  environment: string | undefined,
): Promise<string[]> {
  return [
    ...faultsOfHeaders(request, response, environment),
    ...faultsOfSuccess(request, response),
    ...(await faultsOfError(request, response)),
  ];
}

function faultsOfHeaders(
  request: Request,
  { headers, status, body }: Response,
  environment: string | undefined,
): string[] {
  const { protocol, pathname } = new URL(request.url);
  const isPage = headers.get('Content-Type')?.startsWith('text/html') ?? false;
  const isAsset = pathname.startsWith('/assets/') && status === 200;
  const cache = headers.get('Cache-Control');
  const faults = Object.entries(always)
    .filter(([name, value]) => headers.get(name) !== value)
    .map(([name]) => `${name} is ${headers.get(name)}`);
  const demand = (holds: boolean, fault: string) => {
    if (!holds) faults.push(fault);
  };
  demand(cache === 'no-store' || (isAsset && cache === forEver), `Cache-Control is ${cache}`);
  const referrer = isPage ? 'same-origin' : 'no-referrer';
  demand(headers.get('Referrer-Policy') === referrer, 'Referrer-Policy is another');
  demand(/^[0-9a-f]{32}$/.test(headers.get('X-Request-Id') ?? ''), 'X-Request-Id is missing');
  const strict = headers.get('Strict-Transport-Security');
  const isStrict = strict === 'max-age=31536000; includeSubDomains';
  demand(isStrict || environment === 'development', `Strict-Transport-Security is ${strict}`);
  const policy = headers.get('Content-Security-Policy')?.split('; ') ?? [];
  demand(policy.includes("default-src 'none'"), 'the policy for content begins with no nothing');
  demand(policy.includes("frame-ancestors 'none'"), 'other sites may frame it');
  // What is in a sandbox sends no forms, and has no links of ours.
  const isFree = !policy.includes('sandbox');
  demand(!isFree || policy.includes("base-uri 'none'"), 'its links may be led elsewhere');
  const forms = isPage ? "form-action 'self'" : "form-action 'none'";
  demand(!isFree || policy.includes(forms), 'its forms may be sent elsewhere');
  demand(
    !/unsafe|\*|https?:|data:|blob:/.test(policy.join('; ')),
    'the policy for content is wide',
  );
  demand(headers.get('Access-Control-Allow-Origin') !== '*', 'every site may read it');
  demand(body === null || headers.has('Content-Type'), 'nothing says what it is');
  for (const name of ['Server', 'X-Powered-By']) demand(!headers.has(name), `${name} tells`);
  for (const cookie of headers.getSetCookie()) {
    const isSafe = ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/'].every((one) =>
      cookie.split('; ').includes(one),
    );
    demand(protocol !== 'https:' || (cookie.startsWith('__Host-') && isSafe), 'a cookie is loose');
  }
  return faults;
}

/** A success has the status that its route declares, and is JSON where, and only where, the route says so. */
function faultsOfSuccess(request: Request, { status, headers }: Response): string[] {
  const { pathname } = new URL(request.url);
  const declared = routes.find(
    ({ method, path }) =>
      method === request.method && new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`).test(pathname),
  );
  if (declared === undefined || status >= 400) return [];
  const faults = status === declared.success ? [] : [`it declares ${declared.success}`];
  const isJson = headers.get('Content-Type') === 'application/json';
  const saysJson = declared.sends === 'json' && ![204, 302].includes(declared.success);
  return isJson === saysJson ? faults : [...faults, 'it declares another content'];
}

/** An error is a problem (RFC 9457) or, for a browser that asked for one, a page; none tells of the inside. */
async function faultsOfError(request: Request, response: Response): Promise<string[]> {
  const { status, headers } = response;
  // What an operator is told of the dependencies is a report, also where one is down.
  const isReport = new URL(request.url).pathname === '/ready' && status === 503;
  if (status < 400 || isReport) return [];
  const text = await response.clone().text();
  const inside = internals.exec(withoutTokens(text));
  const faults = inside === null ? [] : [`it tells of the inside: ${inside[0]}`];
  if (headers.get('Content-Type')?.startsWith('text/html')) {
    if (!request.headers.get('Accept')?.includes('text/html')) faults.push('nobody wanted a page');
    return faults;
  }
  if ([429, 503].includes(status) && !/^[1-9]\d*$/.test(headers.get('Retry-After') ?? '')) {
    faults.push('nothing says when to try again');
  }
  if (headers.get('Content-Type') !== 'application/problem+json') return [...faults, 'no problem'];
  if (request.method === 'HEAD') return faults;
  const problem = ProblemBody.safeParse(JSON.parse(text));
  if (!problem.success) return [...faults, `another shape: ${text}`];
  const { requestId, status: told, code, errors } = problem.data;
  const mayExplain = ['invalid_input', 'conflict'].includes(code);
  if (errors !== undefined && !mayExplain) faults.push('it tells more than a code');
  if (told !== status || requestId !== headers.get('X-Request-Id')) faults.push('it contradicts');
  return faults;
}
