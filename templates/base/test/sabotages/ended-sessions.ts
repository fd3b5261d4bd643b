import { sabotage, type Sabotage } from './sabotage.ts';

const migration = 'migrations/0001_initial.sql';
const statements = 'src/db/statements/sessions.ts';
const mfa = 'src/auth/mfa.ts';

/** What ends the sessions of a user all at once, and what is left of them. */
export const endedSessions: readonly Sabotage[] = [
  sabotage(
    'AUTH-2',
    'KV remembers the sessions that a logout everywhere has ended',
    'src/auth/sessions.ts',
    "'logged_out_everywhere'),\n  ]);\n  forgetEndedSessions(context, userId);",
    "'logged_out_everywhere'),\n  ]);\n  void [forgetEndedSessions, userId];",
  ),
  sabotage(
    'AUTH-2',
    'KV remembers the sessions that a new password has ended',
    'src/auth/password-recovery.ts',
    'forgetEndedSessions(context, id);',
    'void [forgetEndedSessions, id];',
  ),
  sabotage(
    'AUTH-2',
    'KV remembers the sessions that a proven address has ended',
    'src/auth/verification.ts',
    'forgetEndedSessions(context, userId);',
    'void [forgetEndedSessions, userId];',
  ),
  sabotage(
    'AUTH-2',
    'KV remembers the sessions that another address has ended',
    'src/auth/email-change.ts',
    'forgetEndedSessions(context, userId);',
    'void [forgetEndedSessions, userId];',
  ),
  sabotage(
    'AUTH-2',
    'KV remembers the sessions that a second factor has ended',
    mfa,
    '[messages.mfaActivated(user.email)]);\n  forgetEndedSessions(context, user.id);',
    '[messages.mfaActivated(user.email)]);\n  void [forgetEndedSessions, user.id];',
  ),
  sabotage(
    'AUTH-2',
    'KV remembers the sessions that the end of a second factor has ended',
    mfa,
    '[messages.mfaDisabled(user.email)]);\n  forgetEndedSessions(context, user.id);',
    '[messages.mfaDisabled(user.email)]);\n  void [forgetEndedSessions, user.id];',
  ),
  sabotage(
    'AUTH-2',
    'KV remembers the sessions that another role has ended',
    'src/tenancy/member-routes.ts',
    'forgetEndedSessions(context, member.id);',
    'void [forgetEndedSessions, member.id];',
  ),
  sabotage(
    'AUTH-2',
    'a role that somebody has already is written down as another one',
    'src/tenancy/member-routes.ts',
    'if (member.role === input.body.role) return',
    'if (member.role === input.body.role && member.id === actor.user.id) return',
  ),
  sabotage(
    'AUTH-2',
    'sessions that ended with all others are not found to be forgotten',
    statements,
    `
     OR epoch < (SELECT session_epoch FROM users WHERE id = ?1)
   )`,
    `
     AND epoch = (SELECT session_epoch FROM users WHERE id = ?1)
   )`,
  ),
  sabotage(
    'AUTH-2',
    'who ends all other sessions is forgotten in their own',
    statements,
    "?2 = 'all' OR revoked_at",
    "?2 <> '' OR revoked_at",
  ),
  sabotage(
    'AUTH-2',
    'the sessions of before revive when a user is enabled again',
    migration,
    'WHEN new.disabled_at IS NOT old.disabled_at\n',
    "WHEN new.disabled_at IS NOT old.disabled_at AND new.id = ''\n",
  ),
  sabotage(
    'AUTH-2',
    "a copy of a member's cookie becomes that of an owner",
    migration,
    'WHEN new.role <> old.role\n',
    "WHEN new.role <> old.role AND new.role <> 'owner'\n",
  ),
  sabotage(
    'AUTH-7',
    'another role goes on with the session of before',
    migration,
    'WHEN new.role <> old.role\n',
    "WHEN new.role <> old.role AND new.user_id = ''\n",
  ),
  sabotage(
    'AUTH-2',
    'one role that changes logs everybody out',
    migration,
    'WHERE user_id = new.user_id AND revoked_at IS NULL;',
    'WHERE revoked_at IS NULL;',
  ),
  sabotage(
    'AUTH-2',
    'KV remembers most sessions of a user who had many',
    'src/db/statements/sessions.ts',
    'LIMIT 500',
    'LIMIT 5',
  ),
  sabotage(
    'AUTH-2',
    'a session that is renewed is that of an unknown device',
    'src/auth/login.ts',
    "const device = nameDevice(c.req.header('User-Agent'));\n  giveCookie(c, 'sid', await openSession(context, account, device, since));\n  await rememberDevice",
    "const device = nameDevice(undefined);\n  giveCookie(c, 'sid', await openSession(context, account, device, since));\n  await rememberDevice",
  ),
];
