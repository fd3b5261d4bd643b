import { sabotage } from './sabotage.ts';

const sessions = 'src/auth/sessions.ts';

export const background = [
  sabotage(
    'ERR-2',
    'a background task may take longer than Workers lets it',
    'src/http/context.ts',
    'const backgroundMs = 25_000;',
    'const backgroundMs = 250_000;',
  ),
  sabotage(
    'ERR-2',
    'a login waits for KV, and fails with it',
    sessions,
    'remember(context, tokenHash, device);\n  return token;',
    'await context.sessionData.put(tokenHash, JSON.stringify({ device }));\n  return token;',
  ),
  sabotage(
    'ERR-2',
    'a logout waits for KV, and fails with it',
    sessions,
    'if (ended === null) return false;\n  forget(context, ended.tokenHash);',
    'if (ended === null) return false;\n  await context.sessionData.delete(ended.tokenHash);',
  ),
  sabotage(
    'ERR-2',
    'a background task fails without a word',
    'src/http/context.ts',
    "logger.log('error', 'background task failed', { task, fault: describeFault(thrown) });",
    'void describeFault(thrown);\n          void task;',
  ),
  sabotage(
    'AUTH-2',
    'a session opened while all are ended lives',
    'src/db/statements/sessions.ts',
    'VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)',
    'VALUES (?1, ?2, ?3, coalesce((SELECT session_epoch FROM users WHERE id = ?3), ?4), ?5, ?6, ?7, ?8)',
  ),
  sabotage(
    'AUTH-2',
    'hashing the old password anew undoes a change',
    'src/db/statements/accounts.ts',
    'SET password_hash = ?2 WHERE id = ?1 AND password_hash = ?3',
    'SET password_hash = ?2 WHERE id = ?1 AND ?3 = ?3',
  ),
  sabotage(
    'AUTH-2',
    'a replica answers, which may not know of a logout yet',
    'src/db/database.ts',
    "withSession('first-primary')",
    "withSession('first-unconstrained')",
  ),
  sabotage(
    'ERR-2',
    'whoever changes something waits for the mail that tells of it',
    'src/mail/outbox.ts',
    "  context.background('deliver mail', () => deliverMail(context));",
    '  await deliverMail(context);',
  ),
  sabotage(
    'ERR-2',
    'whoever invites somebody waits for the mail',
    'src/tenancy/invitation-routes.ts',
    "      context.background('deliver mail', () => deliverMail(context));",
    '      await deliverMail(context);',
  ),
];
