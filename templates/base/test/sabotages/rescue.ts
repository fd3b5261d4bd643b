import { sabotage, type Sabotage } from './sabotage.ts';

const sessions = 'src/auth/sessions.ts';
const tokens = 'src/db/statements/tokens.ts';
const verification = 'src/auth/verification.ts';

/** Harm that shows only when two things happen at once, or when somebody was there before. */
export const rescues: readonly Sabotage[] = [
  {
    control: 'AUTH-2',
    name: 'a session that is renewed outlives what ended all of them meanwhile',
    edits: [
      {
        file: 'src/auth/login.ts',
        find: 'const account = { id: user.id, sessionEpoch: session.epoch + 1 };',
        replace: `const account = await acrossTenants(context.database, 'accounts').first(accountById, user.id);
  if (account === null) throw new Problem('unauthenticated');`,
      },
      {
        file: 'src/auth/login.ts',
        find: 'import { accountByEmail,',
        replace: 'import { accountByEmail, accountById,',
      },
    ],
  },
  sabotage(
    'AUTH-2',
    'a login under way while every session is ended opens one that lives',
    'src/db/statements/sessions.ts',
    'VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`',
    'VALUES (?1, ?2, ?3, (SELECT session_epoch FROM users WHERE id = ?3 AND ?4 >= 0), ?5, ?6, ?7, ?8)`',
  ),
  sabotage(
    'AUTH-2',
    'logging out everywhere leaves mailed links good',
    sessions,
    '    retireAllStatement(context, userId),\n',
    '',
  ),
  sabotage(
    'AUTH-2',
    'one rescue makes the links of everybody worthless',
    tokens,
    'SET used_at = ?2 WHERE user_id = ?1 AND used_at IS NULL',
    'SET used_at = ?2 WHERE user_id >= substr(?1, 1, 0) AND used_at IS NULL',
  ),
  sabotage(
    'AUTH-2',
    'one rescue ends the changes of address of everybody',
    'src/db/statements/email-changes.ts',
    'DELETE FROM email_changes WHERE user_id = ?1',
    'DELETE FROM email_changes WHERE user_id >= substr(?1, 1, 0)',
  ),
  sabotage(
    'AUTH-2',
    'a rehash under way brings the old password back',
    'src/db/statements/accounts.ts',
    'SET password_hash = ?2 WHERE id = ?1 AND password_hash = ?3',
    'SET password_hash = ?2 WHERE id = ?1 AND length(?3) > 0',
  ),
  sabotage(
    'AUTH-2',
    'a disabled user chooses a password by a link from before',
    'src/auth/password-recovery.ts',
    'if (account === null || account.disabledAt !== null) throw',
    'if (account === null) throw',
  ),
  sabotage(
    'AUTH-2',
    'the runbook leaves the second factor of a thief',
    'docs/runbooks/account-takeover.md',
    "DELETE FROM mfa WHERE user_id = (SELECT id FROM users WHERE email = 'ada@example.com'); ",
    '',
  ),
  sabotage(
    'AUTH-2',
    'KV remembers for ever',
    sessions,
    'JSON.stringify({ device }), { expirationTtl }),',
    'JSON.stringify({ device, expirationTtl })),',
  ),
  sabotage(
    'AUTH-2',
    'KV remembers a session that was logged out',
    sessions,
    'if (ended === null) return false;\n  forget(context, ended.tokenHash);',
    'if (ended === null) return false;',
  ),
  sabotage(
    'AUTH-2',
    'KV remembers a user who was deleted',
    'src/auth/personal-data.ts',
    '  forgetSessions(context, sessions);\n',
    '  void [forgetSessions, sessions];\n',
  ),
  sabotage(
    'AUTH-4',
    'a session planted between the steps lives on',
    'src/auth/login.ts',
    'const account = await passSecondStep(c, code);\n  await endPreviousSession(c);',
    'const account = await passSecondStep(c, code);',
  ),
  sabotage(
    'AUTH-4',
    'a mailed code steps up two sessions at once',
    'src/auth/step-up.ts',
    'return spent[0] === 1;',
    'return spent.length === 1;',
  ),
  sabotage(
    'AUTH-4',
    'parallel step-ups leave the browser with a token that is dead',
    sessions,
    "await context.database.batchOr(new Problem('unauthenticated'), [",
    'await context.database.batchIf([',
  ),
  sabotage(
    'AUTH-4',
    'a step-up that came too late is noted as one that took place',
    sessions,
    "eventIf(context, userId, 'stepped_up', insertEventOfSession, tokenHash),\n  ]);",
    "eventIf(context, userId, 'stepped_up', insertEventOfSession, tokenHash),\n  ]).catch(async (thrown: unknown) => {\n    await context.database.batch([eventStatement(context, userId, 'stepped_up')]);\n    throw thrown;\n  });",
  ),
  sabotage(
    'AUTH-5',
    'proving an address leaves a change of address going that somebody else asked for',
    verification,
    '    accounts.bind(removeEmailChange, userId),\n',
    '',
  ),
  sabotage(
    'AUTH-2',
    'proving an address leaves links to a new password good',
    verification,
    '    retireAllStatement(context, userId),\n',
    '',
  ),
  sabotage(
    'AUTH-5',
    'asking for verifications floods an address',
    'src/auth/account-routes.ts',
    'if (!(await mayMail(context, actor.user.email, limits.proofsByAddress))) return;',
    'await mayMail(context, actor.user.email, limits.proofsByAddress);',
  ),
  sabotage(
    'AUTH-5',
    'a disabled user changes their address',
    'src/auth/email-change.ts',
    'if (account === null || account.disabledAt !== null) throw',
    'if (account === null) throw',
  ),
  sabotage(
    'TEST-4',
    'every take puts the end of the window off',
    'src/limits/rate-limiter.ts',
    'this.#save({ ...window, count: window.count + 1 }, retryAfterSeconds)',
    'this.#save({ endsAt: now + windowSeconds * 1_000, count: window.count + 1 }, retryAfterSeconds)',
  ),
  sabotage(
    'API-2',
    'another site uses up the attempts of its visitors',
    'src/http/route.ts',
    `      if (access.rule.kind !== 'webhook') requireOwnOrigin(c);
      if (limit !== undefined) await limitClient(c, limit);`,
    `      if (limit !== undefined) await limitClient(c, limit);
      if (access.rule.kind !== 'webhook') requireOwnOrigin(c);`,
  ),
  sabotage(
    'AUTH-7',
    'a login opens a session that lives 30 days without a request',
    sessions,
    '    context.now + sessionLifetime.idleMs,\n    since.expiresAt,',
    '    since.expiresAt,\n    since.expiresAt,',
  ),
  sabotage(
    'AUTH-5',
    "proving another's address costs the session of who does it",
    'src/auth/account-routes.ts',
    'if (actor?.user.id === userId)',
    'if (actor !== null)',
  ),
  sabotage(
    'AUTH-4',
    'the last digits of a code do not matter',
    'src/auth/totp.ts',
    'if (timingSafeEqual(Buffer.from(code), Buffer.from(expected))) found = step;',
    'if (timingSafeEqual(Buffer.from(code.slice(0, 4)), Buffer.from(expected.slice(0, 4)))) found = step;',
  ),
  sabotage(
    'AUTH-5',
    'logins flood their owner with mail',
    'src/auth/login.ts',
    '!(await mayMail(context, account.email, limits.warningsByAddress))',
    "(await mayMail(context, account.email, limits.warningsByAddress).then(String)) === ''",
  ),
  sabotage(
    'AUTH-4',
    'stepping up prolongs the session',
    'src/db/statements/sessions.ts',
    'SET token_hash = ?2, mfa_at = ?3 WHERE',
    'SET token_hash = ?2, mfa_at = ?3, expires_at = ?3 + 2592000000 WHERE',
  ),
  sabotage(
    'AUTH-5',
    'mails lead to the app, wherever its pages are',
    'src/mail/outbox.ts',
    'renderMail(message, configuration.linkBaseUrl)',
    'renderMail(message, configuration.origin)',
  ),
  sabotage(
    'AUTH-7',
    'the site that mails lead to passes as our own',
    'src/http/origin.ts',
    "c.get('context').configuration.origin",
    "c.get('context').configuration.linkBaseUrl",
  ),
  sabotage(
    'AUTH-2',
    'any password proves the address of who has none',
    verification,
    'if (password === undefined) return false;',
    'if (password === undefined || account.passwordHash === null) return password !== undefined;',
  ),
  sabotage(
    'AUTH-2',
    'somebody is told of a change that was refused',
    'src/mail/outbox.ts',
    'await context.database.batchOr(refusal, [mail, ...otherMail, ...writes]);',
    `await context.database.batch([mail, ...otherMail]);
  const [write, ...rest] = writes;
  if (write !== undefined) await context.database.batchOr(refusal, [write, ...rest]);`,
  ),
  sabotage(
    'AUTH-5',
    'an invitation into a tenant that is about to go gives an account',
    'src/db/statements/accounts.ts',
    ' AND tenants.deletes_at IS NULL',
    '',
  ),
  sabotage(
    'AUTH-2',
    'the runbook disables the account on the machine it is read at',
    'docs/runbooks/account-takeover.md',
    '--remote --env production --command "UPDATE users SET disabled_at',
    '--env production --command "UPDATE users SET disabled_at',
  ),
  sabotage(
    'AUTH-2',
    'the runbook leaves the sessions of a thief whose second factor it removes',
    'docs/runbooks/account-takeover.md',
    "; UPDATE users SET session_epoch = session_epoch + 1 WHERE email = 'ada@example.com'\"",
    '"',
  ),
  {
    control: 'AUTH-5',
    name: 'an address is changed before what was mailed to the one before is over',
    edits: [
      {
        file: 'src/auth/email-change.ts',
        find: '      accounts.bind(removeEmailChange, userId),\n      retireAllStatement(context, userId),\n',
        replace: '      accounts.bind(removeEmailChange, userId),\n',
      },
      {
        file: 'src/auth/email-change.ts',
        find: "    unusable('body.token'),\n  );\n",
        replace:
          "    unusable('body.token'),\n  );\n  await context.database.batch([retireAllStatement(context, userId)]);\n",
      },
    ],
  },
];
