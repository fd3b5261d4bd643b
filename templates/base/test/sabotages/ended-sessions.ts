import { sabotage, type Sabotage } from './sabotage.ts';

const migration = 'migrations/0001_initial.sql';
const statements = 'src/db/statements/sessions.ts';
const mfa = 'src/auth/mfa.ts';

/** Something that ends all sessions of a user, and leaves in KV what it remembers of them. */
const remembering = (what: string, file: string, find: string, user: string) =>
  sabotage(
    'AUTH-2',
    `KV remembers the sessions that ${what} has ended`,
    file,
    `${find}  forgetEndedSessions(context, ${user});`,
    `${find}  void [forgetEndedSessions, ${user}];`,
  );

/** What ends the sessions of a user all at once, and what is left of them. */
export const endedSessions: readonly Sabotage[] = [
  remembering(
    'a logout everywhere',
    'src/auth/sessions.ts',
    `    eventStatement(context, userId, 'logged_out_everywhere'),
  ]);
`,
    'userId',
  ),
  remembering('a new password', 'src/auth/password-recovery.ts', '', 'id'),
  remembering('a proven address', 'src/auth/verification.ts', '', 'userId'),
  remembering('another address', 'src/auth/email-change.ts', '', 'userId'),
  remembering(
    'a second factor',
    mfa,
    '  await writeAndMail(context, writes, [messages.mfaActivated(user.email)]);\n',
    'user.id',
  ),
  remembering(
    'the end of a second factor',
    mfa,
    '  await writeAndMail(context, writes, [messages.mfaDisabled(user.email)]);\n',
    'user.id',
  ),
  remembering('another role', 'src/tenancy/member-routes.ts', '    ', 'member.id'),
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
];
