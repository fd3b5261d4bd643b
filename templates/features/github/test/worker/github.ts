import { StandIn, type Grant, type Person } from './stand-in.ts';

interface Address {
  readonly email: string;
  readonly primary: boolean;
  readonly verified: boolean;
}

/** Some of what its API says besides. */
const more = {
  node_id: 'MDQ6VXNlcjE=',
  type: 'User',
  email: null,
  bio: 'All kinds of people. '.repeat(7),
  public_repos: 7,
  created_at: '2008-01-14T04:33:35Z',
};

class GitHub extends StandIn {
  /** What its API says the addresses of somebody are; a test may say otherwise. */
  addressesOf: (person: Person) => readonly Address[] = usualAddresses;
  /** Headers of the newest request to its API. */
  apiHeaders = new Headers();
  readonly #tokens = new Map<string, Person>();

  protected tokensFor({ person }: Grant) {
    const token = `gho_${crypto.randomUUID()}`;
    this.#tokens.set(token, person);
    return Promise.resolve({ access_token: token, token_type: 'bearer', scope: 'user:email' });
  }

  protected serve(request: Request): Promise<Response | undefined> {
    const { hostname, pathname } = new URL(request.url);
    if (hostname !== 'api.github.com') return Promise.resolve(undefined);
    this.apiHeaders = request.headers;
    const [, token = ''] = (request.headers.get('Authorization') ?? '').split('Bearer ');
    const person = this.#tokens.get(token);
    if (person === undefined) return Promise.resolve(new Response('{}', { status: 401 }));
    return Promise.resolve(
      pathname === '/user'
        ? Response.json({ ...more, id: Number(person.subject), login: 'grace', name: person.name })
        : Response.json(this.addressesOf(person).map((one) => ({ ...one, visibility: null }))),
    );
  }
}

/** The primary address, after one that anybody may add. */
export function usualAddresses({ email, isVerified }: Person): readonly Address[] {
  return [
    { email: `other-${email}`, primary: false, verified: true },
    { email, primary: true, verified: isVerified },
  ];
}

/** GitHub, as far as the app knows it. */
export const github = new GitHub({
  name: 'github',
  issuer: 'https://github.com/login/oauth',
  authorizationEndpoint: 'https://github.com/login/oauth/authorize',
  tokenEndpoint: 'https://github.com/login/oauth/access_token',
  clientId: 'github-client',
  clientSecret: 'what the stand-in for GitHub knows',
});
