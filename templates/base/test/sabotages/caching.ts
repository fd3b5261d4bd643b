import { sabotage } from './sabotage.ts';

const headers = 'src/http/security-headers.ts';

export const caching = [
  sabotage(
    'DEP-4',
    'any cache may keep what the API answers',
    headers,
    "'Cache-Control': 'no-store',",
    "'Cache-Control': 'public, max-age=60',",
  ),
  sabotage(
    'DEP-4',
    'a handler may let its answer be kept',
    headers,
    'if (name !== policy || !headers.has(policy))',
    'if (!headers.has(name))',
  ),
];
