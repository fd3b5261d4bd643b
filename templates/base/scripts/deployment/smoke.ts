import { randomBytes } from 'node:crypto';

/** What is asked, and what it has to be. */
export interface Target {
  /** Such as `https://app.example.com`. */
  readonly address: string;
  /** What `/health` must name: the tag of the version. */
  readonly build?: string | undefined;
  /** Sends each request to one version of a Worker, whatever its share of the traffic. */
  readonly version?: { readonly worker: string; readonly id: string } | undefined;
}

/** An account to log in with; without it nothing that needs one is looked at. */
export interface Account {
  readonly email: string;
  readonly password: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly code: unknown;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Looks whether a deployed app is well: the build that was meant to answer, the database behind the
 * guard, and the doors shut. It writes nothing.
 * @returns what is wrong, in words; nothing when all is well
 */
export async function smokeTest(target: Target): Promise<string[]> {
  const wrong: string[] = [];
  const expect = (what: string, is: unknown, should: unknown) => {
    if (is !== should) wrong.push(`${what} is ${String(is)}, not ${String(should)}`);
  };
  try {
    const health = await ask(target, 'GET', '/health');
    expect('the status of /health', health.status, 200);
    expect('what /health says', health.body['status'], 'ok');
    if (target.build !== undefined) expect('the build', health.body['build'], target.build);
    expect('Cache-Control of /health', health.headers.get('Cache-Control'), 'no-store');
    // A session that nobody has: D1 is asked for it, and refuses.
    const Cookie = `__Host-sid=${randomBytes(32).toString('base64url')}`;
    const me = await ask(target, 'GET', '/api/me', { headers: { Cookie } });
    expect('the status of /api/me without a session', me.status, 401);
    expect('its code', me.code, 'unauthenticated');
    const foreign = { Origin: 'https://elsewhere.example', 'Sec-Fetch-Site': 'cross-site' };
    const login = await ask(target, 'POST', '/api/auth/login', { headers: foreign, body: {} });
    expect('the code for a login from another site', login.code, 'origin_rejected');
  } catch (error) {
    wrong.push(`${target.address} does not answer: ${String(error)}`);
  }
  return wrong;
}

/** The build that answers; null where none does, or it does not say. */
export async function buildOf(target: Target): Promise<string | null> {
  try {
    const { build } = (await ask(target, 'GET', '/health')).body;
    return typeof build === 'string' ? build : null;
  } catch {
    return null;
  }
}

/**
 * What only the real runtime shows: a password is hashed within the CPU time that the plan allows, and
 * a session that was ended is refused in the next request. @returns what is wrong
 */
export async function smokeTestSession(target: Target, account: Account): Promise<string[]> {
  const login = await ask(target, 'POST', '/api/auth/login', { body: account });
  if (login.status !== 200) return [`logging in answers ${login.status}, not 200`];
  const Cookie = login.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .join('; ');
  const statusOf = async (method: string, path: string) =>
    (await ask(target, method, path, { headers: { Cookie } })).status;
  const statuses = [
    await statusOf('GET', '/api/me'),
    await statusOf('POST', '/api/auth/logout'),
    await statusOf('GET', '/api/me'),
  ].join(' ');
  return statuses === '200 204 401' ? [] : [`me, logout, me answer ${statuses}, not 200 204 401`];
}

/** Asks for a new password of nobody until a limit refuses. Afterwards this client is limited for a while. */
export async function smokeTestLimit(target: Target): Promise<string[]> {
  const email = `${randomBytes(8).toString('hex')}@example.com`;
  for (let asked = 0; asked < 40; asked += 1) {
    const { status } = await ask(target, 'POST', '/api/auth/password/forgot', { body: { email } });
    if (status === 429) return [];
    if (status !== 202) return [`asking for a new password answers ${status}`];
  }
  return ['no limit refused 40 requests for a new password'];
}

async function ask(
  { address, version }: Target,
  method: string,
  path: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: unknown } = {},
): Promise<Answer> {
  const response = await fetch(address + path, {
    method,
    headers: {
      Origin: address,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(version !== undefined && {
        'Cloudflare-Workers-Version-Overrides': `${version.worker}="${version.id}"`,
      }),
      ...headers,
    },
    redirect: 'manual',
    signal: AbortSignal.timeout(15_000),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const parsed: unknown = text.startsWith('{') ? JSON.parse(text) : {};
  const read = Object.fromEntries(Object.entries(parsed ?? {}));
  return { status: response.status, headers: response.headers, code: read['code'], body: read };
}
