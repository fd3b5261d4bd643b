import { vi } from 'vitest';
import { Browser, origin } from './browser.ts';

/** Somebody with an account at a provider. */
export interface Person {
  /** Digits only, as at GitHub; elsewhere any text would do. */
  readonly subject: string;
  readonly email: string;
  readonly isVerified: boolean;
  readonly name: string;
}

let people = 0;

/** Somebody whom no other test knows. */
export function newPerson(known: Partial<Person> = {}): Person {
  people += 1;
  const email = `person-${people}@provider.example`;
  return { subject: `${3_000_000_000 + people}`, email, isVerified: true, name: 'Grace', ...known };
}

/** What a provider remembers of a browser that it sends back with a code. */
export interface Grant {
  readonly person: Person;
  readonly challenge: string;
  readonly redirectUri: string;
  readonly nonce: string;
}

interface Registration {
  readonly name: string;
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * An authorization server as the standards have it (RFC 6749, 7636, 9207): it checks every parameter,
 * gives a code out once and takes it once. A provider adds who somebody is to it.
 */
export abstract class StandIn {
  readonly registration: Registration;
  /** What it was asked, newest last. */
  readonly asked: string[] = [];
  /** Answers in its place, where a test says so. */
  instead:
    | ((
        request: Request,
        fair: () => Promise<Response | undefined>,
      ) => Promise<Response | undefined> | undefined)
    | undefined;
  readonly #grants = new Map<string, Grant>();

  constructor(registration: Registration) {
    this.registration = registration;
  }

  /** What the token endpoint gives for a code. */
  protected abstract tokensFor(grant: Grant): Promise<object>;

  /** Whatever else it serves; undefined for an address that is not its own. */
  protected abstract serve(request: Request): Promise<Response | undefined>;

  /** The person agrees: what their browser is sent back with. Throws where the app asks wrongly. */
  authorize(location: string | null, person: Person): Record<string, string> {
    const { issuer, authorizationEndpoint, clientId, name } = this.registration;
    const address = new URL(location ?? '');
    const asked = Object.fromEntries(address.searchParams);
    const redirectUri = `${origin}/api/auth/oauth/${name}/callback`;
    const isRight =
      `${address.origin}${address.pathname}` === authorizationEndpoint &&
      asked['client_id'] === clientId &&
      asked['response_type'] === 'code' &&
      asked['redirect_uri'] === redirectUri &&
      asked['code_challenge_method'] === 'S256';
    if (!isRight) throw new Error(`${name} does not take ${address.href}`);
    // As long as the longest.
    const code = crypto.randomUUID().repeat(7);
    const { code_challenge: challenge = '', nonce = '', state = '' } = asked;
    this.#grants.set(code, { person, challenge, redirectUri, nonce });
    return { code, state, iss: issuer };
  }

  /** Its HTTP endpoints; undefined for an address that is not its own. */
  async answer(request: Request): Promise<Response | undefined> {
    return this.instead?.(request, () => this.#fair(request)) ?? this.#fair(request);
  }

  async #fair(request: Request): Promise<Response | undefined> {
    this.asked.push(`${request.method} ${request.url}`);
    if (request.url !== this.registration.tokenEndpoint) return this.serve(request);
    const grant = await this.#redeem(await request.formData());
    if (grant === undefined) return Response.json({ error: 'invalid_grant' }, { status: 400 });
    return Response.json(await this.tokensFor(grant));
  }

  async #redeem(form: FormData): Promise<Grant | undefined> {
    const { clientId, clientSecret } = this.registration;
    const field = (name: string) => {
      const value = form.get(name);
      return typeof value === 'string' ? value : '';
    };
    const grant = this.#grants.get(field('code'));
    this.#grants.delete(field('code'));
    const isClient = field('client_id') === clientId && field('client_secret') === clientSecret;
    const isGrant =
      field('grant_type') === 'authorization_code' &&
      field('redirect_uri') === grant?.redirectUri &&
      (await challengeOf(field('code_verifier'))) === grant.challenge;
    return isClient && isGrant ? grant : undefined;
  }
}

async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  return new Uint8Array(digest).toBase64({ alphabet: 'base64url', omitPadding: true });
}

/** Puts stand-ins where the internet was. Nothing of the app is replaced: it still calls `fetch`. */
export function connect(standIns: readonly StandIn[]): void {
  const ask = async (request: Request): Promise<Response> => {
    for (const standIn of standIns) {
      const answer = await standIn.answer(request.clone());
      const elsewhere = answer?.headers.get('Location');
      if (request.redirect === 'follow' && typeof elsewhere === 'string') {
        return ask(new Request(elsewhere, { headers: request.headers }));
      }
      if (answer !== undefined) return answer;
    }
    throw new Error(`nobody is at ${request.url}`);
  };
  vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) => ask(new Request(input, init)));
}

/** Sets out for a provider. Answers what the browser comes back with, once the person agreed. */
export async function setOut(
  standIn: StandIn,
  person: Person,
  browser: Browser,
  returnTo = '/projects',
): Promise<Record<string, string>> {
  const query = `?returnTo=${encodeURIComponent(returnTo)}`;
  const path = `/api/auth/oauth/${standIn.registration.name}/start${query}`;
  return standIn.authorize((await browser.get(path)).headers.get('Location'), person);
}

/** Comes back from a provider, as a browser does that another site sends. */
export async function comeBack(
  standIn: StandIn,
  parameters: Record<string, string>,
  browser: Browser,
) {
  const query = new URLSearchParams(parameters).toString();
  const path = `/api/auth/oauth/${standIn.registration.name}/callback?${query}`;
  const answer = await browser.get(path, { 'Sec-Fetch-Site': 'cross-site' });
  return { ...answer, location: answer.headers.get('Location') };
}

/** The whole visit. */
export async function logInWith(standIn: StandIn, person: Person, browser = new Browser()) {
  const answer = await comeBack(standIn, await setOut(standIn, person, browser), browser);
  return { browser, answer, location: answer.location };
}

/** Links an identity to the account that a browser is logged in to. */
export async function link(standIn: StandIn, person: Person, browser: Browser) {
  const path = `/api/auth/oauth/${standIn.registration.name}/link?returnTo=/account`;
  const asked = await browser.post(path);
  return comeBack(standIn, standIn.authorize(asked.json.url, person), browser);
}
