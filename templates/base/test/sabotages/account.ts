import { sabotage } from './sabotage.ts';

const emailChange = 'src/auth/email-change.ts';
const recovery = 'src/auth/password-recovery.ts';
const routes = 'src/auth/account-routes.ts';
const statements = 'src/db/statements/accounts.ts';
const stepUp = 'src/auth/step-up.ts';
const tokens = 'src/db/statements/tokens.ts';
const verification = 'src/auth/verification.ts';

export const account = [
  sabotage(
    'AUTH-4',
    'a login opens dangerous actions for ever',
    'src/auth/access.ts',
    'if (mfaAt === null || mfaAt <= now - stepUpMs)',
    'if (mfaAt === null || now < stepUpMs)',
  ),
  sabotage(
    'AUTH-4',
    'anybody with the session steps up without a proof',
    stepUp,
    'if (account === null || !(await isProven(context, account, proof))) {',
    'if (account === null || (!(await isProven(context, account, proof)) && user.id === "")) {',
  ),
  sabotage(
    'AUTH-4',
    'a code is mailed to who has a password, or a second factor',
    stepUp,
    `  if (account?.passwordHash !== null || account.mfaActivatedAt !== null) {
    throw new Problem('conflict');
  }
`,
    "  if (account === null) throw new Problem('conflict');\n",
  ),
  sabotage(
    'AUTH-4',
    "a code of somebody else's account steps up",
    stepUp,
    'if (userId !== account.id) return false;',
    "if (userId === '') return false;",
  ),
  sabotage(
    'AUTH-4',
    'a session that gets a new token counts as a fresh login',
    'src/auth/login.ts',
    'await openSession(context, account, device, since));\n  await rememberDevice',
    'await openSession(context, account, device, { ...since, mfaAt: context.now }));\n  await rememberDevice',
  ),
  sabotage(
    'AUTH-4',
    'a session that gets a new token lives another 30 days',
    'src/auth/login.ts',
    'await openSession(context, account, device, since));\n  await rememberDevice',
    'await openSession(context, account, device, {\n    ...since,\n    expiresAt: context.now + sessionLifetime.absoluteMs,\n  }));\n  await rememberDevice',
  ),
  sabotage(
    'AUTH-4',
    'a copy of the cookie steps up together with its owner',
    'src/db/statements/sessions.ts',
    'SET token_hash = ?2, mfa_at = ?3 WHERE token_hash = ?1',
    'SET mfa_at = ?3, idle_expires_at = CASE ?2 WHEN ?1 THEN ?3 ELSE idle_expires_at END WHERE token_hash = ?1',
  ),
  sabotage(
    'AUTH-4',
    'stepping up in one session opens all of them',
    'src/db/statements/sessions.ts',
    'UPDATE sessions SET token_hash = ?2, mfa_at = ?3 WHERE token_hash = ?1 AND revoked_at IS NULL',
    `UPDATE sessions SET mfa_at = ?3, token_hash = CASE token_hash WHEN ?1 THEN ?2 ELSE token_hash END
   WHERE user_id = (SELECT user_id FROM sessions WHERE token_hash = ?1)`,
  ),
  sabotage(
    'AUTH-5',
    'the link alone proves an address, whoever signed up with it',
    verification,
    'if (sessionUserId === account.id) return true;',
    'if (sessionUserId !== "") return true;',
  ),
  sabotage(
    'AUTH-5',
    "anybody's session proves an address",
    verification,
    'if (sessionUserId === account.id) return true;',
    'if (sessionUserId !== undefined) return true;',
  ),
  sabotage(
    'AUTH-5',
    'verifying leaves the sessions opened before alive',
    statements,
    'SET email_verified_at = ?2, session_epoch = session_epoch + 1',
    'SET email_verified_at = ?2',
  ),
  sabotage(
    'AUTH-5',
    'a forgotten password is mailed before the answer',
    'src/auth/password-recovery.ts',
    "context.background('send a password reset', () => mailReset(context, email, account));",
    'await mailReset(context, email, account);',
  ),
  sabotage(
    'AUTH-5',
    'work for after the answer begins before it',
    'src/http/context.ts',
    'scheduler\n          .wait(0)\n          .then(() => within(backgroundMs, work()))',
    'within(backgroundMs, work())',
  ),
  sabotage(
    'AUTH-5',
    'the link leads to whatever the Host header says',
    'src/http/context.ts',
    'configuration: readConfiguration(c.env, new URL(c.req.url)),',
    'configuration: {\n      ...readConfiguration(c.env, new URL(c.req.url)),\n      linkBaseUrl: new URL(c.req.url).origin,\n    },',
  ),
  {
    control: 'AUTH-5',
    name: 'a mailed token works again and again',
    edits: [
      {
        file: tokens,
        find: 'FROM one_time_tokens\n   WHERE token_hash = ?1 AND purpose = ?2 AND used_at IS NULL',
        replace: 'FROM one_time_tokens\n   WHERE token_hash = ?1 AND purpose = ?2',
      },
      {
        file: tokens,
        find: 'used_by = ?4\n   WHERE token_hash = ?1 AND purpose = ?2 AND used_at IS NULL',
        replace: 'used_by = ?4\n   WHERE token_hash = ?1 AND purpose = ?2',
      },
    ],
  },
  sabotage(
    'AUTH-5',
    'parallel requests all spend the same token',
    tokens,
    'used_by = ?4\n   WHERE token_hash = ?1 AND purpose = ?2 AND used_at IS NULL',
    'used_by = ?4\n   WHERE token_hash = ?1 AND purpose = ?2',
  ),
  sabotage(
    'AUTH-5',
    'a token is burnt though what it was for failed',
    recovery,
    `const writes = [
    spendStatement(context, 'reset password', tokenHash),`,
    `await context.database.batch([spendStatement(context, 'reset password', tokenHash)]);
  const writes = [`,
  ),
  {
    control: 'AUTH-5',
    name: 'a token of one purpose serves another',
    edits: [
      {
        file: tokens,
        find: 'FROM one_time_tokens\n   WHERE token_hash = ?1 AND purpose = ?2',
        replace: 'FROM one_time_tokens\n   WHERE token_hash = ?1 AND ?2 = ?2',
      },
      {
        file: tokens,
        find: 'used_by = ?4\n   WHERE token_hash = ?1 AND purpose = ?2',
        replace: 'used_by = ?4\n   WHERE token_hash = ?1 AND ?2 = ?2',
      },
    ],
  },
  sabotage(
    'AUTH-5',
    'an older link still works after a newer one',
    tokens,
    'WHERE user_id = ?1 AND purpose = ?2 AND used_at IS NULL`',
    'WHERE user_id = ?1 AND purpose = ?2 AND used_at IS NULL AND created_at > ?3`',
  ),
  sabotage(
    'AUTH-5',
    'a newer link of one purpose ends those of all others',
    tokens,
    'WHERE user_id = ?1 AND purpose = ?2 AND used_at IS NULL`',
    "WHERE user_id = ?1 AND ?2 <> '' AND used_at IS NULL`",
  ),
  sabotage(
    'AUTH-5',
    'a link to a new password works for a day',
    'src/auth/one-time-token.ts',
    "'reset password': 30 * minute",
    "'reset password': 24 * 60 * minute",
  ),
  sabotage(
    'AUTH-5',
    'a reset logs in whoever has the link',
    routes,
    'await resetPassword(context, input.body.token, input.body.password));',
    `await resetPassword(context, input.body.token, input.body.password));
      giveCookie(c, 'sid', input.body.token);`,
  ),
  sabotage(
    'AUTH-5',
    'the new address alone is enough',
    emailChange,
    'if (change.oldConfirmedAt === null || change.newConfirmedAt === null) return false;',
    'if (change.newConfirmedAt === null) return false;',
  ),
  sabotage(
    'AUTH-5',
    'who clicks in a mail is given the account of who had it sent',
    emailChange,
    'requireOwner(context, asked.userId, ownership)',
    'requireOwner(context, asked.userId, { ...ownership, sessionUserId: asked.userId })',
  ),
  sabotage(
    'AUTH-5',
    'a click counts for a change of address before it is asked whose it was',
    emailChange,
    '  const account = await requireOwner(context, asked.userId, ownership);\n  const change = await accounts.first(confirmEmailChange, ...side);',
    '  const change = await accounts.first(confirmEmailChange, ...side);\n  const account = await requireOwner(context, asked.userId, ownership);',
  ),
  sabotage(
    'AUTH-5',
    'the old address alone is enough',
    emailChange,
    'if (change.oldConfirmedAt === null || change.newConfirmedAt === null) return false;',
    'if (change.oldConfirmedAt === null) return false;',
  ),
  sabotage(
    'AUTH-5',
    'an address can be flooded with mail',
    'src/mail/allowance.ts',
    'await limitAccount(context, limit, email);',
    'await limitAccount(context, limit, `${email}${crypto.randomUUID()}`);',
  ),
  sabotage(
    'API-2',
    'a login goes unrecorded while nobody can count what its owner is sent',
    'src/auth/login.ts',
    `  await context.database.batch([eventStatement(context, account.id, 'logged_in')]);
  if (newDevice === null || isFirst) return;
  if (!(await mayMail(context, account.email, limits.warningsByAddress))) return;
`,
    `  const isTold = newDevice !== null && !isFirst;
  const mayTell = isTold && (await mayMail(context, account.email, limits.warningsByAddress));
  await context.database.batch([eventStatement(context, account.id, 'logged_in')]);
  if (!isTold || !mayTell) return;
`,
  ),
  sabotage(
    'API-2',
    'an answer tells that an address was signed up for too often',
    'src/mail/allowance.ts',
    "if (thrown instanceof Problem && thrown.code === 'rate_limited') return false;",
    "if (thrown instanceof Problem && thrown.code === 'unavailable') return false;",
  ),
  sabotage(
    'AUTH-5',
    'nobody is told of a new device',
    'src/auth/login.ts',
    'if (newDevice === null || isFirst) return;',
    'if (newDevice === null || !isFirst) return;',
  ),
  sabotage(
    'AUTH-5',
    'nobody is told of a login to an account that was not used for a year',
    'src/db/statements/security-events.ts',
    'created_at < ?2 OR EXISTS',
    'created_at < MIN(?2, 0) OR EXISTS',
  ),
  sabotage(
    'AUTH-5',
    'asking for a few resets keeps the warning of a login back',
    'src/auth/login.ts',
    'mayMail(context, account.email, limits.warningsByAddress)',
    'mayMail(context, account.email, limits.mailByAddress)',
  ),
  sabotage(
    'AUTH-5',
    'a reset leaves every session alive',
    statements,
    'SET password_hash = ?2, session_epoch = session_epoch + 1 WHERE id = ?1`',
    'SET password_hash = ?2 WHERE id = ?1`',
  ),
  sabotage(
    'AUTH-2',
    'a changed password leaves every session alive',
    statements,
    'SET password_hash = ?2, session_epoch = session_epoch + 1\n   WHERE id = ?1 AND password_hash = ?3',
    'SET password_hash = ?2\n   WHERE id = ?1 AND password_hash = ?3',
  ),
  sabotage(
    'AUTH-2',
    'a change under way overwrites a reset',
    statements,
    'session_epoch = session_epoch + 1\n   WHERE id = ?1 AND password_hash = ?3',
    'session_epoch = session_epoch + 1\n   WHERE id = ?1 AND ?3 = ?3',
  ),
  sabotage(
    'AUTH-2',
    'a link mailed before a password changed still works',
    recovery,
    '    retireAllStatement(context, id),\n',
    '',
  ),
  sabotage(
    'AUTH-2',
    'a change of address asked for by a thief survives the rescue',
    recovery,
    "    acrossTenants(context.database, 'accounts').bind(removeEmailChange, id),\n",
    '',
  ),
  sabotage(
    'AUTH-2',
    'a change of address is applied by each of many parallel confirmations',
    'src/db/statements/security-events.ts',
    `WHERE user_id = ?2 AND email = ?5
       AND old_confirmed_at IS NOT NULL AND new_confirmed_at IS NOT NULL
   ), ?3, ?4)`,
    `WHERE user_id = ?2 AND email = ?5
     UNION SELECT id FROM users WHERE id = ?2
   ), ?3, ?4)`,
  ),
  sabotage(
    'AUTH-2',
    'a password is changed without knowing the current one',
    recovery,
    "if (account === null || !isRight) throw new Problem('unauthenticated');",
    "if (account === null || isRight === null) throw new Problem('unauthenticated');",
  ),
  sabotage(
    'AUTH-2',
    'a common password is accepted',
    'src/auth/fields.ts',
    '!commonPasswords.has(password.toLowerCase()),',
    'commonPasswords.size > 0 || !commonPasswords.has(password.toLowerCase()),',
  ),
  sabotage(
    'AUTH-2',
    'a common password is accepted in wider letters',
    'src/auth/fields.ts',
    "normalize('NFKC')",
    "normalize('NFC')",
  ),
  sabotage(
    'AUTH-2',
    'a common password is accepted if it is long',
    'src/auth/fields.ts',
    '(password) => !commonPasswords.has(password.toLowerCase()),',
    '(password) => password.length > 10 || !commonPasswords.has(password.toLowerCase()),',
  ),
  sabotage(
    'AUTH-2',
    'only the first common passwords are known',
    'src/auth/fields.ts',
    'commonPasswordList.trim().split(/\\s+/)',
    'commonPasswordList.trim().split(/\\s+/).slice(0, 1_000)',
  ),
  sabotage(
    'API-2',
    'a made-up device cookie gets a count of its own',
    'src/auth/device-cookie.ts',
    'if (!isSigned) return null;',
    'if (!isSigned && signature.length === 0) return null;',
  ),
  sabotage(
    'API-2',
    'a device of one account is known to all',
    'src/auth/device-cookie.ts',
    'return `device|${account?.id}|${account?.sessionEpoch}|${nonce}|${issuedAt}`;',
    'return `device|${account?.sessionEpoch}|${nonce}|${issuedAt}`;',
  ),
  sabotage(
    'API-2',
    'guesses from elsewhere lock the owner out',
    'src/auth/login.ts',
    'const key = device === null ? email : `device|${device}`;',
    'const key = device === null ? email : email;',
  ),
  sabotage(
    'OBS-2',
    'mail waits in the outbox for everybody to read',
    'src/mail/outbox.ts',
    'await seal(configuration, sealedFor, mail),',
    "mail.length > 0 ? mail : await seal(configuration, sealedFor, ''),",
  ),
  sabotage(
    'API-2',
    'one account mails any number of strangers',
    'src/auth/me-routes.ts',
    'await limitAccount(context, limits.mailByUser, actor.user.id);',
    'await limitAccount(context, limits.mailByUser, crypto.randomUUID());',
  ),
  sabotage(
    'API-2',
    "a thief's browser stays known after a rescue",
    'src/auth/device-cookie.ts',
    'return `device|${account?.id}|${account?.sessionEpoch}|${nonce}|${issuedAt}`;',
    'return `device|${account?.id}|${nonce}|${issuedAt}`;',
  ),
  sabotage(
    'API-2',
    'guesses from elsewhere keep out for ever who has just chosen a password with a mailed link',
    'src/auth/device-cookie.ts',
    'if (isNew && before.mfaActivatedAt === null)',
    'if (isNew && before.mfaActivatedAt === undefined)',
  ),
  sabotage(
    'API-2',
    'each mailed link brings another ten guesses at a code',
    'src/auth/device-cookie.ts',
    'if (isNew && before.mfaActivatedAt === null)',
    'if (isNew && before.mfaActivatedAt !== undefined)',
  ),
  sabotage(
    'API-2',
    'the owner who rescues an account is a stranger to it',
    routes,
    'await welcomeDevice(c, await resetPassword(context, input.body.token, input.body.password));',
    'await resetPassword(context, input.body.token, input.body.password);\n      void welcomeDevice;',
  ),
  sabotage(
    'API-2',
    'a device is known for ever',
    'src/auth/device-cookie.ts',
    'return Number(issuedAt) > now - cookieMaxAgeSeconds.device * 1_000 ? nonce : null;',
    'return Number(issuedAt) > now - cookieMaxAgeSeconds.device * 1_000_000 ? nonce : null;',
  ),
  sabotage(
    'API-2',
    'strangers use up the mails that prove an address',
    'src/mail/allowance.ts',
    'mayMail(context, email, limits.proofsByAddress)',
    'mayMail(context, email, limits.mailByAddress)',
  ),
  sabotage(
    'API-2',
    'strangers use up the mail to a new address',
    emailChange,
    'mayMail(context, email, limits.movesByAddress)',
    'mayMail(context, email, limits.mailByAddress)',
  ),
  sabotage(
    'API-2',
    'each new account asks an address that nobody has proven whether it may be left',
    emailChange,
    '(mayMailOld ?',
    '(mayMailOld !== null ?',
  ),
  sabotage(
    'API-2',
    'each new account tells an address that nobody has proven of new passwords',
    'src/auth/password-recovery.ts',
    'const mails = isTold ?',
    'const mails = isTold !== null ?',
  ),
  sabotage(
    'API-2',
    'many accounts flood an address together',
    emailChange,
    'mayMail(context, email, limits.movesByAddress)',
    'mayMail(context, `${user.id}${email}`, limits.movesByAddress)',
  ),
  sabotage(
    'API-2',
    'many clients sign up for one address without end',
    'src/auth/signup.ts',
    'if (!(await mayMail(context, account.email, limits.signupByAddress))) return browserToken;',
    'await mayMail(context, account.email, limits.signupByAddress);',
  ),
];
