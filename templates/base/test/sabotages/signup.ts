import { sabotage, type Sabotage } from './sabotage.ts';

const accountRoutes = 'src/auth/account-routes.ts';
const signup = 'src/auth/signup.ts';

export const signingUp: readonly Sabotage[] = [
  sabotage(
    'AUTH-5',
    'the cookie of any signup proves any address',
    'src/auth/verification.ts',
    '(await hashToken(browserToken)) === browserHash',
    "browserHash !== null && (await hashToken(browserToken)) !== ''",
  ),
  sabotage(
    'AUTH-5',
    'the answer to a signup waits for the mail, which a taken address gets sooner',
    signup,
    `context.background('finish a signup', () =>
    created === 1
      ? welcome(context, { id, email: account.email }, browserToken)
      : remind(context, account.email),
  );`,
    `await (created === 1
    ? welcome(context, { id, email: account.email }, browserToken)
    : remind(context, account.email));`,
  ),
  {
    control: 'AUTH-5',
    name: 'signing up with a taken address costs no hash',
    edits: [
      {
        file: signup,
        find: 'await hashPassword(account.password),',
        replace: `(await acrossTenants(context.database, 'accounts').first(accountByEmail, account.email)) === null
      ? await hashPassword(account.password)
      : '',`,
      },
    ],
  },
  sabotage(
    'AUTH-7',
    'scripts can read the cookie of a signup',
    'src/auth/cookie.ts',
    '{ ...options(environment), maxAge }',
    "{ ...options(environment), maxAge, ...(name === 'signup' && { httpOnly: false }) }",
  ),
  sabotage(
    'AUTH-2',
    'a reset accepts a weak password',
    accountRoutes,
    'body: z.strictObject({ token: mailedToken, password: newPassword }),',
    'body: z.strictObject({ token: mailedToken, password: knownPassword }),',
  ),
  sabotage(
    'AUTH-2',
    'a change accepts a weak password',
    accountRoutes,
    'body: z.strictObject({ current: knownPassword, password: newPassword }),',
    'body: z.strictObject({ current: knownPassword, password: knownPassword }),',
  ),
  sabotage(
    'AUTH-2',
    'a disabled user gets mail to choose a new password',
    'src/auth/password-recovery.ts',
    'if (account === null || account.disabledAt !== null) return;',
    'if (account === null) return;',
  ),
  sabotage(
    'AUTH-2',
    'a disabled user proves an address',
    'src/auth/verification.ts',
    'if (account === null || account.disabledAt !== null) throw',
    'if (account === null) throw',
  ),
];
