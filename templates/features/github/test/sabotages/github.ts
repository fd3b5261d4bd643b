import { sabotage, type Sabotage } from './sabotage.ts';

const file = 'src/auth/oauth/github.ts';
const outbound = 'src/http/outbound.ts';

export const github: readonly Sabotage[] = [
  sabotage(
    'AUTH-6',
    'an identity is a login, which others can take over',
    file,
    'String(person.id)',
    'person.login',
  ),
  sabotage(
    'AUTH-6',
    'any verified address at GitHub counts',
    file,
    '=> primary && verified',
    '=> verified || primary',
  ),
  sabotage(
    'AUTH-6',
    'the primary address at GitHub counts unverified',
    file,
    '=> primary && verified',
    '=> primary || !verified',
  ),
  sabotage(
    'AUTH-6',
    'the token follows wherever the API of GitHub leads',
    outbound,
    "redirect: 'manual'",
    "redirect: 'follow'",
  ),
  sabotage(
    'AUTH-6',
    'the ids that GitHub gives are too large',
    file,
    'id: z.int().positive()',
    'id: z.int().positive().max(99_999_999)',
  ),
  sabotage(
    'AUTH-6',
    'whatever else GitHub says of a person is an error',
    file,
    'name: z.string().nullish() })\n  .strip();',
    'name: z.string().nullish() });',
  ),
  sabotage(
    'AUTH-6',
    'whatever else GitHub says of an address is an error',
    file,
    'verified: z.boolean() }).strip(),',
    'verified: z.boolean() }),',
  ),
  sabotage(
    'AUTH-6',
    'an answer is read piece by piece, and letters between two pieces are lost',
    'src/auth/oauth/answer.ts',
    'await new Blob(chunks).text()',
    "chunks.map((chunk) => new TextDecoder().decode(chunk)).join('')",
  ),
];
