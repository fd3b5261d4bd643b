import { sabotage, type Sabotage } from './sabotage.ts';

const accountRoutes = 'src/auth/account-routes.ts';
const messages = 'src/mail/messages.ts';
const signup = 'src/auth/signup.ts';

export const signingUp: readonly Sabotage[] = [
  sabotage(
    'AUTH-5',
    'anybody signs up where accounts are for invited people',
    'src/db/statements/accounts.ts',
    "WHERE ?6 = 'open' OR EXISTS (",
    "WHERE ?6 <> '' OR EXISTS (",
  ),
  sabotage(
    'AUTH-5',
    'an invitation that has expired still gives an account',
    'src/db/statements/accounts.ts',
    'WHERE invitations.email = ?2 AND invitations.expires_at > ?5',
    'WHERE invitations.email = ?2 AND invitations.expires_at > 0 * ?5',
  ),
  sabotage(
    'AUTH-5',
    'an invitation opens the app to every address',
    'src/db/statements/accounts.ts',
    'WHERE invitations.email = ?2 AND invitations.expires_at > ?5',
    'WHERE invitations.expires_at > ?5',
  ),
  sabotage(
    'AUTH-5',
    'a policy that is misspelt counts as open',
    'src/env.ts',
    "if (value === 'open' || value === 'invite-only') return value;",
    "if (value !== 'invite-only') return 'open';\n  if (value.length > 0) return value;",
  ),
  sabotage(
    'AUTH-5',
    'whoever is kept out is told by mail that they have an account',
    signup,
    'if (account === null || !(await mayMail(context, email))) return;',
    'if (account !== null && !(await mayMail(context, email))) return;',
  ),
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
    'AUTH-5',
    'who reads mail as HTML gets no code to type',
    messages,
    '    code && `<p>${escapeHtml(code)}</p>`,\n',
    '',
  ),
  sabotage(
    'AUTH-5',
    'who reads mail as text gets no link',
    messages,
    'const text = [first, link, code, ...rest]',
    'const text = [first, code, ...rest]',
  ),
  sabotage(
    'AUTH-5',
    'the mail to a new address leads to the page for signups',
    messages,
    `'If it was not you, ignore this mail.',
    ],
    proof: { page: 'confirm-email', token },`,
    `'If it was not you, ignore this mail.',
    ],
    proof: { page: 'verify-email', token },`,
  ),
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
    'AUTH-5',
    'who knows an invited address founds tenants with it',
    'src/tenancy/routes.ts',
    "signupPolicy === 'invite-only'",
    "signupPolicy !== 'open' && actor.user.id === ''",
  ),
  sabotage(
    'AUTH-2',
    'a disabled user proves an address',
    'src/auth/verification.ts',
    'if (account === null || account.disabledAt !== null) throw',
    'if (account === null) throw',
  ),
  sabotage(
    'AUTH-5',
    'the mail to the old address does not say where the account is to move',
    messages,
    'Your account asks to move to ${email}. Confirm',
    'Your account asks to move to ${email.slice(0, 0)}another address. Confirm',
  ),
  sabotage(
    'AUTH-5',
    'the mail of a new device does not say which',
    messages,
    'from a device it does not know: ${device}.',
    'from a device it does not know${device.slice(0, 0)}.',
  ),
  sabotage(
    'AUTH-5',
    'the mail of a changed password does not say what to do',
    messages,
    "      'If it was not you, ask for a new password on the login page at once.',\n",
    '',
  ),
  sabotage(
    'AUTH-5',
    'the mail with a link to a new password says that it is good for a day',
    messages,
    'This link works once, for 30 minutes:',
    'This link works for a day:',
  ),
];
