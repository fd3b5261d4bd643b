import * as z from 'zod';
import { readAnswer } from './answer.ts';
import { identityOf, type Provider } from './provider.ts';

const tokenAnswer = z.strictObject({ access_token: z.string() }).strip();

const user = z
  .strictObject({ id: z.int().positive(), login: z.string(), name: z.string().nullish() })
  .strip();

const emails = z.array(
  z.strictObject({ email: z.string(), primary: z.boolean(), verified: z.boolean() }).strip(),
);

/**
 * GitHub, which knows OAuth and no ID tokens: its API says who it was. A login can be renamed and taken
 * by somebody else, so the numeric id counts; of the addresses, only the primary one if it is verified.
 */
export const github: Provider = {
  title: 'GitHub',
  server: {
    // As its answers name it (RFC 9207).
    issuer: 'https://github.com/login/oauth',
    authorization_endpoint: 'https://github.com/login/oauth/authorize',
    token_endpoint: 'https://github.com/login/oauth/access_token',
  },
  scope: 'read:user user:email',

  async identify(tokens, client, _nonce, call) {
    const headers = {
      Accept: 'application/vnd.github+json',
      Authorization: `Bearer ${tokenAnswer.parse(tokens).access_token}`,
      // GitHub refuses requests without one.
      'User-Agent': client.id,
      'X-GitHub-Api-Version': '2022-11-28',
    };
    const ask = async <Schema extends z.ZodType>(path: string, schema: Schema) => {
      return readAnswer(await call(`https://api.github.com${path}`, { headers }), schema);
    };
    const [person, addresses] = await Promise.all([
      ask('/user', user),
      ask('/user/emails', emails),
    ]);
    const usual = addresses.find(({ primary, verified }) => primary && verified);
    return identityOf(String(person.id), usual?.email, person.name ?? person.login);
  },
};
