import { sabotage } from './sabotage.ts';

export const requests = [
  sabotage(
    'AUTH-7',
    'another site may change and delete',
    'src/http/origin.ts',
    "new Set(['GET', 'HEAD', 'OPTIONS'])",
    "new Set(['GET', 'HEAD', 'OPTIONS', 'PATCH', 'DELETE'])",
  ),
  sabotage(
    'API-5',
    'the announced length is not looked at',
    'src/http/body.ts',
    "Number(request.headers.get('Content-Length') ?? 0) > limit",
    "Number(request.headers.get('Content-Length') ?? 0) > limit * 1e9",
  ),
];
