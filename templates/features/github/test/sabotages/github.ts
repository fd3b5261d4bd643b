import { sabotage, type Sabotage } from './sabotage.ts';

const file = 'src/auth/oauth/github.ts';

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
    file,
    "redirect: 'manual'",
    "redirect: 'follow'",
  ),
  sabotage(
    'AUTH-6',
    'the API of GitHub may take as long as it likes',
    file,
    'const signal = AbortSignal.timeout(patienceMs);',
    'const { signal } = new AbortController();',
  ),
];
