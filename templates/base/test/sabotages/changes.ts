import { sabotage } from './sabotage.ts';

const migration = 'migrations/0002_invitations_and_audit.sql';
const answer = 'src/http/errors.ts';

/** Harm to the limit of what somebody changes in a day. */
export const changes = [
  sabotage('API-3', 'anybody changes without end', migration, 'AND changes > 5000;', 'AND 0;'),
  sabotage(
    'API-3',
    'a day is raised without a decision',
    migration,
    'changes > 5000;',
    'changes > 5001;',
  ),
  sabotage(
    'API-3',
    'each change is the first of its day',
    migration,
    'THEN changes + 1 ELSE 1 END,',
    'THEN 1 ELSE 1 END,',
  ),
  sabotage(
    'API-3',
    'what is used up never comes back',
    migration,
    'changes = CASE WHEN changed_on = new.created_at / 86400000 THEN changes + 1 ELSE 1 END,',
    'changes = changes + 1,',
  ),
  sabotage(
    'API-3',
    'what one changes is counted for everybody',
    migration,
    '  WHERE id = new.actor_id;\n  SELECT',
    ';\n  SELECT',
  ),
  sabotage(
    'API-3',
    'only what somebody makes is counted, not what they change of it',
    migration,
    "WHEN new.action NOT LIKE '%.deleted'\n",
    "WHEN new.action LIKE '%.created'\n",
  ),
  sabotage(
    'API-3',
    'whoever has used up the day cannot remove what they made',
    migration,
    "WHEN new.action NOT LIKE '%.deleted'\n  AND",
    'WHEN',
  ),
  sabotage(
    'API-3',
    'whoever has used up the day cannot remove a member, nor delete their account',
    migration,
    "('invitation.revoked', 'member.removed', 'tenant.deletion_requested')",
    "('invitation.revoked', 'tenant.deletion_requested')",
  ),
  sabotage(
    'API-3',
    'whoever has used up the day cannot end a tenant',
    migration,
    "'member.removed', 'tenant.deletion_requested')",
    "'member.removed')",
  ),
  sabotage(
    'API-3',
    'whoever has used up the day is told of a conflict',
    'src/db/errors.ts',
    "if (dayIsUsedUp.test(message)) return new DatabaseError('exhausted', statement);\n",
    '\n',
  ),
  sabotage(
    'API-3',
    'whoever has used up the day is told to come back at once',
    answer,
    '{ retryAfterSeconds: secondsLeftOfTheDay() }',
    '{ retryAfterSeconds: Math.min(secondsLeftOfTheDay(), 0) }',
  ),
  sabotage(
    'API-3',
    'whoever has used up the day is told to come back in another one',
    answer,
    'return daySeconds - Math.floor',
    'return daySeconds + Math.floor',
  ),
];
