import { sabotage, type Sabotage } from './sabotage.ts';

const factor = 'src/db/statements/mfa.ts';
const login = 'src/auth/login.ts';
const mfa = 'src/auth/mfa.ts';
const mfaCode = 'src/auth/mfa-code.ts';
const routes = 'src/auth/mfa-routes.ts';
const secondStep = 'src/auth/second-step.ts';
const stepUp = 'src/auth/step-up.ts';
const tokens = 'src/db/statements/tokens.ts';
const totp = 'src/auth/totp.ts';

export const secondFactor: readonly Sabotage[] = [
  sabotage(
    'AUTH-5',
    'who signs up with the address of another keeps its owner out with a second factor',
    mfa,
    "  if (!user.emailVerified) throw new Problem('conflict');\n",
    '',
  ),
  sabotage('AUTH-4', 'a code can be used again', factor, ' AND last_step < ?2`', '`'),
  sabotage(
    'AUTH-4',
    'only the very last code is refused, an older one is not',
    factor,
    'AND last_step < ?2',
    'AND last_step <> ?2',
  ),
  sabotage('AUTH-4', 'codes are good for five minutes', totp, 'tolerance = 1', 'tolerance = 10'),
  sabotage(
    'AUTH-4',
    'the password opens a session although there is a second factor',
    login,
    'if (account.mfaActivatedAt !== null) {',
    'if (account.mfaActivatedAt === 0) {',
  ),
  sabotage(
    'AUTH-4',
    'the session is opened before the second step',
    login,
    "    return 'mfa_required';",
    "    await openLogin(c, account, mfaAt);\n    return 'mfa_required';",
  ),
  sabotage(
    'AUTH-4',
    'what the browser gets between the steps is a session',
    login,
    "giveCookie(c, 'mfa', await beginSecondStep(context, account));",
    "await beginSecondStep(context, account);\n    giveCookie(c, 'mfa', await openSession(context, account, 'between the steps', { mfaAt: null, expiresAt: context.now + 300_000 }));",
  ),
  sabotage(
    'AUTH-4',
    'the session that the browser had lives on between the steps',
    login,
    "  await endPreviousSession(c);\n  if (account.mfaActivatedAt !== null) {\n    takeCookie(c, 'sid');",
    '  if (account.mfaActivatedAt !== null) {',
  ),
  sabotage(
    'AUTH-4',
    'every login has a device made known, though only half of it is done',
    login,
    "    return 'mfa_required';",
    "    await rememberDevice(c, account);\n    return 'mfa_required';",
  ),
  sabotage(
    'AUTH-4',
    'tries of one token are not counted',
    tokens,
    'SET failures = failures + 1',
    'SET failures = failures + 0',
  ),
  sabotage(
    'AUTH-4',
    'the token of the second step is not used up',
    secondStep,
    "spendStatement(context, 'second step', hash)",
    "spendStatement(context, 'step up', hash)",
  ),
  sabotage(
    'AUTH-4',
    'the second step has an hour',
    'src/auth/one-time-token.ts',
    "'second step': 5 * minute",
    "'second step': 60 * minute",
  ),
  sabotage(
    'AUTH-4',
    'a reset, or logging out everywhere, leaves a half login alive',
    tokens,
    '     AND one_time_tokens.session_epoch = users.session_epoch\n',
    '',
  ),
  sabotage(
    'AUTH-4',
    'failures of an account are given back',
    secondStep,
    'if (!(await spendsCode(context, account.id, code))) {',
    `if (!(await spendsCode(context, account.id, code))) {
    await attempt.giveBack();`,
  ),
  sabotage(
    'AUTH-4',
    'the owner is counted together with whoever guesses',
    secondStep,
    'const key = device === null ? account.id',
    'const key = device !== undefined ? account.id',
  ),
  sabotage(
    'AUTH-4',
    'one client may try for ever',
    routes,
    '    limit: limits.secondStepByClient,\n',
    '',
  ),
  sabotage('AUTH-4', 'a recovery code can be used again', factor, ' AND used_at IS NULL`', '`'),
  sabotage(
    'AUTH-4',
    "a recovery code opens anybody's account",
    factor,
    'WHERE code_hash = ?1 AND user_id = ?2 AND used_at IS NULL',
    'WHERE code_hash = ?1 AND ?2 = ?2 AND used_at IS NULL',
  ),
  sabotage(
    'AUTH-4',
    'recovery codes are stored as they are',
    mfaCode,
    'codes.map((code) => hashToken(withoutSpaces(code)))',
    'codes.map(async (code) => [withoutSpaces(code), await hashToken(withoutSpaces(code))].join())',
  ),
  sabotage(
    'AUTH-4',
    'new recovery codes stand beside the old ones',
    mfa,
    "acrossTenants(context.database, 'second factors').bind(deleteRecoveryCodes, user.id)",
    "acrossTenants(context.database, 'second factors').bind(deleteRecoveryCodes, '')",
  ),
  sabotage(
    'AUTH-4',
    'the seed is stored in clear',
    mfaCode,
    'return seal(configuration, `mfa seed|${userId}`, seed.toBase64());',
    'return seal(configuration, `mfa seed|${userId}`, seed.toBase64()).then((sealed) => `${sealed}.${seed.toBase64()}`);',
  ),
  {
    control: 'AUTH-4',
    name: "a seed opens in another user's row",
    edits: [
      {
        file: mfaCode,
        find: 'seal(configuration, `mfa seed|${userId}`, seed.toBase64())',
        replace: 'seal(configuration, userId.slice(0, 0), seed.toBase64())',
      },
      {
        file: mfaCode,
        find: 'unseal(configuration, `mfa seed|${userId}`, seedCiphertext)',
        replace: 'unseal(configuration, userId.slice(0, 0), seedCiphertext)',
      },
    ],
  },
  sabotage(
    'AUTH-4',
    'the password steps up although there is a second factor',
    stepUp,
    'if (account.mfaActivatedAt !== null) {',
    'if (account.mfaActivatedAt !== null && password === undefined) {',
  ),
  sabotage(
    'AUTH-4',
    'changing the password counts as a step-up',
    'src/auth/account-routes.ts',
    'input.body);\n      await renewSession(c, actor);',
    'input.body);\n      await renewSession(c, actor, context.now);',
  ),
  sabotage(
    'AUTH-4',
    'a factor that is only pending keeps its user out',
    'src/db/statements/accounts.ts',
    'mfa.activated_at AS mfaActivatedAt\n   FROM users LEFT JOIN mfa ON mfa.user_id = users.id\n   WHERE users.email',
    'mfa.created_at AS mfaActivatedAt\n   FROM users LEFT JOIN mfa ON mfa.user_id = users.id\n   WHERE users.email',
  ),
  sabotage(
    'AUTH-4',
    'an active factor is replaced by enrolling again',
    factor,
    '\n   WHERE activated_at IS NULL`',
    '`',
  ),
  sabotage(
    'AUTH-4',
    'activating twice at once gives twenty recovery codes',
    factor,
    'CASE WHEN activated_at IS NULL AND seed_ciphertext = ?4 THEN ?2 END',
    'CASE WHEN seed_ciphertext = ?4 THEN ?2 END',
  ),
  sabotage(
    'AUTH-4',
    'a code switches on whatever seed there is by then',
    factor,
    'AND seed_ciphertext = ?4 THEN ?2 END',
    'AND ?4 = ?4 THEN ?2 END',
  ),
  sabotage(
    'AUTH-4',
    'asking for a new password ends a login between its steps',
    tokens,
    'WHERE user_id = ?1 AND purpose = ?2 AND used_at IS NULL`',
    "WHERE user_id = ?1 AND ?2 <> '' AND used_at IS NULL`",
  ),
  sabotage(
    'AUTH-4',
    'switching it on leaves other sessions alive',
    mfa,
    "    ...statements,\n    acrossTenants(context.database, 'sessions').bind(raiseSessionEpoch, user.id),",
    "    ...statements,\n    acrossTenants(context.database, 'sessions').bind(raiseSessionEpoch, ''),",
  ),
  sabotage(
    'AUTH-4',
    'it is switched off without a code',
    mfa,
    `if (!(await spendsCode(context, user.id, code))) throw new Problem('unauthenticated');`,
    'await spendsCode(context, user.id, code);',
  ),
  sabotage(
    'AUTH-4',
    'it is switched off without a step-up',
    routes,
    "path: '/api/auth/mfa/disable',\n    access: access.steppedUpUser",
    "path: '/api/auth/mfa/disable',\n    access: access.user",
  ),
  sabotage(
    'AUTH-4',
    'codes of a session can be guessed without end',
    mfa,
    `  if (!(await spendsCode(context, user.id, code))) throw new Problem('unauthenticated');
  await attempt.giveBack();`,
    `  await attempt.giveBack();
  if (!(await spendsCode(context, user.id, code))) throw new Problem('unauthenticated');`,
  ),
  {
    control: 'AUTH-4',
    name: 'a reset takes the second factor away',
    edits: [
      {
        file: 'src/auth/password-recovery.ts',
        find: "eventIf(context, userId, 'password_reset', insertEventOfToken, tokenHash, requestId),",
        replace: `eventIf(context, userId, 'password_reset', insertEventOfToken, tokenHash, requestId),
    acrossTenants(context.database, 'second factors').bind(deleteFactor, userId),`,
      },
      {
        file: 'src/auth/password-recovery.ts',
        find: 'import { removeEmailChange } from',
        replace: `import { deleteFactor } from '../db/statements/mfa.ts';
import { removeEmailChange } from`,
      },
    ],
  },
  sabotage(
    'AUTH-4',
    'a recovery code is used without a word',
    mfaCode,
    "context.background('note a recovery code', () => noteRecoveryCode(context, userId));",
    'void noteRecoveryCode;',
  ),
  sabotage(
    'AUTH-4',
    'a session that never proved anything opens dangerous actions',
    'src/auth/access.ts',
    'if (mfaAt === null || mfaAt <= now - stepUpMs)',
    'if (mfaAt !== null && mfaAt <= now - stepUpMs)',
  ),
  sabotage(
    'AUTH-4',
    'a code to step up outlives the end of all sessions',
    tokens,
    'SET used_at = ?2 WHERE user_id = ?1 AND used_at IS NULL`',
    "SET used_at = ?2 WHERE user_id = ?1 AND used_at IS NULL AND purpose <> 'step up'`",
  ),
  sabotage(
    'AUTH-4',
    'a code that is typed as an app shows it does not switch the factor on',
    mfaCode,
    'return findStep(seed, withoutSpaces(code), context.now);',
    'return findStep(seed, code, context.now);',
  ),
  sabotage(
    'AUTH-4',
    'nobody reads of a recovery code that was tried once more',
    secondStep,
    "    context.background('note a failed second step', () => context.database.batch([failed]));",
    "    if (/^\\d{6}$/.test(code))\n      context.background('note a failed second step', () => context.database.batch([failed]));",
  ),
  {
    control: 'AUTH-4',
    name: 'the factor is on before there are recovery codes',
    edits: [
      {
        file: mfa,
        find: 'step, context.now, mfa.seedCiphertext),\n    ...statements,\n',
        replace: 'step, context.now, mfa.seedCiphertext),\n',
      },
      {
        file: mfa,
        find: '[messages.mfaActivated(user.email)]);\n',
        replace:
          '[messages.mfaActivated(user.email)]);\n  for (const statement of statements) await context.database.batch([statement]);\n',
      },
    ],
  },
  {
    control: 'AUTH-4',
    name: 'recovery codes are gone before there are new ones',
    edits: [
      {
        file: mfa,
        find: 'bind(deleteRecoveryCodes, user.id),\n    ...statements,\n',
        replace: 'bind(deleteRecoveryCodes, user.id),\n',
      },
      {
        file: mfa,
        find: '[messages.recoveryCodesReplaced(user.email)]);\n',
        replace:
          '[messages.recoveryCodesReplaced(user.email)]);\n  for (const statement of statements) await context.database.batch([statement]);\n',
      },
    ],
  },
  {
    control: 'AUTH-4',
    name: 'the factor is off before the sessions end',
    edits: [
      {
        file: mfa,
        find: "bind(deleteFactor, user.id),\n    acrossTenants(context.database, 'sessions').bind(raiseSessionEpoch, user.id),\n",
        replace: 'bind(deleteFactor, user.id),\n',
      },
      {
        file: mfa,
        find: '[messages.mfaDisabled(user.email)]);\n',
        replace:
          "[messages.mfaDisabled(user.email)]);\n  await acrossTenants(context.database, 'sessions').change(raiseSessionEpoch, user.id);\n",
      },
    ],
  },
];
