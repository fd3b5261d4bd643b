import { sabotage } from './sabotage.ts';

const accountRoutes = 'src/auth/account-routes.ts';
const migration = 'migrations/0001_initial.sql';

export const ownData = [
  {
    control: 'API-1',
    name: 'the list of sessions tells the hashes of their tokens',
    edits: [
      {
        file: 'src/auth/sessions.ts',
        find: '    rows.map(async (row) => ({\n      id: row.id,',
        replace: '    rows.map(async (row) => ({\n      ...row,\n      id: row.id,',
      },
      {
        file: 'src/auth/session-routes.ts',
        find: 'items.map(({ id, createdAt, device }) => ({\n          id,',
        replace:
          'items.map(({ id, createdAt, device, ...more }) => ({\n          ...more,\n          id,',
      },
    ],
  },
  sabotage(
    'API-1',
    'what the app holds about a user comes with all of the row of a session',
    'src/auth/sessions.ts',
    '    rows.map(async (row) => ({\n      id: row.id,',
    '    rows.map(async (row) => ({\n      ...row,\n      id: row.id,',
  ),
  sabotage(
    'AUTH-4',
    'a code to step up works for a week',
    'src/auth/one-time-token.ts',
    "'step up': 10 * minute",
    "'step up': 7 * 24 * 60 * minute",
  ),
  sabotage(
    'DB-1',
    'the tokens of a deleted user stay',
    migration,
    '  purpose TEXT NOT NULL,\n  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,',
    '  purpose TEXT NOT NULL,\n  user_id TEXT NOT NULL,',
  ),
  sabotage(
    'DB-1',
    'the events of a deleted user stay',
    migration,
    '  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,\n  kind TEXT NOT NULL,',
    '  user_id TEXT NOT NULL,\n  kind TEXT NOT NULL,',
  ),
  sabotage(
    'DB-1',
    'the new address a deleted user wished for stays',
    migration,
    `CREATE TABLE email_changes (
  user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,`,
    `CREATE TABLE email_changes (
  user_id TEXT NOT NULL PRIMARY KEY,`,
  ),
  sabotage(
    'AUTH-2',
    'sessions that were ended are listed',
    'src/db/statements/sessions.ts',
    '     AND sessions.expires_at > ?2\n     AND sessions.epoch = users.session_epoch\n   ORDER BY',
    '     AND sessions.expires_at > ?2\n   ORDER BY',
  ),
  sabotage(
    'AUTH-2',
    "a cursor leads to another's events",
    'src/auth/me-routes.ts',
    'const rows = await listSecurityEvents(context, actor.user.id, input.query);',
    `const { id } = input.query.position;
      const rows = await listSecurityEvents(context, id === '' ? actor.user.id : id, input.query);`,
  ),
  sabotage(
    'AUTH-2',
    'the export lists no session',
    'src/auth/personal-data.ts',
    'sessions: await listSessions(context, user.id),',
    "sessions: [{ id: '' }],",
  ),
  sabotage(
    'AUTH-2',
    'a reset is noted as a login',
    'src/auth/password-recovery.ts',
    `eventIf(context, userId, 'password_reset', insertEventOfToken, tokenHash, requestId),`,
    `eventIf(context, userId, 'logged_in', insertEventOfToken, tokenHash, requestId),`,
  ),
  sabotage(
    'AUTH-5',
    'a new wish for an address inherits what was confirmed of the one before',
    'src/db/statements/email-changes.ts',
    `INSERT OR REPLACE INTO email_changes
     (user_id, email, old_token_hash, new_token_hash, expires_at)
   VALUES (?1, ?2, ?3, ?4, ?5)`,
    `INSERT INTO email_changes
     (user_id, email, old_token_hash, new_token_hash, expires_at)
   VALUES (?1, ?2, ?3, ?4, ?5)
   ON CONFLICT (user_id) DO UPDATE
     SET email = ?2, old_token_hash = ?3, new_token_hash = ?4, expires_at = ?5`,
  ),
  sabotage(
    'AUTH-5',
    'a wish for an address cannot be replaced',
    'src/db/statements/email-changes.ts',
    'INSERT OR REPLACE INTO',
    'INSERT INTO',
  ),
  sabotage(
    'OBS-2',
    'the log tells who forgot a password',
    accountRoutes,
    'await sendReset(context, input.body.email);',
    `context.logger.log('info', 'reset asked', { code: input.body.email.slice(0, 8) });
      await sendReset(context, input.body.email);`,
  ),
  sabotage(
    'OBS-2',
    'the log holds the password that was set anew',
    accountRoutes,
    'await welcomeDevice(c, await resetPassword(context, input.body.token, input.body.password));',
    `context.logger.log('info', 'reset', { task: input.body.password });
      await welcomeDevice(c, await resetPassword(context, input.body.token, input.body.password));`,
  ),
  sabotage(
    'OBS-2',
    'the log names who was limited',
    'src/limits/enforce.ts',
    'if (!allowed) throw',
    "if (!allowed) context.logger.log('warn', 'limited', { code: key });\n  if (!allowed) throw",
  ),
  sabotage(
    'AUTH-5',
    'a link for a new password stays good after a newer one',
    'src/auth/password-recovery.ts',
    "const writes = await tokenStatements(context, 'reset password', { text, userId: account.id });",
    `const writes = (
    await tokenStatements(context, 'reset password', { text, userId: account.id })
  ).slice(1);`,
  ),
  sabotage(
    'DB-1',
    'the second factor of a deleted user stays',
    migration,
    '  user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,\n  -- encrypted',
    '  user_id TEXT NOT NULL PRIMARY KEY,\n  -- encrypted',
  ),
  sabotage(
    'DB-1',
    'who has a second factor cannot be deleted',
    migration,
    '  user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,\n  -- encrypted',
    '  user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id),\n  -- encrypted',
  ),
  sabotage(
    'DB-1',
    'the recovery codes of a deleted user stay',
    migration,
    'user_id TEXT NOT NULL REFERENCES mfa (user_id) ON DELETE CASCADE,',
    'user_id TEXT NOT NULL,',
  ),
  sabotage(
    'API-1',
    'of what happened in one moment some is lost between two pages',
    'src/db/statements/security-events.ts',
    '(created_at, id) < (?2, ?3)',
    'created_at < ?2 AND ?3 = ?3',
  ),
  sabotage(
    'AUTH-2',
    'a user reads first of what happened years ago',
    'src/db/statements/security-events.ts',
    'ORDER BY created_at DESC, id DESC',
    'ORDER BY created_at, id',
  ),
  sabotage(
    'AUTH-2',
    'the oldest sessions are listed first, and the newest not at all',
    'src/db/statements/sessions.ts',
    'ORDER BY sessions.created_at DESC',
    'ORDER BY sessions.created_at',
  ),
  sabotage(
    'AUTH-4',
    'a login opens dangerous actions for five seconds',
    'src/auth/access.ts',
    'const stepUpMs = 5 * 60 * 1_000;',
    'const stepUpMs = 5 * 1_000;',
  ),
  sabotage(
    'AUTH-5',
    'a link to a new password is over before its mail is read',
    'src/auth/one-time-token.ts',
    "'reset password': 30 * minute",
    "'reset password': 3 * minute",
  ),
  sabotage(
    'AUTH-5',
    'a link that proves an address works for minutes, and not for hours',
    'src/auth/one-time-token.ts',
    "'verify email': 24 * 60 * minute",
    "'verify email': 24 * minute",
  ),
  sabotage(
    'AUTH-5',
    'a change of address is to be confirmed within a minute',
    'src/auth/email-change.ts',
    'const lifetimeMs = 60 * 60 * 1_000;',
    'const lifetimeMs = 60 * 1_000;',
  ),
  sabotage(
    'AUTH-2',
    'a phone is listed as a computer',
    'src/auth/device.ts',
    "  ['Android', 'Android'],\n",
    "  ['Linux', 'Linux'],\n  ['Android', 'Android'],\n",
  ),
  sabotage(
    'AUTH-2',
    'a browser is listed as another, which it is made of',
    'src/auth/device.ts',
    "  ['Edg/', 'Edge'],\n",
    "  ['Chrome/', 'Chrome'],\n  ['Edg/', 'Edge'],\n",
  ),
  sabotage(
    'AUTH-2',
    'every browser on a phone is listed as the one that came with it',
    'src/auth/device.ts',
    "  ['CriOS/', 'Chrome'],\n",
    '',
  ),
  sabotage(
    'AUTH-2',
    'the export holds a page of what happened',
    'src/auth/personal-data.ts',
    'const everything = 10_000;',
    'const everything = 100;',
  ),
  sabotage(
    'AUTH-2',
    'a few sessions are listed, and those of a thief may not be among them',
    'src/db/statements/sessions.ts',
    'LIMIT 100',
    'LIMIT 3',
  ),
  sabotage(
    'AUTH-2',
    'the export holds a page of the memberships',
    'src/auth/personal-data.ts',
    '    oldest.id,\n    everything,',
    '    oldest.id,\n    20,',
  ),
  sabotage(
    'AUTH-2',
    'who cannot be deleted has left their tenants',
    'src/auth/personal-data.ts',
    '    accounts.bind(leaveTenantsUnlessSoleOwner, userId),\n',
    '    accounts.bind(leaveTenantsUnlessSoleOwner, userId),\n  ]);\n  await context.database.batch([\n',
  ),
  sabotage(
    'AUTH-5',
    'nobody is told that an account is gone',
    'src/auth/personal-data.ts',
    '    ...mails,\n',
    '    ...mails.slice(1),\n',
  ),
  sabotage(
    'AUTH-5',
    'strangers are told of accounts that others made with their addresses',
    'src/auth/personal-data.ts',
    'const mails = emailVerified ?',
    'const mails = email ?',
  ),
];
