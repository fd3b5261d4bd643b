import { sabotage } from './sabotage.ts';

const accountRoutes = 'src/auth/account-routes.ts';
const sessionRoutes = 'src/auth/session-routes.ts';

export const counting = [
  sabotage(
    'API-2',
    'a browser the account knows guesses without end',
    'src/auth/login.ts',
    '`device|${device}`',
    '`device|${device}|${crypto.randomUUID()}`',
  ),
  sabotage(
    'API-2',
    'giving one take back gives back all',
    'src/limits/rate-limiter.ts',
    'count: window.count - 1 }',
    'count: 0 }',
  ),
  sabotage(
    'API-2',
    'signing up is not counted',
    accountRoutes,
    '    limit: limits.signupByClient,\n',
    '',
  ),
  sabotage(
    'API-2',
    'one client asks for any number of resets',
    accountRoutes,
    '    limit: limits.forgotByClient,\n',
    '',
  ),
  sabotage(
    'API-2',
    'resetting a password is not counted',
    accountRoutes,
    "path: '/api/auth/password/reset',\n    access: access.public,\n    limit: limits.tokenByClient,",
    "path: '/api/auth/password/reset',\n    access: access.public,",
  ),
  sabotage(
    'API-2',
    'verifying an address is not counted',
    accountRoutes,
    "path: '/api/auth/verify-email',\n    access: access.public,\n    limit: limits.tokenByClient,",
    "path: '/api/auth/verify-email',\n    access: access.public,",
  ),
  sabotage(
    'API-2',
    'confirming a new address is not counted',
    'src/auth/me-routes.ts',
    '    limit: limits.tokenByClient,\n',
    '',
  ),
  sabotage(
    'API-2',
    'logging in is not counted for each client',
    sessionRoutes,
    '    limit: limits.loginByClient,\n',
    '',
  ),
  sabotage(
    'API-2',
    'who holds a session guesses the password without end',
    'src/auth/step-up.ts',
    'limitAccount(context, limits.stepUpByAccount, user.id)',
    'limitAccount(context, limits.stepUpByAccount, crypto.randomUUID())',
  ),
  sabotage(
    'API-2',
    'verifications are mailed without end',
    accountRoutes,
    'limitAccount(context, limits.mailByUser, actor.user.id)',
    'limitAccount(context, limits.mailByUser, crypto.randomUUID())',
  ),
  sabotage(
    'API-2',
    'codes to step up are mailed without end',
    sessionRoutes,
    'limitAccount(context, limits.mailByUser, actor.user.id)',
    'limitAccount(context, limits.mailByUser, crypto.randomUUID())',
  ),
  sabotage(
    'API-2',
    'the name of a counter is the address in clear',
    'src/limits/enforce.ts',
    'return hmac(context.configuration.hmacKey, `${limit.name}|${key}`);',
    'return hmac(context.configuration.hmacKey, key).then(() => `${limit.name}|${key}`);',
  ),
];
